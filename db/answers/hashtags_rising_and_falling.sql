-- Log-odds with an informative Dirichlet prior worth 100 uses (Monroe, Colaresi and Quinn 2008); z is in standard errors.
with found (hashtag, n, n_then, n_now) as ({hashtags_in_periods}),
sums as (
    select sum(n) as n, sum(n_then) as n_then, sum(n_now) as n_now from found
),
counted as (
    select
        found.hashtag,
        found.n_then,
        found.n_now,
        sums.n_then as all_then,
        sums.n_now as all_now,
        found.n_then + 100.0 * found.n / sums.n as there,
        found.n_now + 100.0 * found.n / sums.n as here
    from found
    cross join sums
    where found.n_then or found.n_now
),
measured as (
    select
        *,
        ifnull(
            iif(
                all_now + 100 - here > 0 and all_then + 100 - there > 0,
                ln(here / (all_now + 100 - here)) - ln(there / (all_then + 100 - there)),
                0.0
            ),
            0.0
        ) as odds
    from counted
),
told as (
    select
        hashtag,
        n_then,
        n_now,
        round(1.0 * n_then / nullif(all_then, 0), 6) as share_then,
        round(1.0 * n_now / nullif(all_now, 0), 6) as share_now,
        round(odds, 4) as log_odds,
        round(odds / sqrt(1 / here + 1 / there), 4) as z
    from measured
),
ranked as (
    select
        *,
        row_number() over (order by z desc, hashtag) as place,
        count(*) over () as n
    from told
)
select hashtag, n_then, n_now, share_then, share_now, log_odds, z
from ranked
where :limit < 0
    or place <= :limit
    or place > n - :limit
order by place
