-- One row: an embed of a chosen post, dated or :undated, or of one of those in the JSON list :ids, with post and article,
-- in order of posts.
select
    posts.id,
    posts.key,
    posts.platform,
    posts.permalink,
    authors.handle,
    authors.name,
    posts.text,
    posts.lang,
    posts.posted_at,
    posts.time_source,
    posts.time_precision,
    posts.hashtags,
    pages.url,
    outlets.domain,
    pages.title,
    pages.published_at,
    pages.published_precision,
    embeds.shape,
    iif(embeds.text = posts.text, null, embeds.text),
    embeds.context_before,
    embeds.context_after,
    captures.captured_at
from chosen_posts
cross join posts on posts.id = chosen_posts.id
cross join embeds on embeds.post_id = chosen_posts.id
cross join chosen_embeds on chosen_embeds.id = embeds.id
cross join pages on pages.id = embeds.page_id
cross join captures on captures.id = embeds.first_capture_id
left join authors on authors.id = posts.author_id
left join outlets on outlets.id = pages.outlet_id
where (chosen_posts.posted_at is null) = :undated
    and (:ids is null or chosen_posts.id in (select value from json_each(:ids)))
order by chosen_posts.id, embeds.page_id, embeds.position, embeds.id
