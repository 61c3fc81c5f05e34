-- One row: a thing, how many of it are chosen, and how many the archive holds.
select 'posts', (select count(*) from chosen_posts), (select count(*) from posts where n_embeds > 0)
union all
select 'embeds of them', (select count(*) from chosen_embeds), (select ifnull(sum(n_embeds), 0) from pages)
union all
select
    'articles that embed them',
    (select count(distinct page_id) from chosen_embeds),
    (select count(*) from pages where n_embeds > 0)
union all
select 'articles in all', (select count(*) from chosen_pages), (select count(*) from pages)
union all
select
    'outlets of such articles',
    (select count(distinct outlet_id) from chosen_embeds),
    (select count(*) from outlets where n_embeds > 0)
union all
select
    'accounts that wrote them',
    (select count(distinct author_id) from chosen_posts),
    (select count(*) from authors where n_posts > 0)
union all
select
    'hashtags of them',
    (
        select count(distinct post_hashtags.hashtag_id)
        from chosen_posts
        cross join post_hashtags on post_hashtags.post_id = chosen_posts.id
        where post_hashtags.in_post >= :in_post_only
    ),
    (select count(*) from hashtags where n_posts > 0)
