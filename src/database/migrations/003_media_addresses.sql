-- The address of a file is looked up by its storage key alone, and no two assets have a file in common.
create unique index media_assets_by_storage_key on media_assets (storage_key);
