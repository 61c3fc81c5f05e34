-- One row: a run that wrote into the archive, the last first.
select command, version, started_at, outcome, n_pages, n_embeds, n_posts_new, n_failures
from runs
order by id desc
