-- One row: a chosen article, and its words to compare.
select chosen_pages.id, ifnull(pages.title, '') || ' ' || ifnull(pages.description, '')
from chosen_pages
cross join pages on pages.id = chosen_pages.id
where pages.title is not null
    or pages.description is not null
order by chosen_pages.id
