-- The texts with which the network was called without an answer, newest last: the post may be published with each of them.
-- `first_attempt_at` is the beginning of the first of these calls.
alter table post_targets add column unanswered_texts text[] not null default '{}';
-- A single attempt that failed was refused. The other message leaves it to a person to look for the post.
update post_targets set first_attempt_at = null
where status = 'PUBLISHED' or (status = 'FAILED' and (attempts = 1 or failure_message like 'The post may already be published%'));
update post_targets set unanswered_texts = array[coalesce(text_override, posts.text)]
from posts where posts.id = post_targets.post_id and first_attempt_at is not null;
