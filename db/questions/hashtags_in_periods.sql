-- One row: a hashtag, and how many of the chosen posts have it at all, in the one period, and in the other.
select hashtags.display, found.n, found.n_then, found.n_now
from (
    select
        post_hashtags.hashtag_id,
        count(*) as n,
        sum(ifnull(posted_at >= :then_from and posted_at < :then_to, 0)) as n_then,
        sum(ifnull(posted_at >= :now_from and posted_at < :now_to, 0)) as n_now
    from chosen_posts
    cross join post_hashtags on post_hashtags.post_id = chosen_posts.id
    where post_hashtags.in_post >= :in_post_only
    group by post_hashtags.hashtag_id
) as found
join hashtags on hashtags.id = found.hashtag_id
