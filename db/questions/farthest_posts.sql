-- One row: a chosen post and how many outlets and articles embed it.
select
    posts.platform,
    authors.handle,
    posts.posted_at,
    posts.permalink,
    reached.n_outlets,
    reached.n_pages,
    posts.text
from (
    select post_id, count(distinct outlet_id) as n_outlets, count(distinct page_id) as n_pages
    from chosen_embeds
    group by post_id
    order by n_outlets desc, n_pages desc, post_id
    limit :limit
) as reached
join posts on posts.id = reached.post_id
left join authors on authors.id = posts.author_id
order by reached.n_outlets desc, reached.n_pages desc, posts.id
