-- One row: what is told of the articles of a JSON list.
select pages.id, pages.url, outlets.domain, chosen_pages.published_at, pages.title, ifnull(pages.description, '')
from json_each(:ids) as wanted
cross join chosen_pages on chosen_pages.id = wanted.value
join pages on pages.id = chosen_pages.id
left join outlets on outlets.id = chosen_pages.outlet_id
order by chosen_pages.published_at is null, chosen_pages.published_at, pages.url
