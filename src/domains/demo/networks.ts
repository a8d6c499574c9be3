import type { NetworkName } from '../../generated/schema.ts';

/** The parameters of a network in the demo's metrics. */
export interface NetworkManners {
  /** Followers, relative to the brand's typical account. */
  readonly size: number;
  /** Views of a post, relative to followers. */
  readonly views: number;
  /** Mean of engagements divided by views (Buffer's figures per impression where there are any). */
  readonly engagementRate: number;
  /** Metrics that the network does not report. */
  readonly silentOn: readonly ('views' | 'reach' | 'clicks')[];
}

export const networkManners: Readonly<Record<NetworkName, NetworkManners>> = {
  INSTAGRAM: { size: 2.4, views: 0.4, engagementRate: 0.012, silentOn: [] },
  FACEBOOK: { size: 1.6, views: 0.1, engagementRate: 0.05, silentOn: [] },
  THREADS: { size: 0.6, views: 0.2, engagementRate: 0.03, silentOn: ['reach', 'clicks'] },
  X: { size: 1, views: 0.3, engagementRate: 0.02, silentOn: ['reach'] },
  LINKEDIN: { size: 0.7, views: 0.35, engagementRate: 0.06, silentOn: [] },
  TIKTOK: { size: 1.8, views: 0.8, engagementRate: 0.035, silentOn: ['clicks'] },
  YOUTUBE: { size: 0.8, views: 0.25, engagementRate: 0.04, silentOn: ['reach'] },
  PINTEREST: { size: 0.9, views: 0.3, engagementRate: 0.015, silentOn: [] },
  MASTODON: { size: 0.2, views: 0.25, engagementRate: 0.03, silentOn: ['views', 'reach', 'clicks'] },
  BLUESKY: { size: 0.3, views: 0.25, engagementRate: 0.03, silentOn: ['views', 'reach', 'clicks'] },
};
