-- One row: a flag of a chosen embed.
select flag, platform, handle, url_handle, posted_at, date_shown, published_at, permalink, page_url, ifnull(text, post_text)
from suspect_embeds
where embed_id in (select id from chosen_embeds)
order by flag, page_url, embed_id
limit :limit
