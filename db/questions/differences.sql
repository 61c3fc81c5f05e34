-- One row: a way in which wordings of chosen posts differ from the main text, with how many wordings and posts.
select variants.difference, count(*) as n_wordings, count(distinct variants.post_id)
from chosen_posts
cross join variants on variants.post_id = chosen_posts.id
where variants.number > 1
group by variants.difference
order by n_wordings desc, variants.difference
