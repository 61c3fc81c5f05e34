-- One row: an outlet and an account that it embeds.
select
    outlets.domain,
    authors.platform,
    authors.handle,
    pairs.n_posts,
    pairs.n_embeds,
    pairs.n_pages
from (
    select
        chosen_embeds.outlet_id,
        chosen_posts.author_id,
        count(distinct chosen_embeds.post_id) as n_posts,
        count(*) as n_embeds,
        count(distinct chosen_embeds.page_id) as n_pages
    from chosen_embeds
    join chosen_posts on chosen_posts.id = chosen_embeds.post_id
    where chosen_embeds.outlet_id is not null
        and chosen_posts.author_id is not null
    group by chosen_embeds.outlet_id, chosen_posts.author_id
) as pairs
join outlets on outlets.id = pairs.outlet_id
join authors on authors.id = pairs.author_id
order by pairs.n_posts desc, pairs.n_embeds desc, outlets.domain, authors.platform, authors.handle_key
limit :limit
