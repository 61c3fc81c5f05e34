-- One row: a period of articles, a platform and a form, and how many chosen embeds have them.
select
    substr(chosen_pages.published_at, 1, :length) as period,
    chosen_posts.platform,
    embeds.shape,
    count(*) as n_embeds
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
join chosen_pages on chosen_pages.id = chosen_embeds.page_id
join embeds on embeds.id = chosen_embeds.id
group by period, chosen_posts.platform, embeds.shape
order by period is null, period, n_embeds desc, chosen_posts.platform, embeds.shape
