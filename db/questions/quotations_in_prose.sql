-- One row: words that a chosen article quotes from an account, and the days on which the account may have posted them.
select
    authors.id,
    prose_mentions.id,
    prose_mentions.platform,
    prose_mentions.handle,
    substr(chosen_pages.published_at, 1, 10),
    date(chosen_pages.published_at, '-30 days'),
    date(chosen_pages.published_at, '+2 days'),
    prose_mentions.quote
from prose_mentions
join chosen_pages on chosen_pages.id = prose_mentions.page_id
left join authors on authors.handle_key = lower(prose_mentions.handle)
    and authors.platform = prose_mentions.platform
where prose_mentions.handle is not null
    and prose_mentions.quote is not null
order by authors.id, prose_mentions.id
