-- What operators changed of the cache's policies while it ran. The environment says the rest.
create table cache_policies (
  category text primary key,
  ttl_ms integer check (ttl_ms > 0),
  stale_ms integer check (stale_ms >= 0),
  max_entries integer check (max_entries > 0),
  max_bytes integer check (max_bytes > 0),
  eviction text check (eviction in ('arc', 'lru')),
  changed_at timestamptz not null
);
