-- One row: a chosen post that is known by its words alone, and a post with an id of the same account on a day beside it.
select
    posts.id,
    posts.platform,
    authors.handle,
    substr(posts.posted_at, 1, 10),
    posts.text,
    (
        select pages.url
        from embeds
        cross join chosen_embeds on chosen_embeds.id = embeds.id
        cross join pages on pages.id = embeds.page_id
        where embeds.post_id = posts.id
        order by pages.id
        limit 1
    ),
    other.permalink,
    other.text
from chosen_posts
cross join posts on posts.id = chosen_posts.id
join authors on authors.id = posts.author_id
left join posts as other indexed by posts_of_author_in_time on other.author_id = posts.author_id
    and other.platform_id is not null
    and other.text is not null
    and other.posted_at >= date(posts.posted_at, '-1 day')
    and other.posted_at < date(posts.posted_at, '+2 days')
where posts.platform_id is null
    and posts.permalink is null
    and posts.text is not null
order by posts.id, other.id
