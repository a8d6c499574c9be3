-- What was asked of AI models, by month in the workspace's time zone (`2026-11`). It is not counted from ai_generations, of which
-- rows may be deleted.
create table ai_budgets (
  workspace_id text not null references workspaces on delete cascade,
  month text not null check (month ~ '^\d{4}-\d\d$'),
  used integer not null check (used >= 0),
  primary key (workspace_id, month)
);
