-- One row: one of the :limit chosen posts of most articles, or of most outlets, with the number of both.
with reached as materialized (
    select post_id, count(distinct page_id) as n_pages, count(distinct outlet_id) as n_outlets
    from chosen_embeds
    group by post_id
)
select post_id, n_pages, n_outlets
from reached
where post_id in (select post_id from reached order by n_pages desc, n_outlets desc, post_id limit :limit)
    or post_id in (select post_id from reached order by n_outlets desc, n_pages desc, post_id limit :limit)
order by n_pages desc, n_outlets desc, post_id
