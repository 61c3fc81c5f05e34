-- One row: how many chosen posts there are, were ever asked about, have an answer, and when they were asked.
select
    count(*),
    count(*) filter (where exists (select 1 from checks where post_id = posts.id)),
    count(posts.status),
    min(posts.status_at),
    max(posts.status_at)
from chosen_posts
join posts on posts.id = chosen_posts.id
