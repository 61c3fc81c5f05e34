-- One row: a post in a page, flat, with what the page shows and what is known of the post.
create view embed_details as
select
    embeds.id as embed_id,
    posts.id as post_id,
    posts.platform,
    posts.platform_id,
    posts.permalink,
    ifnull(authors.handle, embeds.handle) as handle,
    ifnull(embeds.author_name, authors.name) as author_name,
    posts.posted_at,
    posts.time_source,
    embeds.date_shown,
    ifnull(embeds.text, posts.text) as text,
    posts.hashtags,
    posts.context_hashtags,
    embeds.shape,
    embeds.position,
    embeds.flags,
    pages.url as page_url,
    outlets.domain as outlet,
    pages.title,
    pages.published_at,
    captures.target,
    embeds.context_before,
    embeds.context_after,
    embeds.heading
from embeds
join posts on posts.id = embeds.post_id
join pages on pages.id = embeds.page_id
join captures on captures.id = embeds.first_capture_id
left join authors on authors.id = posts.author_id
left join outlets on outlets.id = pages.outlet_id;

-- One row: a hashtag of a post, spelled out, with where it stands.
create view post_tags as
select
    hashtags.display as hashtag,
    posts.id as post_id,
    posts.platform,
    authors.handle,
    posts.posted_at,
    posts.text,
    post_hashtags.in_post,
    post_hashtags.in_context
from post_hashtags
join hashtags on hashtags.id = post_hashtags.hashtag_id
join posts on posts.id = post_hashtags.post_id
left join authors on authors.id = posts.author_id;

-- One row: a flag of a post in a page. No flag is a verdict: docs/glossary.md tells what each proves and what it does not.
create view suspect_embeds as
select
    flag.value as flag,
    embeds.id as embed_id,
    posts.platform,
    ifnull(embeds.handle, authors.handle) as handle,
    embeds.url_handle,
    ifnull(embeds.author_name, authors.name) as author_name,
    posts.posted_at,
    embeds.date_shown,
    embeds.text,
    posts.text as post_text,
    posts.permalink,
    pages.url as page_url,
    outlets.domain as outlet,
    pages.title,
    pages.published_at,
    posts.id as post_id
from embeds
join json_each(embeds.flags) as flag
join posts on posts.id = embeds.post_id
join pages on pages.id = embeds.page_id
left join authors on authors.id = posts.author_id
left join outlets on outlets.id = pages.outlet_id
where embeds.flags <> '[]'
    and flag.value <> 'json_unattributed';

-- One row: a wording of a post that pages show in several, and in what it differs from the post's main text.
create view post_variants as
select
    posts.id as post_id,
    posts.platform,
    authors.handle,
    posts.permalink,
    variants.text,
    variants.difference,
    variants.n_pages,
    pages.url as page_url,
    variants.first_captured_at
from variants
join posts on posts.id = variants.post_id
join pages on pages.id = variants.page_id
left join authors on authors.id = posts.author_id
order by variants.post_id, variants.number;

-- One row: a handle under which pages show a post, where they name more than one. Who is right, no page can prove.
create view author_conflicts as
select
    posts.id as post_id,
    posts.platform,
    posts.permalink,
    authors.handle,
    embeds.handle as shown_handle,
    embeds.author_name as shown_name,
    count(distinct embeds.page_id) as n_pages,
    min(pages.url) as page_url
from embeds
join posts on posts.id = embeds.post_id
join pages on pages.id = embeds.page_id
left join authors on authors.id = posts.author_id
where embeds.post_id in (
    select post_id from embeds where handle is not null group by post_id having count(distinct lower(handle)) > 1
)
    and embeds.handle is not null
group by posts.id, lower(embeds.handle)
order by posts.id, n_pages desc;

-- One row: a target whose last attempt failed, with the reason and how often it was tried.
create view failures as
select
    captures.target,
    captures.error,
    captures.error_kind,
    captures.status,
    captures.captured_at as failed_at,
    (select count(*) from captures as tries where tries.target = captures.target) as attempts,
    captures.run_id
from captures
where captures.outcome = 'failed'
and not exists (select 1 from captures as later where later.target = captures.target and later.id > captures.id);

-- One row: a field of a post as the archive has it, and who tells it so: an answer of the platform, or an embed in a page.
create view post_sources as
select
    told.post_id,
    told.field,
    told.value,
    told.source,
    captures.url as source_url,
    captures.captured_at,
    captures.sha256,
    captures.warc_file,
    captures.warc_offset,
    told.capture_id
