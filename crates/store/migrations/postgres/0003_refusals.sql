-- Credentials that an institution has refused, by a keyed hash of them: they outlive a registration
-- that was refused, for a day.

create table refusals (
    bucket smallint not null,
    credentials bytea not null,
    count bigint not null,
    last_at bigint not null,
    primary key (bucket, credentials)
);
create index refusals_by_age on refusals (last_at);
