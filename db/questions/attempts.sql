-- One row: a way in, how attempts by it ended, and how many there were, from when to when.
select source, outcome, error_kind, count(*) as n_attempts, min(captured_at), max(captured_at)
from captures
group by source, outcome, error_kind
order by n_attempts desc, source, outcome, error_kind
