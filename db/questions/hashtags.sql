-- One row: a hashtag of the chosen posts; a use has a time only where the post itself has the tag.
select
    hashtags.display,
    found.n_posts,
    found.n_in_post,
    found.n_posts - found.n_in_post,
    found.n_authors,
    found.first,
    found.last
from (
    select
        post_hashtags.hashtag_id,
        count(*) as n_posts,
        sum(post_hashtags.in_post) as n_in_post,
        count(distinct chosen_posts.author_id) as n_authors,
        min(iif(post_hashtags.in_post, chosen_posts.posted_at, null)) as first,
        max(iif(post_hashtags.in_post, chosen_posts.posted_at, null)) as last
    from chosen_posts
    cross join post_hashtags on post_hashtags.post_id = chosen_posts.id
    where post_hashtags.in_post >= :in_post_only
    group by post_hashtags.hashtag_id
) as found
join hashtags on hashtags.id = found.hashtag_id
order by found.n_posts desc, hashtags.tag
limit :limit
