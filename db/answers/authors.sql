-- The accounts of most embedded posts.
with found (platform, handle, name, n_posts, n_embeds, n_articles, n_outlets) as ({authors})
select *, round(1.0 * n_posts / (select count(*) from chosen_posts), 6) as share
from found
order by n_posts desc, n_embeds desc, platform, lower(handle)
