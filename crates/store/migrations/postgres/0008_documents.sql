-- Documents of records (a PDF, an XML file), sealed, under the key of the record that shows each.
create table documents (
    bucket smallint not null,
    link uuid not null,
    record uuid not null,
    name text not null,
    size bigint not null,
    sealed bytea not null,
    primary key (bucket, link, record, name)
);
