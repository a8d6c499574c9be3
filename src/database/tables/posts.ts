import type { ColumnType, Generated } from 'kysely';
import type { Folded } from './column-kinds.ts';

export interface AccountsTable {
  id: string;
  workspaceId: string;
  network:
    | 'INSTAGRAM'
    | 'FACEBOOK'
    | 'THREADS'
    | 'X'
    | 'LINKEDIN'
    | 'TIKTOK'
    | 'YOUTUBE'
    | 'PINTEREST'
    | 'MASTODON'
    | 'BLUESKY';
  displayName: string;
  handle: string;
  handleKey: Folded;
  status: 'CONNECTED' | 'EXPIRING' | 'RECONNECT_REQUIRED' | 'PAUSED';
  followerCount: number | null;
  connectedAt: string;
}

export interface TemplatesTable {
  id: string;
  workspaceId: string;
  title: string;
  foldedTitle: Folded;
  body: string;
  foldedBody: Folded;
  hashtags: Generated<string[]>;
  authorId: string | null;
  revision: Generated<number>;
  createdAt: string;
  updatedAt: string;
}

export interface GalleryTemplatesTable {
  id: string;
  title: string;
  body: string;
  hashtags: Generated<string[]>;
  createdAt: string;
}

export interface CampaignsTable {
  id: string;
  workspaceId: string;
  name: string;
  foldedName: Folded;
  brief: string | null;
  foldedBrief: Folded<string | null>;
  status: 'PLANNED' | 'ACTIVE' | 'COMPLETED' | 'ARCHIVED';
  startsOn: string | null;
  endsOn: string | null;
  ownerId: string | null;
  revision: Generated<number>;
  createdAt: string;
  updatedAt: string;
}

export interface PostsTable {
  id: string;
  workspaceId: string;
  text: string;
  foldedText: Folded;
  status: 'DRAFT' | 'PENDING_APPROVAL' | 'SCHEDULED' | 'PUBLISHING' | 'PUBLISHED' | 'PARTIALLY_PUBLISHED' | 'FAILED';
  campaignId: string | null;
  templateId: string | null;
  authorId: string | null;
  scheduledAt: string | null;
  publishedAt: string | null;
  rejectionReason: string | null;
  revision: Generated<number>;
  createdAt: string;
  updatedAt: string;
  calendarAt: ColumnType<string | null, never, never>;
}

export interface PostTargetsTable {
  id: string;
  workspaceId: string;
  postId: string;
  accountId: string | null;
  position: number;
  textOverride: string | null;
  foldedTextOverride: Folded<string | null>;
  status: 'DRAFT' | 'PENDING_APPROVAL' | 'SCHEDULED' | 'PUBLISHING' | 'PUBLISHED' | 'FAILED';
  permalink: string | null;
  failureMessage: string | null;
  attempts: Generated<number>;
  leaseUntil: string | null;
  publishedAt: string | null;
  /** When the first call without an answer began; null if each was answered. */
  firstAttemptAt: Generated<string | null>;
  /** The texts of the calls without an answer, newest last. */
  unansweredTexts: Generated<readonly string[]>;
  /** Ids that the network gave to files, by the ids of the assets. */
  uploads: Generated<Readonly<Record<string, string>>>;
}

export interface MediaAssetsTable {
  id: string;
  workspaceId: string;
  fileName: string;
  foldedFileName: Folded;
  mimeType: string;
  byteSize: number;
  sha256: string;
  storageKey: string;
  altText: string | null;
  foldedAltText: Folded<string | null>;
  createdAt: string;
}

export interface PostMediaTable {
  workspaceId: string;
  postId: string;
  mediaId: string;
  position: number;
}

export interface CalendarNotesTable {
  id: string;
  workspaceId: string;
  date: string;
  text: string;
  authorId: string | null;
  createdAt: string;
}

/** One row: the name of the place where files of media are. */
export interface MediaStoresTable {
  name: string;
}
