-- Outlets that embedded a post before the others, by the dates that articles tell; articles known by the day only tie.
with dated (post_id, outlet, at, is_day) as ({dated_embeds_of_shared_posts}),
on_first_day as (
    select *
    from (
        select *, min(substr(at, 1, 10)) over (partition by post_id) as day from dated
    )
    where substr(at, 1, 10) = day
),
first as (
    select distinct post_id, outlet
    from (
        select *, min(iif(is_day, null, at)) over (partition by post_id) as moment from on_first_day
    )
    where is_day
        or at = moment
),
told as (
    select post_id, outlet, count(*) over (partition by post_id) as n from first
)
select
    shared.outlet,
    count(*) as n_shared,
    count(iif(told.n = 1, 1, null)) as n_first,
    count(iif(told.n > 1, 1, null)) as n_tied,
    round(1.0 * count(iif(told.n = 1, 1, null)) / count(*), 6) as share_first
from (select distinct post_id, outlet from dated) as shared
left join told on told.post_id = shared.post_id and told.outlet = shared.outlet
group by shared.outlet
order by n_first desc, n_tied desc, n_shared desc, shared.outlet
limit :limit
