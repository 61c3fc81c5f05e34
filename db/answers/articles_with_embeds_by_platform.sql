-- Articles, and how many of them embed posts, by platform; of articles that were archived for their embeds it says nothing.
with found (platform, n_articles, n_with_embeds, n_embeds) as ({articles_by_platform})
select
    platform,
    n_articles,
    n_with_embeds,
    round(1.0 * n_with_embeds / n_articles, 6) as share,
    n_embeds,
    round(1.0 * n_embeds / n_articles, 6) as embeds_per_article
from found
order by n_with_embeds desc, platform
limit :limit
