-- One row: a quotation by the number of its post or sentence, of two JSON lists of such, and an article that has it.
select 'embed', wanted.value, (
    select pages.url
    from embeds
    cross join chosen_embeds on chosen_embeds.id = embeds.id
    cross join pages on pages.id = embeds.page_id
    where embeds.post_id = wanted.value
    order by pages.id
    limit 1
)
from json_each(:of_embed) as wanted
union all
select 'prose', prose_mentions.id, pages.url
from json_each(:of_prose) as wanted
join prose_mentions on prose_mentions.id = wanted.value
join pages on pages.id = prose_mentions.page_id
