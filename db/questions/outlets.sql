-- One row: an outlet that embeds chosen posts.
select
    outlets.domain,
    outlets.name,
    count(distinct chosen_embeds.post_id) as n_posts,
    count(*) as n_embeds,
    count(distinct chosen_embeds.page_id),
    count(distinct chosen_posts.author_id)
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
join outlets on outlets.id = chosen_embeds.outlet_id
group by chosen_embeds.outlet_id
order by n_posts desc, n_embeds desc, outlets.domain
limit :limit
