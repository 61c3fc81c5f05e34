-- Posts that articles embed again: after the days of the half-life half of all later articles
-- with the post had been published.
with later (post_id, days) as ({reuses}),
ranked as (
    select post_id, days, row_number() over (order by days) - 1 as place, count(*) over () - 1 as last from later
)
select
    count(distinct post_id) as n_posts,
    count(*) as n_reuses,
    round(sum(days * max(0, 1 - abs(place - 0.25 * last))), 6) as first_quartile,
    round(sum(days * max(0, 1 - abs(place - 0.5 * last))), 6) as half_life,
    round(sum(days * max(0, 1 - abs(place - 0.75 * last))), 6) as third_quartile
from ranked
