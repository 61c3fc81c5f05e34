-- The outlets that embed most posts; a post may have several, so shares may add up to more than 1.
with found (outlet, name, n_posts, n_embeds, n_articles, n_authors) as ({outlets})
select *, round(1.0 * n_posts / (select count(*) from chosen_posts), 6) as share
from found
order by n_posts desc, n_embeds desc, outlet
