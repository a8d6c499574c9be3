-- An idempotency key belongs to its sender: a user or an API token. Keys that are in use keep the author of what they made; the
-- sender of the others is not known, and they go.
alter table idempotency_keys add column sender text;
update idempotency_keys set sender = coalesce(
  (select author_id from posts where posts.id = result_id),
  (select author_id from templates where templates.id = result_id),
  (select owner_id from campaigns where campaigns.id = result_id),
  (select author_id from messages where messages.id = result_id)
);
delete from idempotency_keys where sender is null;
alter table idempotency_keys
  alter column sender set not null,
  drop constraint idempotency_keys_pkey,
  add primary key (workspace_id, sender, mutation, key);
