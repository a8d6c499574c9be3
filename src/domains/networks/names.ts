import type { NetworkName } from '../../generated/schema.ts';

/** The networks' names as people write them. */
export const networkNames: Readonly<Record<NetworkName, string>> = {
  INSTAGRAM: 'Instagram',
  FACEBOOK: 'Facebook',
  THREADS: 'Threads',
  X: 'X',
  LINKEDIN: 'LinkedIn',
  TIKTOK: 'TikTok',
  YOUTUBE: 'YouTube',
  PINTEREST: 'Pinterest',
  MASTODON: 'Mastodon',
  BLUESKY: 'Bluesky',
};
