-- What is gathered from the other tables, for the rows named in the touched_ tables; triggers count (0004_explorer.sql).
-- store.refresh runs this at the end of every batch; store.rebuild names all rows first.

delete from hashtags
where id in (select id from touched_hashtags)
    and not exists (select 1 from post_hashtags where hashtag_id = hashtags.id)
    and not exists (select 1 from page_hashtags where hashtag_id = hashtags.id);

update hashtags set display = (
    select spelling from hashtag_spellings where hashtag_id = hashtags.id order by n desc, spelling limit 1
)
where id in (select id from touched_hashtags)
    and display <> (
        select spelling from hashtag_spellings where hashtag_id = hashtags.id order by n desc, spelling limit 1
    );

insert or ignore into touched_posts
select post_hashtags.post_id
from touched_hashtags
cross join hashtags on hashtags.id = touched_hashtags.id
cross join post_hashtags on post_hashtags.hashtag_id = hashtags.id
where hashtags.display <> touched_hashtags.display;

insert or ignore into touched_pages
select page_hashtags.page_id
from touched_hashtags
cross join hashtags on hashtags.id = touched_hashtags.id
cross join page_hashtags on page_hashtags.hashtag_id = hashtags.id
where hashtags.display <> touched_hashtags.display;

update posts set
    posted_month = substr(posted_at, 1, 7),
    hashtags = (
        select json_group_array(display)
        from (
            select hashtags.display
            from post_hashtags
            join hashtags on hashtags.id = post_hashtags.hashtag_id
            where post_hashtags.post_id = posts.id
            order by post_hashtags.in_post desc, hashtags.tag
        )
    ),
    context_hashtags = (
        select json_group_array(display)
        from (
            select hashtags.display
            from post_hashtags
            join hashtags on hashtags.id = post_hashtags.hashtag_id
            where post_hashtags.post_id = posts.id
                and not post_hashtags.in_post
            order by hashtags.tag
        )
    ),
    outlets = (
        select json_group_array(domain)
        from (
            select distinct outlets.domain
            from embeds
            join pages on pages.id = embeds.page_id
            join outlets on outlets.id = pages.outlet_id
            where embeds.post_id = posts.id
                and embeds.shape <> 'link'
            order by outlets.domain
        )
    ),
    n_embeds = (
        select count(*) from embeds where embeds.post_id = posts.id and embeds.shape <> 'link'
    ),
    n_pages = (
        select count(distinct page_id) from embeds where embeds.post_id = posts.id and embeds.shape <> 'link'
    )
where id in (select id from touched_posts);

update pages set
    published_year = cast(substr(published_at, 1, 4) as integer),
    published_month = substr(published_at, 1, 7),
    hashtags = (
        select json_group_array(display)
        from (
            select hashtags.display
            from page_hashtags
            join hashtags on hashtags.id = page_hashtags.hashtag_id
            where page_hashtags.page_id = pages.id
            order by hashtags.tag
        )
    ),
    n_embeds = (
        select count(*) from embeds where embeds.page_id = pages.id and embeds.shape <> 'link'
    )
where id in (select id from touched_pages);

delete from post_outlets
where post_id in (select id from touched_posts)
    and not exists (
        select 1
        from embeds
        join pages on pages.id = embeds.page_id
        where embeds.post_id = post_outlets.post_id
            and pages.outlet_id = post_outlets.outlet_id
            and embeds.shape <> 'link'
    );

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
from touched_posts
cross join posts on posts.id = touched_posts.id
cross join embeds on embeds.post_id = posts.id
cross join pages on pages.id = embeds.page_id
where embeds.shape <> 'link'
    and pages.outlet_id is not null
group by posts.id, pages.outlet_id
on conflict do update set
    n_embeds = excluded.n_embeds,
    posted_year = excluded.posted_year,
    posted_month = excluded.posted_month,
    lang = excluded.lang,
    author_id = excluded.author_id
where (n_embeds, posted_year, posted_month, lang, author_id)
    is not (excluded.n_embeds, excluded.posted_year, excluded.posted_month, excluded.lang, excluded.author_id);

update post_hashtags set
    is_embedded = posts.n_embeds > 0,
    posted_year = posts.posted_year,
    posted_month = posts.posted_month,
    platform = posts.platform,
    lang = posts.lang,
    author_id = posts.author_id
from posts
where post_hashtags.post_id in (select id from touched_posts)
    and posts.id = post_hashtags.post_id
    and (
        post_hashtags.is_embedded,
        post_hashtags.posted_year,
        post_hashtags.posted_month,
        post_hashtags.platform,
        post_hashtags.lang,
        post_hashtags.author_id
    ) is not (posts.n_embeds > 0, posts.posted_year, posts.posted_month, posts.platform, posts.lang, posts.author_id);

update embeds set
    platform = posts.platform,
    posted_year = posts.posted_year,
    outlet_id = pages.outlet_id
from posts, pages
where embeds.post_id in (select id from touched_posts)
    and posts.id = embeds.post_id
    and pages.id = embeds.page_id
    and (embeds.platform, embeds.posted_year, embeds.outlet_id)
        is not (posts.platform, posts.posted_year, pages.outlet_id);

insert into posts_fts (rowid, text)
select posts.id, posts.text
from posts_to_index
cross join posts on posts.id = posts_to_index.id
order by posts_to_index.id;

delete from posts_to_index;
