-- One row: an article that holds chosen embeds, with when it was first captured, in the order in which they came.
select
    pages.url,
    pages.url_source,
    outlets.domain,
    outlets.name,
    pages.title,
    pages.byline,
    pages.lang,
    pages.published_at,
    pages.published_precision,
    (select min(captured_at) from captures where captures.page_id = pages.id)
from chosen_pages
cross join pages on pages.id = chosen_pages.id
left join outlets on outlets.id = pages.outlet_id
where exists (
    select 1
    from embeds
    cross join chosen_embeds on chosen_embeds.id = embeds.id
    where embeds.page_id = chosen_pages.id
)
order by pages.id
