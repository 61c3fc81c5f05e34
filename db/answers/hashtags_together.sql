-- Pairs of hashtags: PMI is in bits, above 0 where they meet more often than by chance; G² is Dunning's log-likelihood.
with sizes (id, hashtag, n) as materialized ({hashtag_sizes}),
pairs (a, b, n_together) as ({hashtag_pairs}),
ordered as (
    select
        iif((-one.n, one.hashtag) < (-other.n, other.hashtag), one.hashtag, other.hashtag) as hashtag,
        iif((-one.n, one.hashtag) < (-other.n, other.hashtag), other.hashtag, one.hashtag) as other,
        pairs.n_together,
        1.0 * max(one.n, other.n) as a,
        1.0 * min(one.n, other.n) as b,
        (select count(*) from chosen_posts) as n
    from pairs
    join sizes as one on one.id = pairs.a
    join sizes as other on other.id = pairs.b
    order by pairs.n_together desc, 1, 2
    limit :limit
)
select
    hashtag,
    other,
    n_together,
    cast(a as integer) as n_hashtag,
    cast(b as integer) as n_other,
    round(ln(n_together * n / (a * b)) / ln(2), 4) as pmi,
    round(
        max(
            0.0,
            2 * (
                n_together * ln(n_together * n / (a * b))
                + iif(a > n_together, (a - n_together) * ln((a - n_together) * n / (a * (n - b))), 0)
                + iif(b > n_together, (b - n_together) * ln((b - n_together) * n / ((n - a) * b)), 0)
                + iif(
                    n - a - b + n_together > 0,
                    (n - a - b + n_together) * ln((n - a - b + n_together) * n / ((n - a) * (n - b))),
                    0
                )
            )
        ),
        4
    ) as g2
from ordered
order by n_together desc, hashtag, other
