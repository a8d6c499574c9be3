-- What a publisher keeps of a target between two calls to its network.
-- When the first call since somebody last planned the post began: a network remembers ids for so long from then on.
alter table post_targets add column first_attempt_at timestamptz(3);
-- Files that the network has taken, by the ids of the assets: an upload is not made again.
alter table post_targets add column uploads jsonb not null default '{}';
