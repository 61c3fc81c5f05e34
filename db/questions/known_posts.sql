-- One row: how chosen posts are identified and dated, and what is known of them.
select
    case
        when posts.platform_id is not null then 'id'
        when posts.permalink is not null then 'permalink'
        else 'text'
    end,
    posts.time_source,
    posts.time_precision,
    posts.text is not null,
    posts.author_id is not null,
    count(*)
from chosen_posts
join posts on posts.id = chosen_posts.id
group by 1, 2, 3, 4, 5
