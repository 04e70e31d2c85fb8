create table token_sessions (
    token text not null primary key,
    session blob not null,
    ends integer not null
) strict;
create index token_sessions_by_end on token_sessions (ends);
