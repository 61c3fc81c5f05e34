-- One row: a chosen post that some article of a JSON list embeds, and a chosen article that embeds it; in order of posts.
select distinct post_id, page_id
from chosen_embeds
where post_id in (
    select post_id from chosen_embeds where page_id in (select value from json_each(:pages))
)
order by post_id
