-- How many pages were read and not stored, for they embed no post, and files not read again.
alter table runs add column n_passed integer not null default 0;
alter table runs add column n_files_known integer not null default 0;

-- One row: a web archive (WARC, WACZ, HAR) that was read to its end, as the file was then.
create table files_read (
    id integer primary key,
    path text not null,
    bytes integer not null,
    modified_ns integer not null,
    ends_sha256 text not null,
    embeds_only integer not null,
    run_id integer not null references runs (id),
    unique (path, bytes, modified_ns, ends_sha256, embeds_only)
);
