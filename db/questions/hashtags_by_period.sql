-- One row: a period and one of the hashtags that most of the chosen posts have; :length cuts times to periods.
with top as (
    select post_hashtags.hashtag_id, count(*) as n
    from chosen_posts
    cross join post_hashtags on post_hashtags.post_id = chosen_posts.id
    cross join hashtags on hashtags.id = post_hashtags.hashtag_id
    where post_hashtags.in_post >= :in_post_only
    group by post_hashtags.hashtag_id
    order by n desc, hashtags.tag
    limit :limit
)
select
    substr(chosen_posts.posted_at, 1, :length) as period,
    hashtags.display,
    count(*) as n_posts,
    sum(post_hashtags.in_post)
from top
cross join post_hashtags on post_hashtags.hashtag_id = top.hashtag_id
cross join chosen_posts on chosen_posts.id = post_hashtags.post_id
cross join hashtags on hashtags.id = top.hashtag_id
where chosen_posts.posted_at is not null
    and post_hashtags.in_post >= :in_post_only
group by period, top.hashtag_id
order by period, n_posts desc, hashtags.tag
