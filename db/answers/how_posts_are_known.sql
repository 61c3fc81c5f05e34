-- By what posts are identified and dated, and in which forms pages embed them: for a section on method.
with of_posts (identity, time_source, precision, has_text, has_author, n) as materialized ({known_posts}),
of_embeds (form, identified_by, has_text, n) as materialized ({known_embeds}),
ways (place, aspect, way, n, of) as (
    select 1, 'post identified by', identity, n, 'posts' from of_posts
    union all
    select 2, 'time known by', ifnull(time_source, 'nothing'), n, 'posts' from of_posts
    union all
    select 3, 'time known to the', ifnull(precision, 'not known'), n, 'posts' from of_posts
    union all
    select 4, 'text', iif(has_text, 'told by some page', 'not told'), n, 'posts' from of_posts
    union all
    select 5, 'author', iif(has_author, 'told by some page', 'not told'), n, 'posts' from of_posts
    union all
    select 6, 'form of embed', form, n, 'embeds' from of_embeds
    union all
    select 7, 'embed identified by', identified_by, n, 'embeds' from of_embeds
    union all
    select 8, 'text in the page', iif(has_text, 'shown', 'not shown'), n, 'embeds' from of_embeds
)
select aspect, way, sum(n) as n, of, round(1.0 * sum(n) / sum(sum(n)) over (partition by place), 6) as share
from ways
group by place, way
order by place, sum(n) desc, way
