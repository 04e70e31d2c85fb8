create table token_sessions (
    token text not null primary key,
    session uuid not null,
    ends bigint not null
);
create index token_sessions_by_end on token_sessions (ends);
