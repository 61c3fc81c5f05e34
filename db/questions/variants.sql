-- One row: a wording of a chosen post that pages show in several.
select
    chosen_posts.platform,
    authors.handle,
    posts.permalink,
    variants.number,
    variants.difference,
    variants.n_pages,
    pages.url,
    variants.text
from chosen_posts
cross join variants on variants.post_id = chosen_posts.id
join posts on posts.id = chosen_posts.id
join pages on pages.id = variants.page_id
left join authors on authors.id = posts.author_id
order by variants.post_id, variants.number
limit :limit
