-- One row: a section, its chosen articles, and how many of them hold chosen embeds; null where pages tell no section.
select pages.section, count(*) as n_pages, count(held.n), ifnull(sum(held.n), 0)
from chosen_pages
join pages on pages.id = chosen_pages.id
left join (select page_id, count(*) as n from chosen_embeds group by page_id) as held on held.page_id = chosen_pages.id
group by pages.section
order by n_pages desc, pages.section
