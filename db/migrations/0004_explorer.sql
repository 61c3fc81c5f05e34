-- The month of posted_at, YYYY-MM.
alter table posts add column posted_month text;

-- Copies of what the post tells, so that one index answers; is_embedded is 1 where a page embeds it (n_embeds > 0).
alter table post_hashtags add column is_embedded integer not null default 0;
alter table post_hashtags add column posted_year integer;
alter table post_hashtags add column posted_month text;
alter table post_hashtags add column platform text;
alter table post_hashtags add column lang text;
alter table post_hashtags add column author_id integer;

drop index post_hashtags_post_id;
create index post_hashtags_post_id on post_hashtags (post_id, hashtag_id, in_post, in_context);

-- One row: an outlet whose pages embed a post, how many embeds those hold, and copies of what the post tells.
create table post_outlets (
    outlet_id integer not null references outlets (id),
    post_id integer not null references posts (id) on delete cascade,
    n_embeds integer not null,
    posted_year integer,
    posted_month text,
    platform text not null,
    lang text,
    author_id integer,
    primary key (outlet_id, post_id)
) without rowid;

create index post_outlets_post_id on post_outlets (post_id, outlet_id);

alter table outlets add column n_posts integer not null default 0;

-- Copies of what an embed's post and page tell, and when a page was published, to count and choose by.
alter table embeds add column platform text;
alter table embeds add column posted_year integer;
alter table embeds add column outlet_id integer references outlets (id);
alter table pages add column published_year integer;
alter table pages add column published_month text;

create index embeds_shape on embeds (shape);
create index embeds_platform on embeds (platform);
create index embeds_posted_year on embeds (posted_year);
create index embeds_outlet_id on embeds (outlet_id);
create index pages_published_month on pages (published_month);
create index pages_lang on pages (lang, published_at desc, published_month);
drop index pages_outlet_id;
create index pages_outlet_id on pages (outlet_id, published_at desc, published_month);

-- One row: how many embedded posts a month, platform and language have; month and language are '' where not told.
create table post_stats (
    posted_year integer,
    posted_month text not null,
    platform text not null,
    lang text not null,
    n_posts integer not null,
    primary key (posted_month, platform, lang)
) without rowid;

-- One row: the same of a hashtag, and how many of these posts have it in their own text.
create table hashtag_stats (
    hashtag_id integer not null,
    posted_year integer,
    posted_month text not null,
    platform text not null,
    lang text not null,
    n_posts integer not null,
    n_posts_in_text integer not null,
    primary key (hashtag_id, posted_month, platform, lang)
) without rowid;

-- One row: a spelling of a hashtag, and in how many posts and pages it stands so.
create table hashtag_spellings (
    hashtag_id integer not null,
    spelling text not null,
    n integer not null,
    primary key (hashtag_id, spelling)
) without rowid;

-- Sorting by a count with ties: the id breaks them, upwards in both directions.
create index posts_n_pages on posts (n_pages) where n_embeds > 0;
create index posts_n_pages_desc on posts (n_pages desc) where n_embeds > 0;
create index posts_platform on posts (platform) where n_embeds > 0;
create index posts_posted_month on posts (posted_month) where n_embeds > 0;
create index posts_author_of_year on posts (posted_year, author_id) where n_embeds > 0;
create index posts_not_embedded on posts (id) where n_embeds = 0 and text is not null;
create index pages_published_at_desc on pages (published_at desc);
create index hashtags_n_posts_desc on hashtags (n_posts desc);
create index authors_n_posts_desc on authors (n_posts desc);

update posts set posted_month = substr(posted_at, 1, 7) where posted_at is not null;

update post_hashtags set (is_embedded, posted_year, posted_month, platform, lang, author_id) = (
    select n_embeds > 0, posted_year, posted_month, platform, lang, author_id from posts where id = post_id
);