from (
    select posts.id as post_id, 'text' as field, posts.text as value, answers.endpoint as source, answers.capture_id
    from answers
    join posts on posts.id = answers.post_id and posts.text = answers.text
    union all
    select posts.id, 'lang', posts.lang, answers.endpoint, answers.capture_id
    from answers
    join posts on posts.id = answers.post_id and posts.lang = answers.lang
    union all
    select posts.id, 'posted_at', posts.posted_at, answers.endpoint, answers.capture_id
    from answers
    join posts on posts.id = answers.post_id and posts.posted_at = answers.posted_at
        and posts.time_source = answers.time_source
    union all
    select posts.id, 'handle', authors.handle, answers.endpoint, answers.capture_id
    from answers
    join posts on posts.id = answers.post_id
    join authors on authors.id = posts.author_id and authors.handle_key = lower(answers.handle)
    union all
    select media.post_id, 'media', media.url, answers.endpoint, answers.capture_id
    from answers
    join json_each(answers.told, '$.media') as each
    join media on media.post_id = answers.post_id and media.url = json_extract(each.value, '$.url')
    union all
    select links.post_id, 'link', links.expanded, answers.endpoint, answers.capture_id
    from answers
    join json_each(answers.told, '$.links') as each
    join links on links.post_id = answers.post_id
        and links.expanded = json_extract(each.value, '$.expanded')
        and links.short is json_extract(each.value, '$.short')
    union all
    select posts.id, 'text', posts.text, embeds.shape, embeds.first_capture_id
    from embeds
    join posts on posts.id = embeds.post_id and posts.text = embeds.text
    union all
    select posts.id, 'handle', authors.handle, embeds.shape, embeds.first_capture_id
    from embeds
    join posts on posts.id = embeds.post_id
    join authors on authors.id = posts.author_id and authors.handle_key = lower(embeds.handle)
) as told
join captures on captures.id = told.capture_id;

-- One row: how often a post was liked, answered and so on, by an answer of its platform, and when that was.
create view post_counts as
select
    answers.post_id,
    each.key as counted,
    each.value as number,
    answers.endpoint as source,
    ifnull(captures.archived_at, captures.captured_at) as counted_at,
    answers.capture_id
from answers
join json_each(answers.counts) as each
join captures on captures.id = answers.capture_id
where answers.post_id is not null;

-- One row: a look at a post, all that one round asked about it, and what it comes to; errors where none decided.
create view post_looks as
select
    checks.post_id,
    max(checks.asked_at) as asked_at,
    case min(
        case checks.outcome
            when 'there' then 1
            when 'gone' then 2
            when 'suspended' then 3
            when 'restricted' then 4
            when 'error' then 5
            else 6
        end
    )
        when 1 then 'there'
        when 2 then 'gone'
        when 3 then 'suspended'
        when 4 then 'restricted'
        when 5 then 'error'
        else 'unknown'
    end as outcome,
    count(*) as n_asked,
    checks.run_id
from checks
group by checks.post_id, checks.run_id;

-- One row: a post that is gone, or probably so, and who still has its words: articles only, or an answer or capture too.
create view tombstones as
select
    posts.id as post_id,
    posts.status,
    posts.status_at,
    (select max(asked_at) from checks where post_id = posts.id and outcome = 'there') as last_there_at,
    iif(
        exists (select 1 from answers where answers.post_id = posts.id and answers.text is not null),
        'articles and answers',
        'articles only'
    ) as kept_by,
    posts.platform,
    authors.handle,
    posts.posted_at,
    posts.text,
    posts.permalink,
    posts.n_pages,
    posts.outlets
from posts
left join authors on authors.id = posts.author_id
where posts.status in ('gone', 'probably gone')
    and posts.n_embeds > 0;

-- One row: words of a post that an answer tells and a page shows otherwise, beyond links, blanks and what is cut short.
create view answer_variants as
select
    told.post_id,
    told.endpoint,
    ifnull(captures.archived_at, captures.captured_at) as told_at,
    told.edited_at,
    told.text as told_text,
    told.shown as shown_text,
    pages.url as page_url,
    told.capture_id
from (
    select
        answers.*,
        embeds.text as shown,
        embeds.page_id,
        trim(replace(substr(answers.text, 1, instr(answers.text || ' http', 'http') - 1), char(10), ' ')) as told_words,
        trim(
            replace(
                substr(
                    embeds.text,
                    1,
                    min(instr(embeds.text || ' http', 'http'), instr(embeds.text || ' pic.twitter.com', 'pic.twitter.com')) - 1
                ),
                char(10),
                ' '
            )
        ) as shown_words
    from answers
    join embeds on embeds.post_id = answers.post_id
    where answers.text is not null
        and embeds.text is not null
        and answers.text <> embeds.text
) as told
join captures on captures.id = told.capture_id
join pages on pages.id = told.page_id
where instr(told.told_words, told.shown_words) = 0
    and instr(told.shown_words, told.told_words) = 0;
