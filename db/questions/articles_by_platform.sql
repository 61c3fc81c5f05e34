-- One row: a platform, all chosen articles, and how many of them hold chosen embeds of it.
select
    chosen_posts.platform,
    (select count(*) from chosen_pages),
    count(distinct chosen_embeds.page_id) as n_with,
    count(*)
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
group by chosen_posts.platform
order by n_with desc, chosen_posts.platform
