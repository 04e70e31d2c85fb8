-- So that the open sessions of an institution can be counted without their links. Null in rows of
-- programs that do not know of it; those are not counted.

alter table sessions add column institution text;
create index sessions_open_at on sessions (institution) where finished_at is null;
