-- Articles, and how many of them embed posts, by period; of articles that were archived for their embeds it says nothing.
with found (period, n_articles, n_with_embeds, n_embeds) as ({articles_by_period})
select
    period,
    n_articles,
    n_with_embeds,
    round(1.0 * n_with_embeds / n_articles, 6) as share,
    n_embeds,
    round(1.0 * n_embeds / n_articles, 6) as embeds_per_article
from found
order by period is null, period
limit :limit
