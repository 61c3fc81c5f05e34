-- One row: a period, and how many of the chosen posts are of it; the period is null where their time is not known.
select substr(posted_at, 1, :length) as period, count(*)
from chosen_posts
group by period
