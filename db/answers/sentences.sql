-- Sentences that speak of posts; “embedded” is 1 where the article embeds some post of that platform.
with found (page_url, outlet, published_at, lang, platform, phrase, handle, quote, embedded, text) as ({mentions})
select * from found
