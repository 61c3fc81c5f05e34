-- One row: a hashtag that at least :minimum of the chosen posts have, its number, its spelling, and how many do.
select hashtags.id, hashtags.display, found.n
from (
    select post_hashtags.hashtag_id, count(*) as n
    from chosen_posts
    cross join post_hashtags on post_hashtags.post_id = chosen_posts.id
    where post_hashtags.in_post >= :in_post_only
    group by post_hashtags.hashtag_id
    having n >= :minimum
) as found
join hashtags on hashtags.id = found.hashtag_id
