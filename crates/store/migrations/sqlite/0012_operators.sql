-- An operator's word that an institution is left alone: why, and until when.
alter table institutions add column closed_reason text;
alter table institutions add column closed_until integer;

-- What a link's readings changed, the latest first.
create index commits_of_link on commits (bucket, link, at, id);

-- The link of an application's own key.
create index links_by_external_id on links (tenant, external_id, created_at, id);
