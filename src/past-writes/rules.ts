import type { TableRule } from './table-rule.ts';

const targets = 'post_targets as target where target.post_id = changed.id';
const postOfTarget = 'posts as post where post.id = changed.post_id';
const accountsOfPost =
  'post_targets as target join posts as post on post.id = target.post_id where post.id = changed.post_id';
const mediaOfPost = 'post_media as media where media.post_id = changed.post_id';
const usages = ['MediaAsset:usage:true', 'MediaAsset:usage:false'];

/**
 * The number of these rules and of the functions made of them. Raise it when they change: a process does not replace those of a
 * higher number, so that one of an earlier version, which starts later, does not take back what is watched.
 */
export const rulesVersion = 1;

/**
 * The tables behind cached fields. `Reach` tags name the accounts that data belongs to, as in `src/graphql/reach.ts`. A tag of a
 * node is always given with that of its type, as entries with the type's tag need not have those of its nodes.
 */
export const rules: Readonly<Record<string, TableRule>> = {
  accounts: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'network', 'display_name', 'handle', 'handle_key', 'status', 'follower_count'],
      'connected_at',
    ],
    tags: ['Account', 'Account:{id}', 'AnalyticsReport', 'Reach:{id}:{id}', 'Reach::{id}'],
    everythingOf: ['network'], // the lengths of texts
  },
  account_metrics: {
    workspace: 'workspace_id',
    read: ['workspace_id', 'account_id', 'date', 'followers', 'views', 'reach', 'engagements', 'clicks'],
    tags: ['AnalyticsReport', 'Reach::{account_id}'],
  },
  ai_generations: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'kind', 'prompt', 'model_id', 'suggestions', 'cost_usd', 'reused_from', 'account_id'],
      ...['requested_by_id', 'created_at'],
    ],
    unread: ['fingerprint', 'input_tokens', 'output_tokens'],
    tags: ['AiGeneration', 'AiGeneration:{id}'],
    through: [
      {
        from: "(values (case changed.kind when 'REPLY' then changed.account_id else 'all' end)) as audience (account_id)",
        tags: ['Reach:{changed.id}:{audience.account_id}'],
      },
    ],
  },
  ai_models: {
    workspace: null,
    read: ['id', 'name', 'provider', 'input_usd_per_million', 'output_usd_per_million', 'position'],
  },
  calendar_notes: {
    workspace: 'workspace_id',
    read: ['id', 'workspace_id', 'date', 'text', 'author_id', 'created_at'],
    tags: ['Calendar', 'CalendarNote:{id}', 'Reach:{id}:all'],
  },
  campaigns: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'name', 'brief', 'status', 'starts_on', 'ends_on', 'owner_id', 'revision'],
      ...['created_at', 'updated_at', 'folded_name', 'folded_brief'],
    ],
    tags: ['Campaign', 'Campaign:{id}', 'AnalyticsReport:{id}'],
  },
  conversations: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'account_id', 'kind', 'contact_name', 'contact_handle', 'status', 'priority'],
      ...['snoozed_until', 'assignee_id', 'unread_count', 'snippet', 'last_activity_at', 'created_at'],
    ],
    unread: ['contact_key'],
    tags: ['Conversation', 'Conversation:{id}', 'Conversation:{id}:messages', 'Reach:{id}:{account_id}'],
  },
  gallery_templates: { workspace: null, read: ['id', 'title', 'body', 'hashtags', 'created_at'] },
  media_assets: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'file_name', 'mime_type', 'byte_size', 'storage_key', 'alt_text', 'created_at'],
      ...['folded_file_name', 'folded_alt_text'],
    ],
    unread: ['sha256'],
    tags: ['MediaAsset', 'MediaAsset:{id}', ...usages],
  },
  memberships: {
    workspace: 'workspace_id',
    read: ['workspace_id', 'user_id', 'role', 'account_ids', 'created_at'],
    tags: ['Membership', 'Membership:{user_id}', 'UserPreferences:{user_id}'],
  },
  messages: {
    workspace: 'workspace_id',
    read: ['id', 'workspace_id', 'conversation_id', 'direction', 'text', 'author_id', 'created_at'],
    unread: ['external_id'],
    tags: ['Conversation', 'Conversation:{conversation_id}', 'Conversation:{conversation_id}:messages'],
    through: [
      {
        from: 'conversations as conversation where conversation.id = changed.conversation_id',
        tags: ['Reach:{conversation.id}:{conversation.account_id}'],
      },
    ],
  },
  post_media: {
    workspace: 'workspace_id',
    read: ['workspace_id', 'post_id', 'media_id', 'position'],
    tags: ['Post', 'Post:{post_id}', 'MediaAsset:{media_id}:usage', ...usages],
    through: [
      {
        from: accountsOfPost,
        tags: ['Reach:{post.id}:{target.account_id}', 'Reach:{changed.media_id}:{target.account_id}'],
      },
    ],
  },
  post_metrics: {
    workspace: 'workspace_id',
    read: ['workspace_id', 'post_id', 'date', 'views', 'reach', 'engagements', 'clicks'],
    tags: ['Post:{post_id}:metrics', 'AnalyticsReport'],
    through: [
      {
        from: accountsOfPost,
        tags: ['Reach:{post.id}:{target.account_id}', 'Reach:{post.campaign_id}:{target.account_id}'],
      },
    ],
  },
  post_targets: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'post_id', 'account_id', 'position', 'text_override', 'status', 'permalink'],
      ...['failure_message', 'published_at', 'folded_text_override'],
    ],
    unread: ['attempts', 'lease_until', 'first_attempt_at', 'unanswered_texts', 'uploads'],
    tags: [
      'Post',
      'Post:{post_id}',
      'Post:{post_id}:metrics',
      'Calendar',
      'AnalyticsReport',
      ...usages,
      'Reach:{post_id}:{account_id}',
    ],
    through: [
      {
        from: postOfTarget,
        tags: [
          ...['Campaign:{post.campaign_id}:posts', 'Template:{post.template_id}:usage'],
          ...['Reach:{post.campaign_id}:{changed.account_id}', 'Reach:{post.template_id}:{changed.account_id}'],
        ],
      },
      { from: mediaOfPost, tags: ['MediaAsset:{media.media_id}:usage', 'Reach:{media.media_id}:{changed.account_id}'] },
    ],
  },
  posts: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'text', 'status', 'campaign_id', 'template_id', 'author_id', 'scheduled_at'],
      ...['published_at', 'rejection_reason', 'revision', 'created_at', 'updated_at', 'calendar_at', 'folded_text'],
    ],
    tags: [
      ...[
        'Post',
        'Post:{id}',
        'Post:{id}:metrics',
        'Calendar',
        'Campaign:{campaign_id}:posts',
        'Template:{template_id}:usage',
      ],
      'AnalyticsReport',
    ],
    through: [
      {
        from: targets,
        tags: [
          ...['Reach:{changed.id}:{target.account_id}', 'Reach:{changed.campaign_id}:{target.account_id}'],
          'Reach:{changed.template_id}:{target.account_id}',
        ],
      },
    ],
  },
  preferences: {
    workspace: 'workspace_id',
    read: ['workspace_id', 'user_id', 'locale', 'theme'],
    tags: ['UserPreferences:{user_id}'],
  },
  saved_replies: {
    workspace: 'workspace_id',
    read: ['id', 'workspace_id', 'title', 'body', 'created_at'],
    tags: ['SavedReply', 'SavedReply:{id}'],
  },
  settings: {
    workspace: 'workspace_id',
    read: [
      ...[
        'id',
        'workspace_id',
        'time_zone',
        'locale',
        'week_starts_on',
        'requires_approval',
        'brand_voice',
        'revision',
      ],
      'updated_at',
    ],
    tags: [
      ...['WorkspaceSettings', 'WorkspaceSettings:{id}', 'WorkspaceSettings:timeZone', 'WorkspaceSettings:locale'],
      ...['WorkspaceSettings:weekStartsOn', 'WorkspaceSettings:requiresApproval', 'WorkspaceSettings:brandVoice'],
    ],
  },
  templates: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'title', 'body', 'hashtags', 'author_id', 'revision', 'created_at', 'updated_at'],
      ...['folded_title', 'folded_body'],
    ],
    tags: ['Template', 'Template:{id}'],
    isEverythingWhenNew: true,
  },
  tokens: {
    workspace: 'workspace_id',
    read: [
      ...['id', 'workspace_id', 'kind', 'hash', 'user_id', 'role', 'name', 'created_at', 'expires_at', 'maker_id'],
      'account_ids',
    ],
    unread: ['last_used_at'],
    tags: ['ApiToken', 'ApiToken:{id}', 'Token:{id}'],
  },
  /** Authors and assignees in any workspace, which may have left it. */
  users: { workspace: null, read: ['id', 'name', 'email'], unread: ['password_hash', 'created_at', 'email_key'] },
  workspaces: { workspace: 'id', read: ['id', 'name', 'created_at'], tags: ['Workspace', 'Workspace:{id}'] },
};

/** Tables that no cached field reads, and why. */
export const unreadTables: Readonly<Record<string, string>> = {
  ai_budgets: '`aiBudget` is not cached',
  cache_experiments: 'each process reads it every 30 s',
  cache_policies: 'each process reads it every 30 s',
  cache_history: '`cacheHistory` is not cached',
  idempotency_keys: 'only mutations read it',
  media_stores: 'only the start reads it',
  migrations: 'only the start reads it',
  rate_limits: 'counters',
  cache_processes: '`cacheProcesses` is not cached',
  cache_epoch: 'the log itself',
  cache_members: 'the log itself',
  invalidation_log: 'the log itself',
};
