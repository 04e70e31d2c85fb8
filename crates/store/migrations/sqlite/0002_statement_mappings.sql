-- Which column of a link's tables of movements says what.
create table statement_mappings (
    bucket integer not null,
    link blob not null,
    mapping text not null,
    updated_at integer not null,
    primary key (bucket, link)
) strict;
