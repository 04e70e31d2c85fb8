-- Tenants and what belongs to no link: small tables, the same everywhere.

create table tenants (
    id blob not null primary key,
    name text not null,
    default_rate text not null,
    created_at integer not null
) strict;

create table api_keys (
    id blob not null primary key,
    tenant blob not null references tenants (id),
    hash text not null,
    name text not null,
    created_at integer not null,
    last_used_at integer,
    revoked_at integer
) strict;
create index api_keys_of_tenant on api_keys (tenant, created_at);

create table server_keys (
    name text not null primary key,
    sealed blob not null
) strict;

create table used_tokens (
    token text not null primary key,
    ends integer not null
) strict;
create index used_tokens_by_end on used_tokens (ends);

create table institutions (
    id integer not null primary key,
    name text not null unique,
    kind text not null,
    country text not null,
    status text not null,
    status_reason text,
    body text not null
) strict;

create table breakers (
    institution integer not null references institutions (id),
    version text not null,
    revision integer not null,
    state text not null,
    primary key (institution, version)
) strict;

create table endpoints (
    id blob not null primary key,
    tenant blob not null references tenants (id),
    url text not null,
    authorization_sealed blob,
    secret_sealed blob not null,
    old_secret_sealed blob,
    old_secret_until integer,
    events text not null,
    created_at integer not null,
    disabled_at integer,
    disabled_reason text,
    failing_since integer
) strict;
create index endpoints_of_tenant on endpoints (tenant, created_at);

create table audit (
    tenant blob not null,
    id blob not null,
    at integer not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    primary key (tenant, id)
) strict;

create index audit_of_tenant on audit (tenant, at, id);

-- The order in which a tenant's commits are read. Filled after the fact, so that those who commit
-- never wait for one another.
create table feed (
    tenant blob not null,
    position integer not null,
    bucket integer not null,
    commit_id blob not null,
    primary key (tenant, position),
    unique (tenant, bucket, commit_id)
) strict;

-- Links and everything below. Each primary and unique key starts with the bucket.

create table links (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    institution text not null,
    login blob not null,
    access_mode text not null,
    status text not null,
    external_id text,
    institution_user_id text,
    refresh_rate text,
    schedule text,
    credentials_storage text not null,
    stale_in text not null,
    fetch_resources text not null,
    created_by blob not null,
    created_at integer not null,
    last_accessed_at integer,
    updated_at integer not null,
    refreshed_at integer,
    refused integer not null,
    credentials_version integer not null,
    credentials_since integer,
    version integer not null,
    primary key (bucket, id),
    unique (bucket, tenant, institution, login)
) strict;
create index links_of_tenant on links (tenant, created_at, id);

create table link_secrets (
    bucket integer not null,
    link blob not null,
    key_number integer not null,
    wrapped_key blob not null,
    credentials blob,
    state blob,
    credentials_version integer not null,
    primary key (bucket, link)
) strict;
create index link_secrets_by_number on link_secrets (key_number);

create table sessions (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob not null,
    state text not null,
    purpose text not null,
    challenge text,
    challenge_number integer not null,
    answer blob,
    outcome text,
    outcome_sealed blob,
    request blob not null,
    node blob not null,
    lease_until integer not null,
    deadline integer not null,
    created_at integer not null,
    finished_at integer,
    primary key (bucket, id)
) strict;
-- One at a time for each link.
create unique index sessions_open on sessions (bucket, link) where finished_at is null;
create index sessions_of_link on sessions (bucket, link, created_at);
create index sessions_by_lease on sessions (lease_until) where finished_at is null;
create index sessions_by_deadline on sessions (deadline) where finished_at is null;
create index sessions_open_of_tenant on sessions (tenant) where finished_at is null;
create index sessions_finished on sessions (finished_at) where finished_at is not null;
create index sessions_of_tenant on sessions (tenant, created_at, id);

create table records (
    bucket integer not null,
    id blob not null,
    link blob not null,
    tenant blob not null,
    resource text not null,
    account blob,
    source_id text,
    natural_key text not null,
    day integer,
    pending integer not null,
    facts text not null,
    content integer not null,
    suspected_at integer,
    doubt text,
    judged_at integer,
    created_at integer not null,
    collected_at integer not null,
    body text not null,
    primary key (bucket, id, link)
) strict;
create index records_of_link on records (bucket, link, resource, created_at, id);
create index records_for_ledger on records (bucket, link, resource, account, day);
create index records_pending on records (bucket, link, resource, account) where pending;
create index records_by_source on records (bucket, link, resource, source_id) where source_id is not null;
create index records_of_tenant on records (tenant, resource, created_at, id, bucket, link);

create table commits (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob not null,
    at integer not null,
    sequenced integer not null,
    primary key (bucket, id)
) strict;
create index commits_unsequenced on commits (tenant, at, id) where not sequenced;

create table changes (
    bucket integer not null,
    commit_id blob not null,
    ordinal integer not null,
    link blob not null,
    resource text not null,
    record blob not null,
    kind text not null,
    primary key (bucket, commit_id, ordinal)
) strict;

create table timeline (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob not null,
    at integer not null,
    kind text not null,
    detail text not null,
    primary key (bucket, id)
) strict;
create index timeline_of_link on timeline (bucket, link, at, id);

-- An account of sixteen zero bytes stands for the link itself: keys hold no nulls.
create table coverage (
    bucket integer not null,
    link blob not null,
    resource text not null,
    account blob not null,
    from_day integer not null,
    to_day integer not null,
    read_at integer not null,
    primary key (bucket, link, resource, account, from_day)
) strict;

-- While a job is leased, `run_at` is the end of the lease: an expired lease is simply due.
create table jobs (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob,
    kind text not null,
    subject text not null,
    payload text not null,
    run_at integer not null,
    lease_owner blob,
    fence integer not null,
    attempt integer not null,
    again_at integer,
    again_payload text,
    created_at integer not null,
    finished_at integer,
    outcome text,
    primary key (bucket, id)
) strict;
create unique index jobs_waiting on jobs (bucket, kind, subject) where finished_at is null;
create index jobs_due on jobs (run_at, id) where finished_at is null;
create index jobs_finished on jobs (finished_at) where finished_at is not null;
create index jobs_of_link on jobs (bucket, link);

create table events (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob not null,
    type text not null,
    code text not null,
    process_type text,
    body text not null,
    created_at integer not null,
    primary key (bucket, id)
) strict;
create index events_of_link on events (bucket, link, created_at, id);
create index events_of_tenant on events (tenant, created_at, id);

-- As with jobs, `next_attempt_at` is the end of the lease while there is one.
create table deliveries (
    bucket integer not null,
    id blob not null,
    tenant blob not null,
    link blob not null,
    event blob not null,
    endpoint blob not null,
    number integer not null,
    state text not null,
    attempts integer not null,
    tries integer not null,
    next_attempt_at integer not null,
    lease_owner blob,
    fence integer not null,
    created_at integer not null,
    finished_at integer,
    last_status integer,
    last_error text,
    primary key (bucket, id)
) strict;
create index deliveries_due on deliveries (next_attempt_at, number) where state = 'pending';
create index deliveries_in_order on deliveries (bucket, link, endpoint, number, id) where state = 'pending';
create index deliveries_of_event on deliveries (bucket, event);
create index deliveries_of_tenant on deliveries (tenant, created_at, id);

create table attempts (
    bucket integer not null,
    delivery blob not null,
    number integer not null,
    at integer not null,
    status integer,
    error text,
    duration_ms integer not null,
    primary key (bucket, delivery, number)
) strict;
