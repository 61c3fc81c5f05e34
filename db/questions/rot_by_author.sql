-- One row: an account, how many chosen posts of it were asked about with an answer, and what these answers come to.
select
    authors.platform,
    authors.handle,
    count(distinct chosen_posts.id) as n_checked,
    count(distinct iif(posts.status = 'there', posts.id, null)),
    count(distinct iif(posts.status = 'gone', posts.id, null)) as n_gone,
    count(distinct iif(posts.status = 'probably gone', posts.id, null)) as n_probably,
    count(distinct iif(posts.status in ('restricted', 'suspended'), posts.id, null)),
    count(distinct iif(posts.status = 'unknown', posts.id, null))
from chosen_posts
join posts on posts.id = chosen_posts.id
join authors on authors.id = posts.author_id
where posts.status is not null
group by 1, 2
order by n_gone desc, n_probably desc, n_checked desc, 1, 2
limit :limit
