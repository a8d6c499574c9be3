import type { AiBudgetsTable, AiGenerationsTable, AiModelsTable } from './tables/ai.ts';
import type { ConversationsTable, MessagesTable, SavedRepliesTable } from './tables/inbox.ts';
import type {
  MembershipsTable,
  PreferencesTable,
  SettingsTable,
  TokensTable,
  UsersTable,
  WorkspacesTable,
} from './tables/members.ts';
import type { AccountMetricsTable, PostMetricsTable } from './tables/metrics.ts';
import type {
  AccountsTable,
  CalendarNotesTable,
  CampaignsTable,
  GalleryTemplatesTable,
  MediaAssetsTable,
  MediaStoresTable,
  PostMediaTable,
  PostsTable,
  PostTargetsTable,
  TemplatesTable,
} from './tables/posts.ts';
import type {
  CacheExperimentsTable,
  CacheHistoryTable,
  CachePoliciesTable,
  CacheProcessesTable,
  IdempotencyKeysTable,
} from './tables/upkeep.ts';

/** Rows in the repositories' form: camel case, instants as ISO 8601 strings, days as `YYYY-MM-DD`, numeric as string. */
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
  cacheHistory: CacheHistoryTable;
  cachePolicies: CachePoliciesTable;
  cacheExperiments: CacheExperimentsTable;
  cacheProcesses: CacheProcessesTable;
}