update pages set
    published_year = cast(substr(published_at, 1, 4) as integer),
    published_month = substr(published_at, 1, 7)
where published_at is not null;

update embeds set
    (platform, posted_year) = (select platform, posted_year from posts where id = embeds.post_id),
    outlet_id = (select outlet_id from pages where id = embeds.page_id);

insert into post_outlets (outlet_id, post_id, n_embeds, posted_year, posted_month, platform, lang, author_id)
select
    pages.outlet_id,
    posts.id,
    count(*),
    posts.posted_year,
    posts.posted_month,
    posts.platform,
    posts.lang,
    posts.author_id
from embeds
join pages on pages.id = embeds.page_id
join posts on posts.id = embeds.post_id
where embeds.shape <> 'link'
    and pages.outlet_id is not null
group by pages.outlet_id, posts.id;

delete from post_stats;

insert into post_stats (posted_year, posted_month, platform, lang, n_posts)
select min(posted_year), ifnull(posted_month, ''), platform, ifnull(lang, ''), count(*)
from posts
where n_embeds > 0
group by 2, 3, 4;

delete from hashtag_stats;

insert into hashtag_stats (hashtag_id, posted_year, posted_month, platform, lang, n_posts, n_posts_in_text)
select hashtag_id, min(posted_year), ifnull(posted_month, ''), platform, ifnull(lang, ''), count(*), sum(in_post)
from post_hashtags
where is_embedded
group by 1, 3, 4, 5;

delete from hashtag_spellings;

insert into hashtag_spellings (hashtag_id, spelling, n)
select hashtag_id, spelling, count(*)
from (
    select hashtag_id, spelling from post_hashtags
    union all
    select hashtag_id, spelling from page_hashtags
)
group by hashtag_id, spelling;

update hashtags set
    n_posts = (select count(*) from post_hashtags where hashtag_id = hashtags.id and is_embedded),
    n_posts_in_text = (select count(*) from post_hashtags where hashtag_id = hashtags.id and is_embedded and in_post),
    n_pages = (select count(*) from page_hashtags where hashtag_id = hashtags.id);

update authors set n_posts = (select count(*) from posts where author_id = authors.id and n_embeds > 0);

update outlets set
    n_pages = (select count(*) from pages where outlet_id = outlets.id),
    n_embeds = (select ifnull(sum(n_embeds), 0) from pages where outlet_id = outlets.id),
    n_posts = (select count(*) from post_outlets where outlet_id = outlets.id);

-- The counts follow their rows: nothing is counted again, however much there is.

create trigger posts_counted after insert on posts
when new.n_embeds > 0 begin
    insert into post_stats (posted_year, posted_month, platform, lang, n_posts)
    values (new.posted_year, ifnull(new.posted_month, ''), new.platform, ifnull(new.lang, ''), 1)
    on conflict do update set n_posts = n_posts + 1;
    update authors set n_posts = n_posts + 1 where id = new.author_id;
end;

create trigger posts_discounted after delete on posts
when old.n_embeds > 0 begin
    update post_stats set n_posts = n_posts - 1
    where posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '');
    delete from post_stats
    where posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '')
        and n_posts = 0;
    update authors set n_posts = n_posts - 1 where id = old.author_id;
end;

create trigger posts_changed_from after update of n_embeds, posted_month, lang, author_id on posts
when old.n_embeds > 0
    and (old.n_embeds > 0, old.posted_month, old.lang, old.author_id)
        is not (new.n_embeds > 0, new.posted_month, new.lang, new.author_id) begin
    update post_stats set n_posts = n_posts - 1
    where posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '');
    delete from post_stats
    where posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '')
        and n_posts = 0;
    update authors set n_posts = n_posts - 1 where id = old.author_id;
end;

