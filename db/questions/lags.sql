-- One row: a post in an article, both dated: seconds between them, whether of one only the day is known, days between.
select
    round((published - posted) * 86400, 3),
    is_day,
    cast(published + 0.5 as integer) - cast(posted + 0.5 as integer) -- a Julian day begins at noon
from (
    select
        julianday(chosen_pages.published_at) as published,
        julianday(chosen_posts.posted_at) as posted,
        chosen_pages.is_day or chosen_posts.is_day as is_day
    from (select distinct post_id, page_id from chosen_embeds) as shown
    cross join chosen_posts on chosen_posts.id = shown.post_id
    cross join chosen_pages on chosen_pages.id = shown.page_id
    where chosen_pages.published_at is not null
        and chosen_posts.posted_at is not null
)
