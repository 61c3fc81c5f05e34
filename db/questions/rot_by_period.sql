-- One row: a period in which chosen posts were posted, how many were asked about with an answer, and what these come to.
select
    substr(chosen_posts.posted_at, 1, :length) as period,
    count(distinct chosen_posts.id) as n_checked,
    count(distinct iif(posts.status = 'there', posts.id, null)),
    count(distinct iif(posts.status = 'gone', posts.id, null)) as n_gone,
    count(distinct iif(posts.status = 'probably gone', posts.id, null)) as n_probably,
    count(distinct iif(posts.status in ('restricted', 'suspended'), posts.id, null)),
    count(distinct iif(posts.status = 'unknown', posts.id, null))
from chosen_posts
join posts on posts.id = chosen_posts.id
where posts.status is not null
    and chosen_posts.posted_at is not null
group by 1
order by 1
