-- When a resource of a link was last read up to the day of the reading, whatever there was: what is
-- computed from it is as good as that.
create table readings (
    bucket integer not null,
    link blob not null,
    resource text not null,
    read_at integer not null,
    primary key (bucket, link, resource)
) strict;
