-- One row: what an answer of a platform tells of a post. post_id is empty until a page embeds the post, or one that
-- relates to it is embedded; key is the post's natural key. told is the rest of what is told of it, as JSON, relations the
-- posts to which it relates, capture_id the first capture that tells just this, digest that of all that is told.
create table answers (
    id integer primary key,
    post_id integer references posts (id),
    key text not null,
    endpoint text not null,
    text text,
    posted_at text,
    time_source text,
    time_precision text,
    handle text,
    author_name text,
    user_id text,
    lang text,
    counts text not null default '{}',
    relations text not null default '[]',
    is_truncated integer not null default 0,
    edited_at text,
    told text not null,
    capture_id integer not null references captures (id),
    digest text not null,
    unique (key, endpoint, digest)
);

create index answers_post_id on answers (post_id);
create index answers_capture_id on answers (capture_id);

-- One row: what a post has to do with another: it has quoted it, is an answer to it (parent), or a repost of it.
create table post_relations (
    post_id integer not null references posts (id),
    kind text not null,
    other_post_id integer not null references posts (id),
    capture_id integer not null references captures (id),
    primary key (post_id, kind, other_post_id)
) without rowid;

create index post_relations_other_post_id on post_relations (other_post_id);
create index post_relations_capture_id on post_relations (capture_id);
