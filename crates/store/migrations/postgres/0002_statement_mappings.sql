-- Which column of a link's tables of movements says what.
create table statement_mappings (
    bucket smallint not null,
    link uuid not null,
    mapping json not null,
    updated_at bigint not null,
    primary key (bucket, link)
);