create trigger posts_changed_to after update of n_embeds, posted_month, lang, author_id on posts
when new.n_embeds > 0
    and (old.n_embeds > 0, old.posted_month, old.lang, old.author_id)
        is not (new.n_embeds > 0, new.posted_month, new.lang, new.author_id) begin
    insert into post_stats (posted_year, posted_month, platform, lang, n_posts)
    values (new.posted_year, ifnull(new.posted_month, ''), new.platform, ifnull(new.lang, ''), 1)
    on conflict do update set n_posts = n_posts + 1;
    update authors set n_posts = n_posts + 1 where id = new.author_id;
end;

create trigger post_hashtags_counted after insert on post_hashtags
when new.is_embedded begin
    insert into hashtag_stats (hashtag_id, posted_year, posted_month, platform, lang, n_posts, n_posts_in_text)
    values (
        new.hashtag_id,
        new.posted_year,
        ifnull(new.posted_month, ''),
        new.platform,
        ifnull(new.lang, ''),
        1,
        new.in_post
    )
    on conflict do update set n_posts = n_posts + 1, n_posts_in_text = n_posts_in_text + excluded.n_posts_in_text;
    update hashtags set n_posts = n_posts + 1, n_posts_in_text = n_posts_in_text + new.in_post
    where id = new.hashtag_id;
end;

create trigger post_hashtags_discounted after delete on post_hashtags
when old.is_embedded begin
    update hashtag_stats set n_posts = n_posts - 1, n_posts_in_text = n_posts_in_text - old.in_post
    where hashtag_id = old.hashtag_id
        and posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '');
    delete from hashtag_stats
    where hashtag_id = old.hashtag_id
        and posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '')
        and n_posts = 0;
    update hashtags set n_posts = n_posts - 1, n_posts_in_text = n_posts_in_text - old.in_post
    where id = old.hashtag_id;
end;

create trigger post_hashtags_changed_from
after update of is_embedded, in_post, posted_month, platform, lang on post_hashtags
when old.is_embedded
    and (old.is_embedded, old.in_post, old.posted_month, old.platform, old.lang)
        is not (new.is_embedded, new.in_post, new.posted_month, new.platform, new.lang) begin
    update hashtag_stats set n_posts = n_posts - 1, n_posts_in_text = n_posts_in_text - old.in_post
    where hashtag_id = old.hashtag_id
        and posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '');
    delete from hashtag_stats
    where hashtag_id = old.hashtag_id
        and posted_month = ifnull(old.posted_month, '')
        and platform = old.platform
        and lang = ifnull(old.lang, '')
        and n_posts = 0;
    update hashtags set n_posts = n_posts - 1, n_posts_in_text = n_posts_in_text - old.in_post
    where id = old.hashtag_id;
end;

create trigger post_hashtags_changed_to
after update of is_embedded, in_post, posted_month, platform, lang on post_hashtags
when new.is_embedded
    and (old.is_embedded, old.in_post, old.posted_month, old.platform, old.lang)
        is not (new.is_embedded, new.in_post, new.posted_month, new.platform, new.lang) begin
    insert into hashtag_stats (hashtag_id, posted_year, posted_month, platform, lang, n_posts, n_posts_in_text)
    values (
        new.hashtag_id,
        new.posted_year,
        ifnull(new.posted_month, ''),
        new.platform,
        ifnull(new.lang, ''),
        1,
        new.in_post
    )
    on conflict do update set n_posts = n_posts + 1, n_posts_in_text = n_posts_in_text + excluded.n_posts_in_text;
    update hashtags set n_posts = n_posts + 1, n_posts_in_text = n_posts_in_text + new.in_post
    where id = new.hashtag_id;
end;

create trigger post_hashtags_spelled after insert on post_hashtags begin
    insert into hashtag_spellings (hashtag_id, spelling, n) values (new.hashtag_id, new.spelling, 1)
    on conflict do update set n = n + 1;
end;

