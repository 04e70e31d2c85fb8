-- Documents of records (a PDF, an XML file), sealed, under the key of the record that shows each.
create table documents (
    bucket integer not null,
    link blob not null,
    record blob not null,
    name text not null,
    size integer not null,
    sealed blob not null,
    primary key (bucket, link, record, name)
) strict;
