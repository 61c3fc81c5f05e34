-- One row: an account whose posts are chosen.
select
    authors.platform,
    authors.handle,
    authors.name,
    count(distinct chosen_embeds.post_id) as n_posts,
    count(*) as n_embeds,
    count(distinct chosen_embeds.page_id),
    count(distinct chosen_embeds.outlet_id)
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
join authors on authors.id = chosen_posts.author_id
group by chosen_posts.author_id
order by n_posts desc, n_embeds desc, authors.platform, authors.handle_key
limit :limit
