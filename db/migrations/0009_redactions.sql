-- One row: what was taken out of this archive on purpose and is refused from then on: a post, an author, or words. What it
-- was, only a digest tells, keyed with the salt; of words their number and a digest of the first few are kept beside it.
create table redactions (
    id integer primary key,
    what text not null,
    digest text not null,
    salt text not null,
    n_words integer,
    head text,
    reason text,
    redacted_at text not null,
    unique (what, salt, digest)
);

-- One row: a choice that goes with the archive, as JSON.
create table settings (
    name text primary key,
    value text not null
) without rowid;

-- When a picture was uploaded, as far as its name tells: never later than a post shows it first.
alter table media add column uploaded_at text;

-- Between which times a tweet was written whose id holds no clock; posted_at says nothing of it.
alter table posts add column posted_after text;
alter table posts add column posted_before text;
