-- The pairs of outlet and account with most posts.
with found (outlet, platform, handle, n_posts, n_embeds, n_articles) as ({who_embeds_whom})
select *
from found
order by n_posts desc, n_embeds desc, outlet, platform, lower(handle)
