-- The posts that most outlets embed.
with found (platform, handle, posted_at, permalink, n_outlets, n_articles, text) as ({farthest_posts})
select *
from found
order by n_outlets desc, n_articles desc
