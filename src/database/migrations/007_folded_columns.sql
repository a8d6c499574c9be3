-- Text as it is compared and searched: without case, for search without accents too. Magpie computes it, not the database,
-- whose locale may know ASCII alone. Collated by bytes, so that patterns mean the same in every database.
alter table users add column email_key text collate "C";
alter table accounts add column handle_key text collate "C";
alter table conversations add column contact_key text collate "C";
alter table posts add column folded_text text collate "C";
alter table templates add column folded_title text collate "C", add column folded_body text collate "C";
alter table campaigns add column folded_name text collate "C", add column folded_brief text collate "C";
alter table media_assets add column folded_file_name text collate "C", add column folded_alt_text text collate "C";
