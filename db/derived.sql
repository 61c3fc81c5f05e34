-- What is counted and gathered from the other tables, for the rows named in the touched_ tables.
-- store.refresh runs this at the end of every batch; store.rebuild names all rows first.

insert or ignore into touched_hashtags
select hashtags.id, hashtags.display
from touched_posts
join post_hashtags on post_hashtags.post_id = touched_posts.id
join hashtags on hashtags.id = post_hashtags.hashtag_id;

delete from hashtags
where id in (select id from touched_hashtags)
    and not exists (select 1 from post_hashtags where hashtag_id = hashtags.id)
    and not exists (select 1 from page_hashtags where hashtag_id = hashtags.id);

update hashtags set display = (
    select spelling
    from (
        select spelling from post_hashtags where hashtag_id = hashtags.id
        union all
        select spelling from page_hashtags where hashtag_id = hashtags.id
    )
    group by spelling
    order by count(*) desc, spelling
    limit 1
)
where id in (select id from touched_hashtags);

insert or ignore into touched_posts
select post_hashtags.post_id
from touched_hashtags
join post_hashtags on post_hashtags.hashtag_id = touched_hashtags.id
join hashtags on hashtags.id = touched_hashtags.id
where hashtags.display <> touched_hashtags.display;

insert or ignore into touched_pages
select page_hashtags.page_id
from touched_hashtags
join page_hashtags on page_hashtags.hashtag_id = touched_hashtags.id
join hashtags on hashtags.id = touched_hashtags.id
where hashtags.display <> touched_hashtags.display;

update posts set
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

update hashtags set
    n_posts = (
        select count(*)
        from post_hashtags
        join posts on posts.id = post_hashtags.post_id
        where hashtag_id = hashtags.id
            and posts.n_embeds
    ),
    n_posts_in_text = (
        select count(*)
        from post_hashtags
        join posts on posts.id = post_hashtags.post_id
        where hashtag_id = hashtags.id
            and in_post
            and posts.n_embeds
    ),
    n_pages = (select count(*) from page_hashtags where hashtag_id = hashtags.id)
where id in (select id from touched_hashtags);

update authors set
    n_posts = (select count(*) from posts where author_id = authors.id and n_embeds)
where id in (select author_id from posts where id in (select id from touched_posts))
    or id in (select id from touched_authors);

update outlets set
    n_pages = (select count(*) from pages where outlet_id = outlets.id),
    n_embeds = (select ifnull(sum(n_embeds), 0) from pages where outlet_id = outlets.id)
where id in (select outlet_id from pages where id in (select id from touched_pages));
