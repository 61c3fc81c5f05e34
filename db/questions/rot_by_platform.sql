-- One row: a platform, how many chosen posts were asked about there with an answer, and what these answers come to.
select
    posts.platform,
    count(distinct chosen_posts.id) as n_checked,
    count(distinct iif(posts.status = 'there', posts.id, null)),
    count(distinct iif(posts.status = 'gone', posts.id, null)) as n_gone,
    count(distinct iif(posts.status = 'probably gone', posts.id, null)) as n_probably,
    count(distinct iif(posts.status in ('restricted', 'suspended'), posts.id, null)),
    count(distinct iif(posts.status = 'unknown', posts.id, null))
from chosen_posts
join posts on posts.id = chosen_posts.id
where posts.status is not null
group by 1
order by n_gone desc, n_probably desc, n_checked desc, 1
limit :limit
