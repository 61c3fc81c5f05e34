-- What triggers count as rows come and go, counted anew; store.rebuild runs this first.

delete from post_stats;

insert into post_stats (posted_year, posted_month, platform, lang, n_posts)
select min(posted_year), ifnull(posted_month, ''), platform, ifnull(lang, ''), count(*)
from posts
where n_embeds > 0
group by 2, 3, 4;

delete from hashtag_stats;

insert into hashtag_stats (hashtag_id, posted_year, posted_month, platform, lang, n_posts, n_posts_in_text)
select hashtag_id, min(posted_year), ifnull(posted_month, ''), platform, ifnull(lang, ''), count(*), sum(in_post)
from post_hashtags
where is_embedded
group by 1, 3, 4, 5;

delete from hashtag_spellings;

insert into hashtag_spellings (hashtag_id, spelling, n)
select hashtag_id, spelling, count(*)
from (
    select hashtag_id, spelling from post_hashtags
    union all
    select hashtag_id, spelling from page_hashtags
)
group by hashtag_id, spelling;

update hashtags set
    n_posts = (select count(*) from post_hashtags where hashtag_id = hashtags.id and is_embedded),
    n_posts_in_text = (select count(*) from post_hashtags where hashtag_id = hashtags.id and is_embedded and in_post),
    n_pages = (select count(*) from page_hashtags where hashtag_id = hashtags.id);

update authors set n_posts = (select count(*) from posts where author_id = authors.id and n_embeds > 0);

update outlets set
    n_pages = (select count(*) from pages where outlet_id = outlets.id),
    n_embeds = (select ifnull(sum(n_embeds), 0) from pages where outlet_id = outlets.id),
    n_posts = (select count(*) from post_outlets where outlet_id = outlets.id);
