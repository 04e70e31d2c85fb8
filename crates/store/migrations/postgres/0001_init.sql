-- SQLite has these three by nature; with them, one text of SQL unpacks batches, and packs pages,
-- on both databases.

-- The elements of a JSON array, in its order.
create function json_each(items text) returns table (key bigint, value json)
    language sql immutable parallel safe rows 100
    as $$ select ordinality - 1, value from json_array_elements(items::json) with ordinality $$;

-- The id that 32 hex digits stand for.
create function unhex(digits text) returns uuid
    language sql immutable parallel safe
    as $$ select digits::uuid $$;

-- The 32 hex digits of an id.
create function hex(id uuid) returns text
    language sql immutable parallel safe
    as $$ select replace(id::text, '-', '') $$;

-- Tenants and what belongs to no link: small tables, the same everywhere.

create table tenants (
    id uuid not null primary key,
    name text not null,
    default_rate text not null,
    created_at bigint not null
);

create table api_keys (
    id uuid not null primary key,
    tenant uuid not null references tenants (id),
    hash text not null,
    name text not null,
    created_at bigint not null,
    last_used_at bigint,
    revoked_at bigint
);
create index api_keys_of_tenant on api_keys (tenant, created_at);

create table server_keys (
    name text not null primary key,
    sealed bytea not null
);

create table used_tokens (
    token text not null primary key,
    ends bigint not null
);
create index used_tokens_by_end on used_tokens (ends);

create table institutions (
    id bigint not null primary key,
    name text not null unique,
    kind text not null,
    country text not null,
    status text not null,
    status_reason text,
    body json not null
);

create table breakers (
    institution bigint not null references institutions (id),
    version text not null,
    revision bigint not null,
    state json not null,
    primary key (institution, version)
);

create table endpoints (
    id uuid not null primary key,
    tenant uuid not null references tenants (id),
    url text not null,
    authorization_sealed bytea,
    secret_sealed bytea not null,
    old_secret_sealed bytea,
    old_secret_until bigint,
    events json not null,
    created_at bigint not null,
    disabled_at bigint,
    disabled_reason text,
    failing_since bigint
);
create index endpoints_of_tenant on endpoints (tenant, created_at);

create table audit (
    tenant uuid not null,
    id uuid not null,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail json not null,
    primary key (tenant, id)
);

create index audit_of_tenant on audit (tenant, at, id);

-- The order in which a tenant's commits are read. Filled after the fact, so that those who commit
-- never wait for one another.
create table feed (
    tenant uuid not null,
    position bigint not null,
    bucket smallint not null,
    commit_id uuid not null,
    primary key (tenant, position),
    unique (tenant, bucket, commit_id)
);

-- Links and everything below. Each primary and unique key starts with the bucket.

create table links (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    institution text not null,
    login bytea not null,
    access_mode text not null,
    status text not null,
    external_id text,
    institution_user_id text,
    refresh_rate text,
    schedule json,
    credentials_storage text not null,
    stale_in text not null,
    fetch_resources json not null,
    created_by uuid not null,
    created_at bigint not null,
    last_accessed_at bigint,
    updated_at bigint not null,
    refreshed_at bigint,
    refused bigint not null,
    credentials_version bigint not null,
    credentials_since bigint,
    version bigint not null,
    primary key (bucket, id),
    unique (bucket, tenant, institution, login)
);
create index links_of_tenant on links (tenant, created_at, id);

create table link_secrets (
    bucket smallint not null,
    link uuid not null,
    key_number bigint not null,
    wrapped_key bytea not null,
    credentials bytea,
    state bytea,
    credentials_version bigint not null,
    primary key (bucket, link)
);
create index link_secrets_by_number on link_secrets (key_number);

create table sessions (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid not null,
    state text not null,
    purpose json not null,
    challenge json,
    challenge_number bigint not null,
    answer bytea,
    outcome json,
    outcome_sealed bytea,
    request uuid not null,
    node uuid not null,
    lease_until bigint not null,
    deadline bigint not null,
    created_at bigint not null,
    finished_at bigint,
    primary key (bucket, id)
);
-- One at a time for each link.
create unique index sessions_open on sessions (bucket, link) where finished_at is null;
create index sessions_of_link on sessions (bucket, link, created_at);
create index sessions_by_lease on sessions (lease_until) where finished_at is null;
create index sessions_by_deadline on sessions (deadline) where finished_at is null;
create index sessions_open_of_tenant on sessions (tenant) where finished_at is null;
create index sessions_finished on sessions (finished_at) where finished_at is not null;
create index sessions_of_tenant on sessions (tenant, created_at, id);

