-- Articles, and how many of them embed posts, by section; of articles that were archived for their embeds it says nothing.
with found (section, n_articles, n_with_embeds, n_embeds) as ({articles_by_section})
select
    section,
    n_articles,
    n_with_embeds,
    round(1.0 * n_with_embeds / n_articles, 6) as share,
    n_embeds,
    round(1.0 * n_embeds / n_articles, 6) as embeds_per_article
from found
order by n_articles desc, section
limit :limit
