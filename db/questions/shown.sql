-- One row: a chosen post and a chosen article that embeds it, in the order of posts.
select distinct post_id, page_id
from chosen_embeds
order by post_id
