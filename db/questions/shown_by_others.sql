-- One row: of the chosen posts that no article of a JSON list embeds: pairs of such a post and an article, posts in more
-- than one article, and the most articles of one post.
select
    ifnull(sum(n), 0),
    ifnull(sum(n > 1), 0),
    ifnull(max(n), 0)
from (
    select count(distinct page_id) as n
    from chosen_embeds
    where post_id not in (
        select post_id from chosen_embeds where page_id in (select value from json_each(:pages))
    )
    group by post_id
)
