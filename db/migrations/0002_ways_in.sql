-- How an attempt ended, what makes the next one conditional, and how long it took (seconds).
alter table captures add column outcome text not null default 'read';
alter table captures add column error_kind text;
alter table captures add column etag text;
alter table captures add column last_modified text;
alter table captures add column seconds real;

update captures set outcome = 'failed' where error is not null;

-- How many pages were as they had been, and the run that this one goes on with.
alter table runs add column n_unchanged integer not null default 0;
alter table runs add column resumes integer references runs (id);
