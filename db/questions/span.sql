-- One row: what the archive holds and from when to when, whatever is chosen.
select
    (select count(*) from posts where n_embeds > 0),
    (select min(posted_at) from posts where posted_at is not null),
    (select max(posted_at) from posts where posted_at is not null),
    (select count(*) from pages),
    (select min(published_at) from pages where published_at is not null),
    (select max(published_at) from pages where published_at is not null)
