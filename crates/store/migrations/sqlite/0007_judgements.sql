-- When a reading last changed since when a record is missed or what is undecided about it: by this a
-- reading that is applied a second time is known, though all it did was to delete another record.
alter table records add column judged_at integer;

-- What a reading may speak of though its day lies outside the window.
create index records_pending on records (bucket, link, resource, account) where pending;
create index records_by_source on records (bucket, link, resource, source_id) where source_id is not null;
