import type { ColumnType, Generated } from 'kysely';

/** Rows in the repositories' form: camel case, instants as ISO 8601 strings, days as `YYYY-MM-DD`, numeric as string. */

/** A folded column, written only together with its source column: see `write-folded-columns.ts`. */
type Folded<T extends string | null = string> = ColumnType<T, never, never>;

export interface WorkspacesTable {
  id: string;
  name: string;
  createdAt: string;
}

export interface UsersTable {
  id: string;
  name: string;
  email: string;
  emailKey: Folded;
  passwordHash: string | null;
  createdAt: string;
}

export interface MembershipsTable {
  workspaceId: string;
  userId: string;
  role: 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN' | 'OWNER';
  accountIds: string[] | null;
  createdAt: string;
}

export interface PreferencesTable {
  workspaceId: string;
  userId: string;
  locale: string;
  theme: 'LIGHT' | 'DARK' | 'SYSTEM';
}

export interface TokensTable {
  id: string;
  workspaceId: string;
  kind: 'SESSION' | 'API';
  hash: string;
  /** Of a session. */
  userId: string | null;
  /** Of an API token: the member who made it, or took it over. */
  makerId: string | null;
  role: 'READER' | 'CONTRIBUTOR' | 'EDITOR' | 'ADMIN' | 'OWNER' | null;
  accountIds: string[] | null;
  name: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export interface SettingsTable {
  id: string;
  workspaceId: string;
  timeZone: string;
  locale: string;
  weekStartsOn: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
  requiresApproval: boolean;
  brandVoice: string;
  revision: Generated<number>;
  updatedAt: string;
}

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
  firstAttemptAt: Generated<string | null>;
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

export interface ConversationsTable {
  id: string;
  workspaceId: string;
  accountId: string | null;
  kind: 'COMMENT' | 'DIRECT_MESSAGE' | 'MENTION' | 'REVIEW';
  contactName: string;
  contactHandle: string;
  contactKey: Folded;
  status: 'OPEN' | 'SNOOZED' | 'RESOLVED';
  priority: Generated<'LOW' | 'NORMAL' | 'HIGH' | 'URGENT'>;
  snoozedUntil: string | null;
  assigneeId: string | null;
  unreadCount: Generated<number>;
  snippet: Generated<string>;
  lastActivityAt: string;
  createdAt: string;
}

export interface MessagesTable {
  id: string;
  workspaceId: string;
  conversationId: string;
  direction: 'INBOUND' | 'OUTBOUND';
  text: string;
  authorId: string | null;
  externalId: string | null;
  createdAt: string;
}

export interface SavedRepliesTable {
  id: string;
  workspaceId: string;
  title: string;
  body: string;
  createdAt: string;
}

export interface AccountMetricsTable {
  workspaceId: string;
  accountId: string;
  date: string;
  followers: number | null;
  views: number | null;
  reach: number | null;
  engagements: number | null;
  clicks: number | null;
}

export interface PostMetricsTable {
  workspaceId: string;
  postId: string;
  date: string;
  views: number | null;
  reach: number | null;
  engagements: number | null;
  clicks: number | null;
}

export interface AiModelsTable {
  id: string;
  name: string;
  provider: string;
  inputUsdPerMillion: string;
  outputUsdPerMillion: string;
  position: number;
}

export interface AiGenerationsTable {
  id: string;
  workspaceId: string;
  kind: 'CAPTION' | 'HASHTAGS' | 'REPLY' | 'ALT_TEXT';
  prompt: string | null;
  modelId: string;
  accountId: string | null;
  fingerprint: string;
  suggestions: unknown;
  inputTokens: Generated<number>;
  outputTokens: Generated<number>;
  costUsd: Generated<string>;
  reusedFrom: string | null;
  requestedById: string | null;
  createdAt: string;
}

export interface AiBudgetsTable {
  workspaceId: string;
  month: string;
  used: number;
}

export interface IdempotencyKeysTable {
  workspaceId: string;
  /** Id of a user or of an API token. */
  sender: string;
  mutation: string;
  key: string;
  requestHash: string;
  resultId: string;
  createdAt: string;
}

/** One row: the name of the place where files of media are. */
export interface MediaStoresTable {
  name: string;
}

export interface Tables {
  workspaces: WorkspacesTable;
  users: UsersTable;
  memberships: MembershipsTable;
  preferences: PreferencesTable;
  tokens: TokensTable;
  settings: SettingsTable;
  accounts: AccountsTable;
  templates: TemplatesTable;
  galleryTemplates: GalleryTemplatesTable;
  campaigns: CampaignsTable;
  posts: PostsTable;
  postTargets: PostTargetsTable;
  mediaAssets: MediaAssetsTable;
  mediaStores: MediaStoresTable;
  postMedia: PostMediaTable;
  calendarNotes: CalendarNotesTable;
  conversations: ConversationsTable;
  messages: MessagesTable;
  savedReplies: SavedRepliesTable;
  accountMetrics: AccountMetricsTable;
  postMetrics: PostMetricsTable;
  aiModels: AiModelsTable;
  aiGenerations: AiGenerationsTable;
  aiBudgets: AiBudgetsTable;
  idempotencyKeys: IdempotencyKeysTable;
}
