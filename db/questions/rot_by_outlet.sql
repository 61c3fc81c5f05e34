-- One row: an outlet, how many chosen posts that it embeds were asked about with an answer, and what these come to.
select
    outlets.domain,
    count(distinct chosen_posts.id) as n_checked,
    count(distinct iif(posts.status = 'there', posts.id, null)),
    count(distinct iif(posts.status = 'gone', posts.id, null)) as n_gone,
    count(distinct iif(posts.status = 'probably gone', posts.id, null)) as n_probably,
    count(distinct iif(posts.status in ('restricted', 'suspended'), posts.id, null)),
    count(distinct iif(posts.status = 'unknown', posts.id, null))
from chosen_embeds
join chosen_posts on chosen_posts.id = chosen_embeds.post_id
join posts on posts.id = chosen_posts.id
join outlets on outlets.id = chosen_embeds.outlet_id
where posts.status is not null
group by 1
order by n_gone desc, n_probably desc, n_checked desc, 1
limit :limit
