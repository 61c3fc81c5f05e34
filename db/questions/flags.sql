-- One row: a flag, and how many chosen embeds, posts and articles have it.
select
    flag.value,
    count(*) as n_embeds,
    count(distinct embeds.post_id),
    count(distinct embeds.page_id)
from embeds
join json_each(embeds.flags) as flag
where embeds.flags <> '[]'
    and flag.value <> 'json_unattributed'
    and embeds.id in (select id from chosen_embeds)
group by flag.value
order by n_embeds desc, flag.value
