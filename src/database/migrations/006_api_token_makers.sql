-- An API token is at most what its maker is, who made it or took it over, and ends with their membership. account_ids is what it was
-- given: null is all of its maker's accounts. Tokens of before belong to the oldest owner.
alter table tokens add column maker_id text, add column account_ids text[];
update tokens set maker_id = (
  select user_id from memberships
  where memberships.workspace_id = tokens.workspace_id and memberships.role = 'OWNER'
  order by memberships.account_ids is not null, memberships.created_at, user_id
  limit 1
)
where kind = 'API';
delete from tokens where kind = 'API' and maker_id is null;
alter table tokens
  add foreign key (workspace_id, maker_id) references memberships on delete cascade,
  add check ((kind = 'API') = (maker_id is not null)),
  add check (kind = 'API' or account_ids is null);
create index tokens_by_maker on tokens (workspace_id, maker_id) where kind = 'API';

-- Who takes care of a conversation sees it.
update conversations set assignee_id = null
from memberships
where memberships.workspace_id = conversations.workspace_id and memberships.user_id = conversations.assignee_id
  and memberships.account_ids is not null
  and (conversations.account_id is null or not conversations.account_id = any(memberships.account_ids));
