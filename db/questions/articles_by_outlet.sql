-- One row: an outlet, its chosen articles, and how many of them hold chosen embeds.
select outlets.domain, count(*) as n_pages, count(held.n), ifnull(sum(held.n), 0)
from chosen_pages
left join (select page_id, count(*) as n from chosen_embeds group by page_id) as held on held.page_id = chosen_pages.id
left join outlets on outlets.id = chosen_pages.outlet_id
group by chosen_pages.outlet_id
order by n_pages desc, outlets.domain
