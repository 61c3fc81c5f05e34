-- Posts that pages show with a handle and no id. Which post of the archive has such words, and what to ask the Wayback
-- Machine, the command tells.
with found (author_id, number, platform, handle, day, since, until, words) as ({quotations})
select platform, handle, day, words
from found
order by day, handle, words
limit :limit
