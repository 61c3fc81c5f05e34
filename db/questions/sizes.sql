-- One row: how much is chosen.
select
    (select count(*) from chosen_posts),
    (select count(*) from chosen_embeds),
    (select count(*) from chosen_pages),
    (select count(distinct page_id) from chosen_embeds),
    (select count(distinct outlet_id) from chosen_embeds)
