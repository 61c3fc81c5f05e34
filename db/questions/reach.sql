-- One row: how many of the chosen posts are embedded by that many outlets.
select n_outlets, count(*)
from (
    select count(distinct outlet_id) as n_outlets from chosen_embeds group by post_id
)
group by n_outlets
order by n_outlets
