-- One row: a period, its chosen articles, and how many of them hold chosen embeds; null where their date is not known.
select substr(chosen_pages.published_at, 1, :length) as period, count(*), count(held.n), ifnull(sum(held.n), 0)
from chosen_pages
left join (select page_id, count(*) as n from chosen_embeds group by page_id) as held on held.page_id = chosen_pages.id
group by period
order by period
