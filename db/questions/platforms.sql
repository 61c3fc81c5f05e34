-- One row: a platform of chosen posts.
select
    chosen_posts.platform,
    count(distinct chosen_embeds.post_id) as n_posts,
    count(*),
    count(distinct chosen_embeds.page_id),
    count(distinct chosen_embeds.outlet_id)
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
group by chosen_posts.platform
order by n_posts desc, chosen_posts.platform
