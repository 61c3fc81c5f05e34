-- One row: one run of a command that wrote into this archive.
create table runs (
    id integer primary key,
    command text not null,
    argv text not null,
    version text not null,
    started_at text not null,
    finished_at text,
    outcome text,
    n_pages integer not null default 0,
    n_embeds integer not null default 0,
    n_posts_new integer not null default 0,
    n_posts_known integer not null default 0,
    n_failures integer not null default 0
);

-- One row: who publishes pages, told apart by registrable domain.
create table outlets (
    id integer primary key,
    domain text not null unique,
    name text,
    n_pages integer not null default 0,
    n_embeds integer not null default 0
);

-- One row: an article, told apart by its canonical URL.
create table pages (
    id integer primary key,
    title text,
    outlet_id integer references outlets (id),
    published_at text,
    n_embeds integer not null default 0,
    url text not null unique,
    url_source text not null,
    byline text,
    description text,
    section text,
    keywords text,
    hashtags text not null default '[]',
    published_source text,
    published_precision text,
    modified_at text,
    lang text
);

create index pages_outlet_id on pages (outlet_id);
create index pages_published_at on pages (published_at);

-- One row: bytes received once, or an attempt that failed.
create table captures (
    id integer primary key,
    run_id integer not null references runs (id),
    page_id integer references pages (id),
    target text not null,
    url text,
    final_url text,
    captured_at text not null,
    archived_at text,
    source text,
    status integer,
    media_type text,
    encoding text,
    bytes integer,
    sha256 text,
    warc_file text,
    warc_offset integer,
    warc_length integer,
    error text
);

create index captures_run_id on captures (run_id);
create index captures_page_id on captures (page_id);
create index captures_target on captures (target);

-- One row: an account on a platform; handle_key is the handle without regard to case.
create table authors (
    id integer primary key,
    platform text not null,
    handle text not null,
    name text,
    n_posts integer not null default 0,
    url text,
    handle_key text not null,
    unique (platform, handle_key)
);

-- One row: a social post. The id runs with the time of posting: (seconds since 2000) * 64 + a slot.
create table posts (
    id integer primary key,
    author_id integer references authors (id),
    posted_at text,
    text text,
    hashtags text not null default '[]',
    context_hashtags text not null default '[]',
    outlets text not null default '[]',
    n_pages integer not null default 0,
    n_embeds integer not null default 0,
    platform text not null,
    platform_id text,
    permalink text,
    lang text,
    posted_year integer,
    time_source text,
    time_precision text,
    author_signed integer not null default 0,
    key text not null unique
);

create index posts_platform_id on posts (platform, platform_id);

create index posts_author_id on posts (author_id);
create index posts_posted_at on posts (posted_at);
create index posts_posted_year on posts (posted_year);
create index posts_lang on posts (lang);

-- One row: a post in a page, with its text as that page shows it and the words around it. An occurrence is counted among
-- those that the page tells alike: by the same id or permalink, or by the same text alone. `told` is the rest of what the
-- page tells of a post by text alone, as JSON, for which post that is may change as other pages come.
create table embeds (
    id integer primary key,
    page_id integer not null references pages (id),
    post_id integer not null references posts (id),
    position integer not null,
    occurrence integer not null,
    shape text not null,
    text text,
    lang text,
    handle text,
    url_handle text,
    author_name text,
    date_shown text,
    heading text,
    context_before text,
    context_after text,
    context_hashtags text not null default '[]',
    flags text not null default '[]',
    html text,
    identified_by text not null,
    text_key text,
    told text,
    first_capture_id integer not null references captures (id),
    last_capture_id integer not null references captures (id)
);

create unique index embeds_place on embeds (page_id, ifnull(iif(identified_by = 'text', text_key, null), post_id), occurrence);

create index embeds_post_id on embeds (post_id, page_id);
create index embeds_text_key on embeds (text_key);
create index embeds_flags on embeds (id) where flags <> '[]';
create index embeds_first_capture_id on embeds (first_capture_id);
create index embeds_last_capture_id on embeds (last_capture_id);

-- One row: a hashtag whatever its case; display is the spelling seen most.
create table hashtags (
    id integer primary key,
    display text not null,
    n_posts integer not null default 0,
    n_posts_in_text integer not null default 0,
    n_pages integer not null default 0,
    tag text not null unique
);

-- One row: a hashtag of a post, in its own text (in_post), in the words around an embed of it (in_context), or both.
create table post_hashtags (
    hashtag_id integer not null references hashtags (id),
    post_id integer not null references posts (id),
    in_post integer not null default 0,
    in_context integer not null default 0,
    spelling text not null,
    primary key (hashtag_id, post_id)
) without rowid;

create index post_hashtags_post_id on post_hashtags (post_id, hashtag_id);

-- One row: a hashtag in an article's own words.
create table page_hashtags (
    hashtag_id integer not null references hashtags (id),
    page_id integer not null references pages (id),
    spelling text not null,
    primary key (hashtag_id, page_id)
) without rowid;

create index page_hashtags_page_id on page_hashtags (page_id, hashtag_id);

-- One row: an account that a post's text names.
create table mentions (
    id integer primary key,
    post_id integer not null references posts (id),
    handle text not null,
    handle_key text not null,
    unique (post_id, handle_key)
);

create index mentions_handle_key on mentions (handle_key);

-- One row: a link in a post: its short form, the letters shown, and where it leads.
create table links (
    id integer primary key,
    post_id integer not null references posts (id),
    short text,
    display text,
    expanded text
);

create unique index links_whole on links (post_id, ifnull(short, ''), ifnull(display, ''), ifnull(expanded, ''));

-- One row: a picture or film of a post.
create table media (
    id integer primary key,
    post_id integer not null references posts (id),
    kind text,
    url text not null,
    alt text,
    unique (post_id, url)
);

-- One row: a wording in which some page shows a post that others show in another; made from embeds, the main text first.
create table variants (
    post_id integer not null references posts (id),
    number integer not null,
    text text not null,
    difference text not null,
    n_pages integer not null,
    page_id integer not null references pages (id),
    first_captured_at text not null,
    primary key (post_id, number)
) without rowid;

create index variants_page_id on variants (page_id);

-- Search over the words of posts.
create virtual table posts_fts using fts5 (text, content="posts", content_rowid="id", tokenize="unicode61 remove_diacritics 2");

create trigger posts_fts_insert after insert on posts begin
    insert into posts_fts (rowid, text) values (new.id, new.text);
end;

create trigger posts_fts_delete after delete on posts begin
    insert into posts_fts (posts_fts, rowid, text) values ('delete', old.id, old.text);
end;

create trigger posts_fts_update after update of text on posts begin
    insert into posts_fts (posts_fts, rowid, text) values ('delete', old.id, old.text);
    insert into posts_fts (rowid, text) values (new.id, new.text);
end;

-- Search over the titles and descriptions of articles.
create virtual table pages_fts using fts5 (title, description, content="pages", content_rowid="id", tokenize="unicode61 remove_diacritics 2");

create trigger pages_fts_insert after insert on pages begin
    insert into pages_fts (rowid, title, description) values (new.id, new.title, new.description);
end;

create trigger pages_fts_delete after delete on pages begin
    insert into pages_fts (pages_fts, rowid, title, description) values ('delete', old.id, old.title, old.description);
end;

create trigger pages_fts_update after update of title, description on pages begin
    insert into pages_fts (pages_fts, rowid, title, description) values ('delete', old.id, old.title, old.description);
    insert into pages_fts (rowid, title, description) values (new.id, new.title, new.description);
end;
