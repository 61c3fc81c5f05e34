-- How many embeds have something odd about them. A flag is no verdict; the glossary tells what each proves.
with found (flag, n_embeds, n_posts, n_articles) as ({flags})
select *, round(1.0 * n_embeds / (select count(*) from chosen_embeds), 6) as share
from found
order by n_embeds desc, flag
