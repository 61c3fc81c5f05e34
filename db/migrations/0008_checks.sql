-- One row: what an endpoint of a platform answered when it was asked about a post, as it was understood then. Rows are
-- added, never changed. run_id is the run that began the round: what was asked of a post in one round is one look.
create table checks (
    id integer primary key,
    post_id integer not null references posts (id) on delete cascade,
    run_id integer not null references runs (id),
    endpoint text not null,
    asked_at text not null,
    status integer,
    outcome text not null check (outcome in ('there', 'gone', 'restricted', 'suspended', 'unknown', 'error')),
    note text,
    sha256 text,
    capture_id integer references captures (id) on delete set null
);

create index checks_post_id on checks (post_id, run_id);
create index checks_run_id on checks (run_id);
create index checks_capture_id on checks (capture_id);

-- One row: a post that the round of `archiver check` under way is still to ask about; begun_at is when it was asked.
create table check_queue (
    post_id integer primary key references posts (id) on delete cascade,
    run_id integer not null references runs (id),
    place integer not null,
    begun_at text
);

create index check_queue_run_id on check_queue (run_id);
create index check_queue_place on check_queue (place, post_id) where begun_at is null;

-- One row: a search for a post in a web archive: how many captures there were, and how many of them told its text.
create table recoveries (
    id integer primary key,
    post_id integer not null references posts (id) on delete cascade,
    run_id integer not null references runs (id),
    archive text not null,
    asked_at text not null,
    outcome text not null check (outcome in ('found', 'nothing', 'error')),
    n_captures integer not null default 0,
    n_told integer not null default 0,
    note text
);

create index recoveries_post_id on recoveries (post_id, asked_at);
create index recoveries_run_id on recoveries (run_id);

-- What the checks of a post come to, and when it was last told; db/derived.sql says how.
alter table posts add column status text;
alter table posts add column status_at text;

create index posts_status on posts (status, status_at) where status is not null;
