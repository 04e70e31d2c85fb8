-- Who may sign in to the console. Those that were removed stay, so that the audit log can name them.
create table operators (
    id blob not null primary key,
    name text not null,
    role text not null,
    hash text not null,
    tries integer not null,
    tried_at integer,
    created_at integer not null,
    signed_in_at integer,
    removed_at integer
) strict;
create unique index operators_by_name on operators (name) where removed_at is null;

-- Their sign-ins, each by a keyed hash of its token.
create table sign_ins (
    token blob not null primary key,
    operator blob not null references operators (id),
    began_at integer not null,
    seen_at integer not null
) strict;
create index sign_ins_of_operator on sign_ins (operator);

-- What the overview counts.
create index links_by_state on links (tenant, status, refresh_rate, updated_at);
create index links_by_institution on links (tenant, institution, status);
create index jobs_of_tenant on jobs (tenant, run_at, id) where finished_at is null;
create index jobs_failed on jobs (tenant, finished_at, id) where outcome <> 'done';
