-- The name of the place where the files of media are, which keeps the same name for itself: one row.
create table media_stores (
  is_only boolean primary key default true check (is_only),
  name text not null
);
