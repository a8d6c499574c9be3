-- The processes, each with what its cache has counted, for operators. Unlogged, as each process writes its row again within seconds.
create unlogged table cache_processes (
  id text primary key,
  host text not null,
  pid int not null,
  version text not null,
  runs_background_work boolean not null,
  started_at timestamptz not null,
  at timestamptz not null, -- of the last report, by the database's clock
  state text not null,
  figures jsonb not null,
  report jsonb not null -- what statistics of all processes are made from
);
