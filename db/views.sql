-- One row: a post in a page, flat, with what the page shows and what is known of the post.
create view embed_details as
select
    embeds.id as embed_id,
    posts.id as post_id,
    posts.platform,
    posts.platform_id,
    posts.permalink,
    ifnull(authors.handle, embeds.handle) as handle,
    ifnull(embeds.author_name, authors.name) as author_name,
    posts.posted_at,
    posts.time_source,
    embeds.date_shown,
    ifnull(embeds.text, posts.text) as text,
    posts.hashtags,
    posts.context_hashtags,
    embeds.shape,
    embeds.position,
    embeds.flags,
    pages.url as page_url,
    outlets.domain as outlet,
    pages.title,
    pages.published_at,
    captures.target,
    embeds.context_before,
    embeds.context_after,
    embeds.heading
from embeds
join posts on posts.id = embeds.post_id
join pages on pages.id = embeds.page_id
join captures on captures.id = embeds.first_capture_id
left join authors on authors.id = posts.author_id
left join outlets on outlets.id = pages.outlet_id;

-- One row: a hashtag of a post, spelled out, with where it stands.
create view post_tags as
select
    hashtags.display as hashtag,
    posts.id as post_id,
    posts.platform,
    authors.handle,
    posts.posted_at,
    posts.text,
    post_hashtags.in_post,
    post_hashtags.in_context
from post_hashtags
join hashtags on hashtags.id = post_hashtags.hashtag_id
join posts on posts.id = post_hashtags.post_id
left join authors on authors.id = posts.author_id;
