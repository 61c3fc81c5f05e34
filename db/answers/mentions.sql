-- Articles whose prose speaks of posts, by language and platform; those “without” embed no post of that platform.
with found (lang, platform, n_sentences, n_articles, n_without, n_quotes) as ({mentions_by_platform})
select *, round(1.0 * n_without / (select count(*) from chosen_pages), 6) as share
from found
order by n_sentences desc, lang, platform
