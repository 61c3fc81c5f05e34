-- One row: a sentence of an article's own words that speaks of a post, embedded there or not, and what it quotes of it.
create table prose_mentions (
    id integer primary key,
    page_id integer not null references pages (id),
    platform text,
    handle text,
    quote text,
    sentence text not null,
    phrase text not null,
    lang text not null,
    unique (page_id, sentence, phrase)
);

create index prose_mentions_handle on prose_mentions (platform, handle) where handle is not null;

-- What pages embed what, without a look at the embeds' texts.
create index embeds_shown on embeds (page_id, post_id, shape);

-- The posts of an account around a day, among which a quotation is looked for.
create index posts_of_author_in_time on posts (author_id, posted_at) where platform_id is not null;
