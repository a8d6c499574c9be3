-- What the cache of each process did in each minute of the last day: figures by category and name, without zeros.
create table cache_history (
  minute timestamptz not null,
  process_id text not null,
  figures jsonb not null,
  primary key (minute, process_id)
);
