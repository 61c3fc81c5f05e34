-- One row: how many of the chosen posts an outlet embeds.
select count(distinct post_id)
from chosen_embeds
where outlet_id is not null
group by outlet_id
