-- The experiment on lifetimes that runs, if one does, with what its arms have found so far.
create table cache_experiments (
  id text primary key,
  category text not null,
  started_at timestamptz not null,
  arms jsonb not null
);
