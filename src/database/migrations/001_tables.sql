-- Every workspace-owned table carries workspace_id and refers to its parents by (workspace_id, id), so that a row can never
-- point into another workspace. Instants are timestamptz(3): a cursor holds them without loss. Ids are prefixed ULIDs.

create table workspaces (
  id text primary key,
  name text not null check (name <> ''),
  created_at timestamptz(3) not null
);

create table users (
  id text primary key,
  name text not null check (name <> ''),
  email text not null unique check (email = lower(email) and email like '%_@_%'),
  password_hash text,
  created_at timestamptz(3) not null
);

-- account_ids: null sees everything; otherwise the member is confined to these accounts.
create table memberships (
  workspace_id text not null references workspaces on delete cascade,
  user_id text not null references users on delete cascade,
  role text not null check (role in ('READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER')),
  account_ids text[],
  created_at timestamptz(3) not null,
  primary key (workspace_id, user_id)
);
create index memberships_by_user on memberships (user_id, created_at, workspace_id);

create table preferences (
  workspace_id text not null,
  user_id text not null,
  locale text not null,
  theme text not null check (theme in ('LIGHT', 'DARK', 'SYSTEM')),
  primary key (workspace_id, user_id),
  foreign key (workspace_id, user_id) references memberships on delete cascade
);

-- One table for both credentials. A session follows its membership's role; an API token has a role of its own and no user.
create table tokens (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  kind text not null check (kind in ('SESSION', 'API')),
  hash text not null unique,
  user_id text,
  role text check (role in ('READER', 'CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER')),
  name text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3),
  foreign key (workspace_id, user_id) references memberships on delete cascade,
  check ((kind = 'SESSION') = (user_id is not null)),
  check ((kind = 'API') = (role is not null))
);
create index tokens_by_workspace on tokens (workspace_id, kind, created_at desc, id desc);

create table settings (
  id text primary key,
  workspace_id text not null unique references workspaces on delete cascade,
  time_zone text not null,
  locale text not null,
  week_starts_on text not null
    check (week_starts_on in ('MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY')),
  requires_approval boolean not null,
  brand_voice text not null,
  revision integer not null default 1 check (revision > 0),
  updated_at timestamptz(3) not null
);

create table accounts (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  network text not null check (network in
    ('INSTAGRAM', 'FACEBOOK', 'THREADS', 'X', 'LINKEDIN', 'TIKTOK', 'YOUTUBE', 'PINTEREST', 'MASTODON', 'BLUESKY')),
  display_name text not null check (display_name <> ''),
  handle text not null check (handle <> ''),
  status text not null check (status in ('CONNECTED', 'EXPIRING', 'RECONNECT_REQUIRED', 'PAUSED')),
  follower_count bigint check (follower_count >= 0),
  connected_at timestamptz(3) not null,
  unique (workspace_id, id),
  unique (workspace_id, network, handle)
);
create index accounts_in_order on accounts (workspace_id, connected_at desc, id desc);

