-- One row: a period, and how many articles that hold chosen embeds are of it; null where their date is not known.
select substr(published_at, 1, :length) as period, count(*)
from chosen_pages
where id in (select page_id from chosen_embeds)
group by period
