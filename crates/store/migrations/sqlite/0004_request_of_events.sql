-- So that what a request has announced is found without reading what was sent. Null in rows of
-- programs that do not know of it.

alter table events add column request blob;
