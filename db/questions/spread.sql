-- One row: a measure of how the numbers n of `sizes` are spread, and its value.
with ranked as (
    select
        n,
        row_number() over (order by n) as place,
        row_number() over (order by n desc) as place_from_top,
        count(*) over () as things,
        sum(n) over () as total
    from sizes
),
sums as (
    select
        ifnull(max(things), 0) as things,
        max(total) as total,
        round(2.0 * sum(place * n) / (max(things) * max(total)) - (max(things) + 1.0) / max(things), 6) as gini,
        round(1.0 * sum(iif(place_from_top <= 1, n, 0)) / max(total), 6) as top_1,
        round(1.0 * sum(iif(place_from_top <= 10, n, 0)) / max(total), 6) as top_10,
        round(1.0 * sum(iif(place_from_top <= 100, n, 0)) / max(total), 6) as top_100
    from ranked
)
select 'Gini coefficient', gini from sums
union all
select 'share of the top 1', top_1 from sums where things > 1
union all
select 'share of the top 10', top_10 from sums where things > 10
union all
select 'share of the top 100', top_100 from sums where things > 100
