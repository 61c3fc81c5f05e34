-- The hashtags of most posts, by period of posting; a share is of all posts of the period.
with found (period, hashtag, n_posts, in_post) as ({hashtags_by_period}),
dated (period, n) as ({posts_by_period})
select found.period, found.n_posts, found.hashtag, found.in_post, round(1.0 * found.n_posts / dated.n, 6) as share
from found
join dated on dated.period = found.period
order by found.period, found.n_posts desc, found.hashtag
