-- Credentials that an institution has refused, by a keyed hash of them: they outlive a registration
-- that was refused, for a day.

create table refusals (
    bucket integer not null,
    credentials blob not null,
    count integer not null,
    last_at integer not null,
    primary key (bucket, credentials)
) strict;
create index refusals_by_age on refusals (last_at);
