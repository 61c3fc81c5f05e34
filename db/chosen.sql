-- What a question is about, in temporary tables that db/questions/ read. Whoever asks runs `tables`, then `posts` and
-- `pages` with those of the conditions that are asked for, then `embeds_of_posts` where posts are chosen or some are
-- hidden (which are in no count), otherwise `embeds_of_pages`; and where pages are chosen `left_out`. Lists are JSON.

-- name: tables
create temp table if not exists chosen_posts (
    id integer primary key, platform text, author_id integer, posted_at text, is_day integer
);
create temp table if not exists chosen_pages (
    id integer primary key, outlet_id integer, published_at text, is_day integer
);
create temp table if not exists chosen_embeds (
    id integer primary key, post_id integer, page_id integer, outlet_id integer
)

-- name: posts
insert into chosen_posts
select id, platform, author_id, posted_at, ifnull(time_precision, 'day') = 'day' from posts where n_embeds > 0

-- name: posts_and_hidden
insert into chosen_posts
select id, platform, author_id, posted_at, ifnull(time_precision, 'day') = 'day' from posts
where (n_embeds > 0 or exists (select 1 from embeds where post_id = posts.id and shape <> 'link'))

-- name: pages
insert into chosen_pages
select id, outlet_id, published_at, ifnull(published_precision, 'day') = 'day' from pages where true

-- name: embeds_of_posts
insert into chosen_embeds
select embeds.id, embeds.post_id, embeds.page_id, chosen_pages.outlet_id
from chosen_posts
cross join embeds on embeds.post_id = chosen_posts.id
cross join chosen_pages on chosen_pages.id = embeds.page_id
where embeds.shape <> 'link'

-- name: embeds_of_pages
insert into chosen_embeds
select embeds.id, embeds.post_id, embeds.page_id, chosen_pages.outlet_id
from chosen_pages
cross join embeds indexed by embeds_shown on embeds.page_id = chosen_pages.id
where embeds.shape <> 'link'

-- name: left_out
delete from chosen_posts where id not in (select post_id from chosen_embeds)

-- name: hashtags
id in (
    select post_id from post_hashtags join hashtags on hashtags.id = post_hashtags.hashtag_id
    where tag in (select value from json_each(:hashtags)) and in_post >= :in_post_only
)

-- name: authors
author_id in (
    select authors.id from authors join json_each(:authors) as wanted
        on handle_key = wanted.value ->> 1 and platform = ifnull(wanted.value ->> 0, platform)
)

-- name: platforms
platform in (select value from json_each(:platforms))

-- name: search
id in (select rowid from posts_fts where posts_fts match :search)

-- name: posted_since
posted_at >= :since

-- name: posted_until
posted_at < :until || '~'

-- name: outlets
outlet_id in (
    select id from outlets where domain in (select value from json_each(:outlets))
)

-- name: published_since
published_at >= :since

-- name: published_until
published_at < :until || '~'

-- name: langs
exists ( -- a language is chosen with its regions: `pt` is told as pt, pt-BR, pt_BR
    select 1 from json_each(:langs)
    where substr(replace(lower(lang), '_', '-') || '-', 1, length(value) + 1) = value || '-'
)
