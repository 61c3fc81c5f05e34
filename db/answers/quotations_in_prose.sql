-- Words that the prose of articles quotes from an account. Which post of the archive has such words, and what to ask the
-- Wayback Machine, the command tells.
with found (author_id, number, platform, handle, day, since, until, words) as ({quotations_in_prose})
select platform, handle, day as published, words
from found
order by published, handle, words
limit :limit