create trigger post_hashtags_unspelled after delete on post_hashtags begin
    update hashtag_spellings set n = n - 1 where hashtag_id = old.hashtag_id and spelling = old.spelling;
    delete from hashtag_spellings where hashtag_id = old.hashtag_id and spelling = old.spelling and n = 0;
end;

create trigger post_hashtags_respelled after update of spelling on post_hashtags
when old.spelling <> new.spelling begin
    update hashtag_spellings set n = n - 1 where hashtag_id = old.hashtag_id and spelling = old.spelling;
    delete from hashtag_spellings where hashtag_id = old.hashtag_id and spelling = old.spelling and n = 0;
    insert into hashtag_spellings (hashtag_id, spelling, n) values (new.hashtag_id, new.spelling, 1)
    on conflict do update set n = n + 1;
end;

create trigger page_hashtags_spelled after insert on page_hashtags begin
    insert into hashtag_spellings (hashtag_id, spelling, n) values (new.hashtag_id, new.spelling, 1)
    on conflict do update set n = n + 1;
    update hashtags set n_pages = n_pages + 1 where id = new.hashtag_id;
end;

create trigger page_hashtags_unspelled after delete on page_hashtags begin
    update hashtag_spellings set n = n - 1 where hashtag_id = old.hashtag_id and spelling = old.spelling;
    delete from hashtag_spellings where hashtag_id = old.hashtag_id and spelling = old.spelling and n = 0;
    update hashtags set n_pages = n_pages - 1 where id = old.hashtag_id;
end;

create trigger page_hashtags_respelled after update of spelling on page_hashtags
when old.spelling <> new.spelling begin
    update hashtag_spellings set n = n - 1 where hashtag_id = old.hashtag_id and spelling = old.spelling;
    delete from hashtag_spellings where hashtag_id = old.hashtag_id and spelling = old.spelling and n = 0;
    insert into hashtag_spellings (hashtag_id, spelling, n) values (new.hashtag_id, new.spelling, 1)
    on conflict do update set n = n + 1;
end;

create trigger post_outlets_counted after insert on post_outlets begin
    update outlets set n_posts = n_posts + 1 where id = new.outlet_id;
end;

create trigger post_outlets_discounted after delete on post_outlets begin
    update outlets set n_posts = n_posts - 1 where id = old.outlet_id;
end;

create trigger pages_counted after insert on pages begin
    update outlets set n_pages = n_pages + 1, n_embeds = n_embeds + new.n_embeds where id = new.outlet_id;
end;

create trigger pages_discounted after delete on pages begin
    update outlets set n_pages = n_pages - 1, n_embeds = n_embeds - old.n_embeds where id = old.outlet_id;
end;

create trigger pages_changed after update of outlet_id, n_embeds on pages
when (old.outlet_id, old.n_embeds) is not (new.outlet_id, new.n_embeds) begin
    update outlets set n_pages = n_pages - 1, n_embeds = n_embeds - old.n_embeds where id = old.outlet_id;
    update outlets set n_pages = n_pages + 1, n_embeds = n_embeds + new.n_embeds where id = new.outlet_id;
end;

-- One row: a post whose words wait for the end of the batch, for the search index is quick only in the order of ids.
create table posts_to_index (
    id integer primary key
);

drop trigger posts_fts_insert;
drop trigger posts_fts_delete;
drop trigger posts_fts_update;

create trigger posts_fts_insert after insert on posts begin
    insert into posts_to_index (id) values (new.id);
end;

create trigger posts_fts_delete after delete on posts begin
    insert into posts_fts (posts_fts, rowid, text)
    select 'delete', old.id, old.text
    where not exists (select 1 from posts_to_index where id = old.id);
    delete from posts_to_index where id = old.id;
end;

create trigger posts_fts_update after update of text on posts
when not exists (select 1 from posts_to_index where id = old.id) begin
    insert into posts_fts (posts_fts, rowid, text) values ('delete', old.id, old.text);
    insert into posts_fts (rowid, text) values (new.id, new.text);
end;
