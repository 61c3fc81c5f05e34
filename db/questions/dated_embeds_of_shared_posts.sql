-- One row: a post that several outlets embed in dated articles, and one such article's outlet, in order of post and time.
with dated as materialized (
    select distinct
        chosen_embeds.post_id,
        chosen_embeds.outlet_id,
        chosen_pages.published_at,
        chosen_pages.is_day
    from chosen_embeds
    join chosen_pages on chosen_pages.id = chosen_embeds.page_id
    where chosen_embeds.outlet_id is not null
        and chosen_pages.published_at is not null
)
select dated.post_id, outlets.domain, dated.published_at, dated.is_day
from dated
join outlets on outlets.id = dated.outlet_id
where dated.post_id in (select post_id from dated group by post_id having count(distinct outlet_id) > 1)
order by dated.post_id, dated.published_at, outlets.domain
