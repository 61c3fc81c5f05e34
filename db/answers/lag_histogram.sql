-- How long after the post the article came; what is known by the day only is counted by days.
with bins (place, apart) as (
    values
        (0, 'post newer than article'),
        (1, 'under 1 hour'),
        (2, '1 to 3 hours'),
        (3, '3 to 6 hours'),
        (4, '6 to 24 hours'),
        (5, 'same day, hour not known'),
        (6, '1 to 2 days'),
        (7, '2 to 7 days'),
        (8, '1 to 4 weeks'),
        (9, '4 weeks to 1 year'),
        (10, '1 year and more')
),
pairs (seconds, is_day, days) as ({lags}),
placed as (
    select
        case
            when is_day and days = 0 then 5
            when iif(is_day, days * 86400, seconds) < 0 then 0
            when seconds < 3600 and not is_day then 1
            when seconds < 10800 and not is_day then 2
            when seconds < 21600 and not is_day then 3
            when seconds < 86400 and not is_day then 4
            when iif(is_day, days * 86400, seconds) < 172800 then 6
            when iif(is_day, days * 86400, seconds) < 604800 then 7
            when iif(is_day, days * 86400, seconds) < 2419200 then 8
            when iif(is_day, days * 86400, seconds) < 31536000 then 9
            else 10
        end as place,
        count(*) as n
    from pairs
    group by 1
)
select
    bins.apart,
    ifnull(placed.n, 0) as n,
    round(1.0 * ifnull(placed.n, 0) / (select sum(n) from placed), 6) as share
from bins
left join placed on placed.place = bins.place
order by bins.place
