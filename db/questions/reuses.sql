-- One row: a dated article that embeds a post which some article had embedded before, and the days since the first.
select post_id, round(julianday(published_at) - first, 6)
from (
    select
        shown.post_id,
        chosen_pages.published_at,
        min(julianday(chosen_pages.published_at)) over (partition by shown.post_id) as first,
        row_number() over (partition by shown.post_id order by chosen_pages.published_at, chosen_pages.id) as number
    from (select distinct post_id, page_id from chosen_embeds) as shown
    cross join chosen_pages on chosen_pages.id = shown.page_id
    where chosen_pages.published_at is not null
        and shown.post_id in (
            select post_id from chosen_embeds group by post_id having count(distinct page_id) > 1
        )
)
where number > 1
