-- One row: two hashtags that at least :minimum of the chosen posts have together, by their numbers, and how many do.
select here.hashtag_id, there.hashtag_id, count(*) as n
from chosen_posts
cross join post_hashtags as here on here.post_id = chosen_posts.id
cross join post_hashtags as there on there.post_id = chosen_posts.id
    and there.hashtag_id > here.hashtag_id
where here.in_post >= :in_post_only
    and there.in_post >= :in_post_only
group by here.hashtag_id, there.hashtag_id
having n >= :minimum
