-- One row: a language and a platform, how many sentences speak of posts there, in how many articles, and in how many
-- articles that embed no chosen post of that platform.
select
    prose_mentions.lang,
    prose_mentions.platform,
    count(*) as n_mentions,
    count(distinct prose_mentions.page_id),
    count(distinct iif(
        exists (
            select 1
            from embeds
            cross join chosen_embeds on chosen_embeds.id = embeds.id
            cross join chosen_posts on chosen_posts.id = chosen_embeds.post_id
            where embeds.page_id = prose_mentions.page_id
                and chosen_posts.platform = ifnull(prose_mentions.platform, chosen_posts.platform)
        ),
        null,
        prose_mentions.page_id
    )),
    sum(prose_mentions.quote is not null)
from prose_mentions
join chosen_pages on chosen_pages.id = prose_mentions.page_id
group by prose_mentions.lang, prose_mentions.platform
order by n_mentions desc, prose_mentions.lang, prose_mentions.platform
