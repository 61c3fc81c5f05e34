-- In what ways posts are shown in other wordings than their main text (the longest).
with found (difference, n_wordings, n_posts) as ({differences})
select *, round(1.0 * n_posts / (select count(*) from chosen_posts), 6) as share
from found
order by n_wordings desc, difference
