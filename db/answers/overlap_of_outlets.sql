-- Outlets that embed the same posts; the Jaccard index is what both embed, of all that either does.
with found (a, b, n_a, n_b, n_both) as ({outlet_pairs})
select
    min(a, b) as outlet,
    max(a, b) as other,
    iif(a < b, n_a, n_b) as n_outlet,
    iif(a < b, n_b, n_a) as n_other,
    n_both,
    round(1.0 * n_both / (n_a + n_b - n_both), 6) as jaccard
from found
order by jaccard desc, n_both desc, outlet, other
limit :limit
