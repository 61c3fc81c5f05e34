-- What is gathered from the other tables, for the rows named in the touched_ tables; triggers count (0004_explorer.sql).
-- store.refresh runs this at the end of every batch; store.rebuild names all rows first.

-- What was asked of a post in one round is one look. A look tells what the endpoint that knows more told; one in which an
-- endpoint failed and no other decided tells nothing. `gone` needs two looks 24 hours apart, and none between them that
-- showed the post, or something in its place; what is not understood later takes back only that a post is there.
with looks as (
    select
        checks.post_id,
        max(checks.asked_at) as at,
        min(
            case checks.outcome
                when 'there' then 1
                when 'gone' then 2
                when 'suspended' then 3
                when 'restricted' then 4
                when 'error' then 5
                else 6
            end
        ) as rank
    from touched_posts
    cross join checks on checks.post_id = touched_posts.id
    group by checks.post_id, checks.run_id
),
told as (
    select
        post_id,
        max(iif(rank <= 4, at, null)) as verdict_at,
        max(iif(rank = 6, at, null)) as unknown_at,
        max(iif(rank in (1, 3, 4), at, '')) as shown_at
    from looks
    group by post_id
),
verdicts as (
    select
        told.post_id,
        told.verdict_at,
        told.unknown_at,
        (select min(rank) from looks where post_id = told.post_id and at = told.verdict_at) as rank,
        (select min(at) from looks where post_id = told.post_id and rank = 2 and at > told.shown_at) as gone_from
    from told
),
statuses as (
    select
        post_id,
        case
            when verdict_at is null then iif(unknown_at is null, null, 'unknown')
            when rank = 1 then iif(unknown_at > verdict_at, 'unknown', 'there')
            when rank = 2 then
                iif(strftime('%s', verdict_at) - strftime('%s', gone_from) >= 86400, 'gone', 'probably gone')
            when rank = 3 then 'suspended'
            else 'restricted'
        end as status,
        iif(verdict_at is null or (rank = 1 and unknown_at > verdict_at), unknown_at, verdict_at) as status_at
    from verdicts
)
update posts set status = statuses.status, status_at = statuses.status_at
from statuses
where posts.id in (select id from touched_posts)
    and posts.id = statuses.post_id
    and (posts.status, posts.status_at) is not (statuses.status, statuses.status_at);

-- A post that deletions hide (`archiver honour-deletions`) counts as one that no page embeds: its n_embeds is 0.
insert or ignore into touched_pages
select embeds.page_id
from touched_posts
cross join posts on posts.id = touched_posts.id
cross join embeds on embeds.post_id = posts.id
where posts.status is not null
    and (posts.n_embeds = 0) is not (
        posts.status in (select value from json_each((select value from settings where name = 'honour_deletions')))
    );

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

update posts set n_embeds = 0, n_pages = 0, outlets = '[]'
where id in (select id from touched_posts)
    and n_embeds > 0
    and status in (select value from json_each((select value from settings where name = 'honour_deletions')));

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
        select count(*)
        from embeds
        cross join posts on posts.id = embeds.post_id
        where embeds.page_id = pages.id
            and embeds.shape <> 'link'
            and posts.n_embeds > 0
    )
where id in (select id from touched_pages);

delete from post_outlets
where post_id in (select id from touched_posts)
    and not exists (
        select 1
        from embeds
        join pages on pages.id = embeds.page_id
        join posts on posts.id = embeds.post_id and posts.n_embeds > 0
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
    and posts.n_embeds > 0
group by posts.id, pages.outlet_id
having max(pages.outlet_id) is not null -- as a condition on the row SQLite would look through all pages for it
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
