-- What mutations invalidated, for the caches of all processes. The transaction id is the log's clock: see docs/cluster.md.
create table invalidation_log (
  id bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  workspace_id text, -- null: everything
  tags text[] not null,
  cause text,
  tags_version text -- the rules by which tags are named: other versions take the row for everything of its workspace; null: unknown
);
create index invalidation_log_xid on invalidation_log (xid);

-- The processes that may answer from memory. Unlogged, as a crash of the database ends all their leases.
create unlogged table cache_members (
  id text primary key,
  beat bigint not null default 1,
  is_fenced boolean not null default false,
  pid int not null
);

-- One row, which is lost in a crash or a failover of the database: then transaction ids may name other transactions than before.
create unlogged table cache_epoch (
  is_only boolean primary key default true check (is_only),
  id text not null,
  is_settled boolean not null default false,
  place text, -- the database for which the epoch was made; another one has it from a restored dump
  pruned_below xid8 not null default '0',
  prune_mark xid8 not null default '0',
  marked_at timestamptz not null default '-infinity'
);
insert into cache_epoch (id, is_settled) values (gen_random_uuid()::text, true);
