-- Texts that targets have of their own, as they are searched; few targets have one.
alter table post_targets add column folded_text_override text collate "C";
create index post_targets_by_own_text on post_targets (workspace_id) where folded_text_override is not null;
