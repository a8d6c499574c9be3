import type { MediaKind, NetworkName } from '../../generated/schema.ts';
import type { MediaType } from '../media/file-types.ts';

/** The limits of a network on one kind of media in a post. */
export interface MediaRule {
  readonly kind: MediaKind;
  readonly mimeTypes: readonly MediaType[];
  readonly maxCount: number;
  /** Maximum size of each file. */
  readonly maxBytes: number;
}

export interface PostRules {
  /** Whether a post without media is refused. */
  readonly needsMedia: boolean;
  /** Whether a post without a text is refused. */
  readonly needsText: boolean;
  /** Maximum of files of all kinds together. */
  readonly maxMedia: number;
  /** Whether a post may have media of several kinds. */
  readonly mixesKinds: boolean;
  readonly media: readonly MediaRule[];
}

const MB = 1_000_000;
const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

const jpeg = 'image/jpeg';
const png = 'image/png';
const gif = 'image/gif';
const webp = 'image/webp';

const images = (maxCount: number, maxBytes: number, ...mimeTypes: MediaType[]): MediaRule => ({
  ...{ kind: 'IMAGE', mimeTypes, maxCount, maxBytes },
});
const videos = (maxCount: number, maxBytes: number): MediaRule => ({
  ...{ kind: 'VIDEO', mimeTypes: ['video/mp4'], maxCount, maxBytes },
});
const documents = (maxCount: number, maxBytes: number): MediaRule => ({
  ...{ kind: 'DOCUMENT', mimeTypes: ['application/pdf'], maxCount, maxBytes },
});

const textOrMedia = { needsMedia: false, needsText: false };
const mediaAndMaybeText = { needsMedia: true, needsText: false };

/** The documented rules of the networks on media in a post, for the types that Magpie accepts. */
export const postRules: Readonly<Record<NetworkName, PostRules>> = {
  // Instagram Platform, Content Publishing: JPEG is the only format of images; a carousel has up to ten images and videos.
  INSTAGRAM: {
    ...mediaAndMaybeText,
    maxMedia: 10,
    mixesKinds: true,
    media: [images(10, 8 * MiB, jpeg), videos(10, 300 * MB)],
  },
  // Graph API, Page Photos and Page Videos.
  FACEBOOK: {
    ...textOrMedia,
    maxMedia: 10,
    mixesKinds: false,
    media: [images(10, 10 * MiB, jpeg, png, gif), videos(1, 10 * GiB)],
  },
  // Threads API, Posts: a carousel has up to twenty images and videos.
  THREADS: { ...textOrMedia, maxMedia: 20, mixesKinds: true, media: [images(20, 8 * MiB, jpeg, png), videos(20, GiB)] },
  // X API, Media best practices.
  X: {
    ...textOrMedia,
    maxMedia: 4,
    mixesKinds: false,
    media: [images(4, 5 * MiB, jpeg, png, gif, webp), videos(1, 512 * MiB)],
  },
  // Posts API: multi-image posts, videos, documents.
  LINKEDIN: {
    ...{ ...textOrMedia, maxMedia: 20, mixesKinds: false },
    media: [images(20, 10 * MiB, jpeg, png, gif), videos(1, 500 * MiB), documents(1, 100 * MiB)],
  },
  // Content Posting API, media transfer guide.
  TIKTOK: {
    ...mediaAndMaybeText,
    maxMedia: 35,
    mixesKinds: false,
    media: [images(35, 20 * MB, jpeg, webp), videos(1, 4 * GiB)],
  },
  // YouTube Data API, videos.insert. The required title is made from the text.
  YOUTUBE: { needsMedia: true, needsText: true, maxMedia: 1, mixesKinds: false, media: [videos(1, 256 * GiB)] },
  // Pinterest API 5, pins/create: one image or video, or a carousel of up to five images.
  PINTEREST: {
    ...mediaAndMaybeText,
    maxMedia: 5,
    mixesKinds: false,
    media: [images(5, 20 * MiB, jpeg, png, gif, webp), videos(1, 2 * GiB)],
  },
  // Mastodon's defaults; a server may have others.
  MASTODON: {
    ...textOrMedia,
    maxMedia: 4,
    mixesKinds: false,
    media: [images(4, 16 * MiB, jpeg, png, gif, webp), videos(1, 99 * MiB)],
  },
  // Lexicons app.bsky.embed.images and app.bsky.embed.video.
  BLUESKY: {
    ...textOrMedia,
    maxMedia: 4,
    mixesKinds: false,
    media: [images(4, MB, jpeg, png, gif, webp), videos(1, 100 * MB)],
  },
};
