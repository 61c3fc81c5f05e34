-- One row: a sentence of a chosen article that speaks of a post, and whether the article embeds a post of that platform.
select
    pages.url,
    outlets.domain,
    chosen_pages.published_at,
    prose_mentions.lang,
    prose_mentions.platform,
    prose_mentions.phrase,
    prose_mentions.handle,
    prose_mentions.quote,
    exists (
        select 1
        from embeds
        cross join chosen_embeds on chosen_embeds.id = embeds.id
        cross join chosen_posts on chosen_posts.id = chosen_embeds.post_id
        where embeds.page_id = chosen_pages.id
            and chosen_posts.platform = ifnull(prose_mentions.platform, chosen_posts.platform)
    ),
    prose_mentions.sentence
from prose_mentions
join chosen_pages on chosen_pages.id = prose_mentions.page_id
join pages on pages.id = chosen_pages.id
left join outlets on outlets.id = chosen_pages.outlet_id
order by chosen_pages.published_at, pages.url, prose_mentions.id
limit :limit
