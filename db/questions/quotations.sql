-- One row: a chosen post that is known by its words alone, and the days around it on which its account may have posted it.
select
    posts.author_id,
    posts.id,
    posts.platform,
    authors.handle,
    substr(posts.posted_at, 1, 10),
    date(posts.posted_at, '-1 day'),
    date(posts.posted_at, '+2 days'),
    posts.text
from chosen_posts
cross join posts on posts.id = chosen_posts.id
join authors on authors.id = posts.author_id
where posts.platform_id is null
    and posts.permalink is null
    and posts.text is not null
order by posts.author_id, posts.id
