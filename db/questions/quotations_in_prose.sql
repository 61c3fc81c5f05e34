-- One row: words that a chosen article quotes from an account, and a post of that account that is not newer than it.
select
    prose_mentions.id,
    prose_mentions.platform,
    prose_mentions.handle,
    substr(chosen_pages.published_at, 1, 10),
    prose_mentions.quote,
    pages.url,
    other.permalink,
    other.text
from prose_mentions
join chosen_pages on chosen_pages.id = prose_mentions.page_id
join pages on pages.id = chosen_pages.id
left join authors on authors.handle_key = lower(prose_mentions.handle)
    and authors.platform = prose_mentions.platform
left join posts as other indexed by posts_of_author_in_time on other.author_id = authors.id
    and other.platform_id is not null
    and other.text is not null
    and other.posted_at >= date(chosen_pages.published_at, '-30 days')
    and other.posted_at < date(chosen_pages.published_at, '+2 days')
where prose_mentions.handle is not null
    and prose_mentions.quote is not null
order by prose_mentions.id, other.id
