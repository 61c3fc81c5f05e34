-- Quartiles of the time from post to article, where both are dated; posts newer than their article are counted apart.
with pairs (seconds, is_day, days) as materialized ({lags}),
measured as (
    select 'hours' as unit, seconds / 3600.0 as value from pairs where not is_day
    union all
    select 'days', days from pairs
),
ranked as (
    select
        unit,
        value,
        row_number() over (partition by unit order by value) - 1 as place,
        count(*) over (partition by unit) - 1 as last
    from measured
    where value >= 0
),
quartiles as ( -- interpolated: a value counts by how near its place is to that of the quartile
    select
        unit,
        round(sum(value * max(0, 1 - abs(place - 0.25 * last))), 6) as first_quartile,
        round(sum(value * max(0, 1 - abs(place - 0.5 * last))), 6) as median,
        round(sum(value * max(0, 1 - abs(place - 0.75 * last))), 6) as third_quartile
    from ranked
    group by unit
)
select
    units.unit,
    count(measured.value) as n,
    count(iif(measured.value < 0, 1, null)) as newer,
    quartiles.first_quartile,
    quartiles.median,
    quartiles.third_quartile
from (select 'hours' as unit, 1 as place union all select 'days', 2) as units
left join measured on measured.unit = units.unit
left join quartiles on quartiles.unit = units.unit
group by units.unit
order by units.place
