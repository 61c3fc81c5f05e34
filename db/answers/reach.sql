-- By how many outlets posts are embedded; 0 outlets: articles whose outlet is not known.
with found (n_outlets, n_posts) as ({reach})
select n_outlets, n_posts, round(1.0 * n_posts / (select count(*) from chosen_posts), 6) as share
from found
order by n_outlets
