-- Names that differ by case or @ alone are one from now on. What was taken for two stays two: one of them has the name, the one
-- that was there first or was used last, and the others have a key that no name can have.
update users set email_key = users.email_key || ' ' || users.id
from (select id, row_number() over (partition by email_key order by created_at, id) as place from users) as twins
where twins.id = users.id and place > 1;

update accounts set handle_key = accounts.handle_key || ' ' || accounts.id
from (
  select id, row_number() over (partition by workspace_id, network, handle_key order by connected_at, id) as place
  from accounts
) as twins
where twins.id = accounts.id and place > 1;

update conversations set contact_key = conversations.contact_key || ' ' || conversations.id
from (
  select id, row_number() over (
    partition by workspace_id, account_id, kind, contact_key order by last_activity_at desc, id desc
  ) as place
  from conversations
) as twins
where twins.id = conversations.id and place > 1;

alter table users alter column email_key set not null, add unique (email_key);
alter table accounts
  alter column handle_key set not null,
  drop constraint accounts_workspace_id_network_handle_key,
  add constraint accounts_by_handle unique (workspace_id, network, handle_key);
alter table conversations alter column contact_key set not null;
drop index conversations_by_contact;
create unique index conversations_by_contact on conversations (workspace_id, account_id, contact_key, kind);
alter table posts alter column folded_text set not null;
alter table templates alter column folded_title set not null, alter column folded_body set not null;
alter table campaigns alter column folded_name set not null;
alter table media_assets alter column folded_file_name set not null;
