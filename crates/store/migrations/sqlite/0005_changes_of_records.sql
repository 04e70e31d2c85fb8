-- When what a record says last changed; null while it says what it said at first. Lists show it as
-- `created_at` and are in the order of the column of that name, which never moves.

alter table records add column changed_at integer;
