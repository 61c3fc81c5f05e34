-- One row: a post with an id of an account, between two days, for each of a JSON list of such.
-- They come in the order of the list, as a cross join's outer loop runs; to sort a million texts takes long.
select other.author_id, other.posted_at, other.permalink, other.text
from json_each(:windows) as wanted
cross join posts as other indexed by posts_of_author_in_time on other.author_id = wanted.value ->> 0
    and other.posted_at >= wanted.value ->> 1
    and other.posted_at < wanted.value ->> 2
where other.platform_id is not null
    and other.permalink is not null
    and other.text is not null
