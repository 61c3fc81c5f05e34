-- Hashtags of most posts; a use has a time only where the post itself has the tag.
with found (hashtag, n_posts, in_post, in_article_only, n_authors, first_use, last_use) as ({hashtags})
select
    hashtag,
    n_posts,
    in_post,
    in_article_only,
    n_authors,
    round(1.0 * n_posts / (select count(*) from chosen_posts), 6) as share,
    first_use,
    last_use
from found
order by n_posts desc, hashtag
