-- Embeds with something odd, one row a flag, which is no verdict.
with found (flag, platform, handle, url_handle, posted_at, date_shown, published_at, permalink, page_url, text) as (
    {suspects}
)
select * from found
