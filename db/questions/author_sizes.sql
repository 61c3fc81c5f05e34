-- One row: how many of the chosen posts an account has written.
select count(*)
from chosen_posts
where author_id is not null
group by author_id