create table templates (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  title text not null check (title <> ''),
  body text not null,
  hashtags text[] not null default '{}',
  author_id text references users on delete set null,
  revision integer not null default 1 check (revision > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (workspace_id, id)
);
create index templates_in_order on templates (workspace_id, created_at desc, id desc);

-- The vendor's gallery: the same for everybody, changed by releases only.
create table gallery_templates (
  id text primary key,
  title text not null,
  body text not null,
  hashtags text[] not null default '{}',
  created_at timestamptz(3) not null
);
create index gallery_templates_in_order on gallery_templates (created_at desc, id desc);

create table campaigns (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  name text not null check (name <> ''),
  brief text,
  status text not null check (status in ('PLANNED', 'ACTIVE', 'COMPLETED', 'ARCHIVED')),
  starts_on date,
  ends_on date,
  owner_id text references users on delete set null,
  revision integer not null default 1 check (revision > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (workspace_id, id),
  check (ends_on >= starts_on)
);
create index campaigns_in_order on campaigns (workspace_id, created_at desc, id desc);

create table posts (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  text text not null,
  status text not null check (status in
    ('DRAFT', 'PENDING_APPROVAL', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'PARTIALLY_PUBLISHED', 'FAILED')),
  campaign_id text,
  template_id text,
  author_id text references users on delete set null,
  scheduled_at timestamptz(3),
  published_at timestamptz(3),
  rejection_reason text,
  revision integer not null default 1 check (revision > 0),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- The one instant that puts the post on a calendar day.
  calendar_at timestamptz(3) generated always as (coalesce(published_at, scheduled_at)) stored,
  unique (workspace_id, id),
  foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete set null (campaign_id),
  check (status <> 'SCHEDULED' or scheduled_at is not null)
);
create index posts_in_order on posts (workspace_id, created_at desc, id desc);
create index posts_by_status on posts (workspace_id, status, created_at desc, id desc);
create index posts_by_campaign on posts (workspace_id, campaign_id, created_at desc, id desc);
create index posts_by_template on posts (workspace_id, template_id);
create index posts_by_day on posts (workspace_id, calendar_at, id);
create index posts_due on posts (scheduled_at, id) where status in ('SCHEDULED', 'PUBLISHING');

-- lease_until: a publisher holds the target until then; after it another may take it over.
create table post_targets (
  id text primary key,
  workspace_id text not null,
  post_id text not null,
  account_id text,
  position integer not null,
  text_override text,
  status text not null check (status in
    ('DRAFT', 'PENDING_APPROVAL', 'SCHEDULED', 'PUBLISHING', 'PUBLISHED', 'FAILED')),
  permalink text,
  failure_message text,
  attempts integer not null default 0,
  lease_until timestamptz(3),
  published_at timestamptz(3),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete set null (account_id),
  unique (post_id, account_id)
);
create index post_targets_of_post on post_targets (workspace_id, post_id, position, id);
create index post_targets_by_account on post_targets (workspace_id, account_id, post_id);

create table media_assets (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  file_name text not null check (file_name <> ''),
  mime_type text not null,
  byte_size bigint not null check (byte_size >= 0),
  sha256 text not null,
  storage_key text not null,
  alt_text text,
  created_at timestamptz(3) not null,
  unique (workspace_id, id)
);
create index media_assets_in_order on media_assets (workspace_id, created_at desc, id desc);

create table post_media (
  workspace_id text not null,
  post_id text not null,
  media_id text not null,
  position integer not null,
  primary key (post_id, media_id),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade,
  foreign key (workspace_id, media_id) references media_assets (workspace_id, id) on delete cascade
);
create index post_media_by_media on post_media (workspace_id, media_id);

create table calendar_notes (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  date date not null,
  text text not null check (text <> ''),
  author_id text references users on delete set null,
  created_at timestamptz(3) not null
);
create index calendar_notes_by_day on calendar_notes (workspace_id, date, created_at, id);

create table conversations (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  account_id text,
  kind text not null check (kind in ('COMMENT', 'DIRECT_MESSAGE', 'MENTION', 'REVIEW')),
  contact_name text not null,
  contact_handle text not null,
  status text not null check (status in ('OPEN', 'SNOOZED', 'RESOLVED')),
  priority text not null default 'NORMAL' check (priority in ('LOW', 'NORMAL', 'HIGH', 'URGENT')),
  snoozed_until timestamptz(3),
  assignee_id text references users on delete set null,
  unread_count integer not null default 0 check (unread_count >= 0),
  snippet text not null default '',
  last_activity_at timestamptz(3) not null,
  created_at timestamptz(3) not null,
  unique (workspace_id, id),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete set null (account_id),
  check ((status = 'SNOOZED') = (snoozed_until is not null))
);
create index conversations_in_order on conversations (workspace_id, last_activity_at desc, id desc);
create index conversations_by_status on conversations (workspace_id, status, last_activity_at desc, id desc);
create index conversations_by_contact on conversations (workspace_id, account_id, contact_handle);
create index conversations_to_wake on conversations (snoozed_until) where status = 'SNOOZED';

create table messages (
  id text primary key,
  workspace_id text not null,
  conversation_id text not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  text text not null,
  author_id text references users on delete set null,
  external_id text,
  created_at timestamptz(3) not null,
  foreign key (workspace_id, conversation_id) references conversations (workspace_id, id) on delete cascade
);
create index messages_in_order on messages (workspace_id, conversation_id, created_at desc, id desc);
-- A network that delivers the same message twice must not create it twice.
create unique index messages_once on messages (workspace_id, conversation_id, external_id);

create table saved_replies (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  title text not null check (title <> ''),
  body text not null,
  created_at timestamptz(3) not null
);
create index saved_replies_in_order on saved_replies (workspace_id, created_at, id);

-- One row an account and day in the workspace's time zone; a metric not reported is null, never 0.
create table account_metrics (
  workspace_id text not null,
  account_id text not null,
  date date not null,
  followers double precision,
  views double precision,
  reach double precision,
  engagements double precision,
  clicks double precision,
  primary key (account_id, date),
  foreign key (workspace_id, account_id) references accounts (workspace_id, id) on delete cascade
);
create index account_metrics_by_day on account_metrics (workspace_id, date, account_id);

create table post_metrics (
  workspace_id text not null,
  post_id text not null,
  date date not null,
  views double precision,
  reach double precision,
  engagements double precision,
  clicks double precision,
  primary key (post_id, date),
  foreign key (workspace_id, post_id) references posts (workspace_id, id) on delete cascade
);
create index post_metrics_by_day on post_metrics (workspace_id, date, post_id);

create table ai_models (
  id text primary key,
  name text not null,
  provider text not null,
  input_usd_per_million numeric(12, 6) not null,
  output_usd_per_million numeric(12, 6) not null,
  position integer not null
);

-- fingerprint: what makes two requests equal. reused_from: the generation whose answer was given again, at cost 0.
create table ai_generations (
  id text primary key,
  workspace_id text not null references workspaces on delete cascade,
  kind text not null check (kind in ('CAPTION', 'HASHTAGS', 'REPLY', 'ALT_TEXT')),
  prompt text,
  model_id text not null references ai_models,
  fingerprint text not null,
  suggestions jsonb not null,
  input_tokens integer not null default 0,
  output_tokens integer not null default 0,
  cost_usd numeric(12, 6) not null default 0,
  reused_from text,
  requested_by_id text references users on delete set null,
  created_at timestamptz(3) not null
);
create index ai_generations_in_order on ai_generations (workspace_id, created_at desc, id desc);
create index ai_generations_by_fingerprint on ai_generations (workspace_id, fingerprint, created_at desc)
  where reused_from is null;

-- The result of a creating or sending mutation, kept for 24 hours: a retry gets it instead of a second effect.
create table idempotency_keys (
  workspace_id text not null references workspaces on delete cascade,
  mutation text not null,
  key text not null,
  request_hash text not null,
  result_id text not null,
  created_at timestamptz(3) not null,
  primary key (workspace_id, mutation, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
