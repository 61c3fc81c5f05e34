-- The run of `archiver merge` that brought this one from another archive; empty for the runs of this archive itself.
alter table runs add column merged_by integer references runs (id);

-- A run is known again by when it began.
create index runs_started_at on runs (started_at);
