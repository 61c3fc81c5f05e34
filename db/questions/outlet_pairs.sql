-- One row: two outlets that embed the same posts, how many, and how many each embeds.
with held as materialized (
    select distinct post_id, outlet_id
    from chosen_embeds
    where outlet_id is not null
    order by post_id, outlet_id
),
shared as materialized (
    select post_id, outlet_id
    from held
    where post_id in (select post_id from held group by post_id having count(*) > 1)
),
sizes as materialized (
    select outlet_id, count(*) as n from held group by outlet_id
),
pairs as (
    select here.outlet_id as a, there.outlet_id as b, count(*) as n
    from shared as here
    join shared as there on there.post_id = here.post_id and there.outlet_id > here.outlet_id
    group by a, b
)
select first.domain, second.domain, size_a.n, size_b.n, pairs.n
from pairs
join sizes as size_a on size_a.outlet_id = pairs.a
join sizes as size_b on size_b.outlet_id = pairs.b
join outlets as first on first.id = pairs.a
join outlets as second on second.id = pairs.b
