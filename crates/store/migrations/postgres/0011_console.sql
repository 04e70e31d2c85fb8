-- Who may sign in to the console. Those that were removed stay, so that the audit log can name them.
create table operators (
    id uuid not null primary key,
    name text not null,
    role text not null,
    hash text not null,
    tries bigint not null,
    tried_at bigint,
    created_at bigint not null,
    signed_in_at bigint,
    removed_at bigint
);
create unique index operators_by_name on operators (name) where removed_at is null;

-- Their sign-ins, each by a keyed hash of its token.
create table sign_ins (
    token bytea not null primary key,
    operator uuid not null references operators (id),
    began_at bigint not null,
    seen_at bigint not null
);
create index sign_ins_of_operator on sign_ins (operator);

-- What the overview counts.
create index links_by_state on links (tenant, status, refresh_rate, updated_at);
create index links_by_institution on links (tenant, institution, status);
create index jobs_of_tenant on jobs (tenant, run_at, id) where finished_at is null;
create index jobs_failed on jobs (tenant, finished_at, id) where outcome <> 'done';