create table records (
    bucket smallint not null,
    id uuid not null,
    link uuid not null,
    tenant uuid not null,
    resource text not null,
    account uuid,
    source_id text,
    natural_key text not null,
    day bigint,
    pending boolean not null,
    facts text not null,
    content bigint not null,
    suspected_at bigint,
    doubt text,
    judged_at bigint,
    created_at bigint not null,
    collected_at bigint not null,
    body json not null,
    primary key (bucket, id, link)
);
create index records_of_link on records (bucket, link, resource, created_at, id);
create index records_for_ledger on records (bucket, link, resource, account, day);
create index records_pending on records (bucket, link, resource, account) where pending;
create index records_by_source on records (bucket, link, resource, source_id) where source_id is not null;
create index records_of_tenant on records (tenant, resource, created_at, id, bucket, link);

create table commits (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid not null,
    at bigint not null,
    sequenced boolean not null,
    primary key (bucket, id)
);
create index commits_unsequenced on commits (tenant, at, id) where not sequenced;

create table changes (
    bucket smallint not null,
    commit_id uuid not null,
    ordinal bigint not null,
    link uuid not null,
    resource text not null,
    record uuid not null,
    kind text not null,
    primary key (bucket, commit_id, ordinal)
);

create table timeline (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid not null,
    at bigint not null,
    kind text not null,
    detail json not null,
    primary key (bucket, id)
);
create index timeline_of_link on timeline (bucket, link, at, id);

-- An account of sixteen zero bytes stands for the link itself: keys hold no nulls.
create table coverage (
    bucket smallint not null,
    link uuid not null,
    resource text not null,
    account uuid not null,
    from_day bigint not null,
    to_day bigint not null,
    read_at bigint not null,
    primary key (bucket, link, resource, account, from_day)
);

-- While a job is leased, `run_at` is the end of the lease: an expired lease is simply due.
create table jobs (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid,
    kind text not null,
    subject text not null,
    payload json not null,
    run_at bigint not null,
    lease_owner uuid,
    fence bigint not null,
    attempt bigint not null,
    again_at bigint,
    again_payload json,
    created_at bigint not null,
    finished_at bigint,
    outcome text,
    primary key (bucket, id)
);
create unique index jobs_waiting on jobs (bucket, kind, subject) where finished_at is null;
create index jobs_due on jobs (run_at, id) where finished_at is null;
create index jobs_finished on jobs (finished_at) where finished_at is not null;
create index jobs_of_link on jobs (bucket, link);

create table events (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid not null,
    type text not null,
    code text not null,
    process_type text,
    body text not null,
    created_at bigint not null,
    primary key (bucket, id)
);
create index events_of_link on events (bucket, link, created_at, id);
create index events_of_tenant on events (tenant, created_at, id);

-- As with jobs, `next_attempt_at` is the end of the lease while there is one.
create table deliveries (
    bucket smallint not null,
    id uuid not null,
    tenant uuid not null,
    link uuid not null,
    event uuid not null,
    endpoint uuid not null,
    number bigint not null,
    state text not null,
    attempts bigint not null,
    tries bigint not null,
    next_attempt_at bigint not null,
    lease_owner uuid,
    fence bigint not null,
    created_at bigint not null,
    finished_at bigint,
    last_status bigint,
    last_error text,
    primary key (bucket, id)
);
create index deliveries_due on deliveries (next_attempt_at, number) where state = 'pending';
create index deliveries_in_order on deliveries (bucket, link, endpoint, number, id) where state = 'pending';
create index deliveries_of_event on deliveries (bucket, event);
create index deliveries_of_tenant on deliveries (tenant, created_at, id);

create table attempts (
    bucket smallint not null,
    delivery uuid not null,
    number bigint not null,
    at bigint not null,
    status bigint,
    error text,
    duration_ms bigint not null,
    primary key (bucket, delivery, number)
);
