-- A target that is out says since when: a post's publication is read off the targets that somebody sees.
update post_targets set published_at = coalesce(posts.published_at, posts.updated_at)
from posts
where posts.id = post_targets.post_id and post_targets.status = 'PUBLISHED' and post_targets.published_at is null;
alter table post_targets add check (status <> 'PUBLISHED' or published_at is not null);
create index post_targets_by_publication on post_targets (workspace_id, account_id, published_at)
  where published_at is not null;

-- The account of an answer that was written for a conversation; who is confined sees those of their accounts. It stays when the
-- account is disconnected. What was written before is seen by those alone who see all accounts.
alter table ai_generations add column account_id text check (account_id is null or kind = 'REPLY');
