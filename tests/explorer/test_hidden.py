from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from archiver import store
from archiver.datasette_plugin import questions
from archiver.store import deletions
from tests.explorer.sites import ARTICLES, FIRST, SECOND, Site, archived
from tests.tables import problems

WORDS = re.compile("Say so,? if you saw")  # of the first post, in both of its wordings
TABLES = "posts embeds variants post_hashtags post_outlets posts_fts mentions links media answers checks".split()
VIEWS = "embed_details post_tags post_variants suspect_embeds post_sources tombstones author_conflicts".split()
PAGES = (
    "/",
    "/-/author/twitter/ann_lee",
    "/-/hashtag/otters",
    "/-/hashtag/otters?in=post",
    "/-/article/1",
    "/-/article/2",
    "/-/article/2?links=1",
    "/-/questions",
)
PUBLIC = {"default_allow_sql": False, "allow_csv_stream": False}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An archive in which one post is gone, and hidden."""
    found = archived(tmp_path / "archive.db", ARTICLES)
    found.write(
        "update posts set status = 'gone', status_at = '2026-01-01T00:00:00Z' where platform_id = ?", str(FIRST)
    )
    hide(found, "gone")
    return found


def hide(site: Site, *statuses: str) -> None:
    with closing(store.open_archive(site.file)) as archive:
        deletions.honour(archive, statuses)
        assert problems(archive) == []


def lists(site: Site) -> list[str]:
    """The address of every list in which a post may stand."""
    ends = ("", "?_links=1", ".json?_shape=array&_links=1", "?_search=saw")
    outlets = [f"/-/outlet/{domain}" for (domain,) in site.sql("select domain from outlets")]
    return [*PAGES, *outlets, *(f"/archive/{name}{end}" for name in (*TABLES, *VIEWS) for end in ends)]


@pytest.mark.parametrize("settings", [{}, PUBLIC], ids=["own", "public"])
def test_a_hidden_post_stands_in_no_list(site: Site, settings: dict[str, object]) -> None:
    paths = lists(site)
    hide(site)
    shown = [answer for answer in site.get(*paths, **settings) if answer.status_code == 200]
    assert sum(WORDS.search(answer.text) is not None for answer in shown) > 12
    hide(site, "gone")
    for path, answer in zip(paths, site.get(*paths, **settings), strict=True):
        assert not WORDS.search(answer.text), path
        assert str(FIRST) not in answer.text, path
        assert answer.status_code in (200, 302, 400), (path, answer.text)


def test_a_hidden_post_is_in_the_answer_to_no_question(site: Site) -> None:
    paths = [f"/-/question/{name}?then=2017&now=2020" for name in questions.QUESTIONS]
    hide(site)
    shown = [answer for answer in site.get(*paths) if WORDS.search(answer.text) or str(FIRST) in answer.text]
    assert len(shown) > 1
    hide(site, "gone")
    for path, answer in zip(paths, site.get(*paths), strict=True):
        assert answer.status_code == 200, path
        assert not WORDS.search(answer.text), path
        assert str(FIRST) not in answer.text, path


def test_its_own_address_says_why(site: Site) -> None:
    ends = ("", ".json", ".bib", ".csl.json", ".card.html")
    for answer in site.get(*(f"/-/post/twitter/{FIRST}{end}" for end in ends)):
        assert (answer.status_code, WORDS.search(answer.text) is not None) == (410, False)
        assert "it is gone on its platform" in answer.text
    assert site.get(f"/-/post/twitter/{SECOND}")[0].status_code == 200


def test_no_page_of_a_row_shows_it(site: Site) -> None:
    rows = site.sql("select id from embeds where post_id = (select id from posts where platform_id = ?)", str(FIRST))
    (post_id,) = site.sql("select id from posts where platform_id = ?", str(FIRST))[0]
    (tag,) = site.sql("select hashtag_id from post_hashtags where post_id = ?", post_id)[0]
    paths = [f"/archive/posts/{post_id}", f"/archive/posts_fts/{post_id}", f"/archive/post_hashtags/{tag},{post_id}"]
    paths += [f"/archive/embeds/{number}{end}" for (number,) in rows for end in ("", ".json")]
    for path, answer in zip(paths, site.get(*paths), strict=True):
        assert (path, answer.status_code, WORDS.search(answer.text) is not None) == (path, 410, False)
    (other,) = site.sql("select id from posts where platform_id = ?", str(SECOND))[0]
    assert [a.status_code for a in site.get(f"/archive/posts/{other}", "/archive/posts/x,y", "/archive/runs/1")] == [
        200,
        404,
        200,
    ]


def test_saved_queries_leave_it_out(site: Site) -> None:
    page = site.sql("select url from pages order by id")[0][0]
    paths = [
        "/archive/posts_of_an_account.json?_shape=array&handle=ann_lee",
        f"/archive/embeds_of_a_page.json?_shape=array&url={page}",
        "/archive/time_from_post_to_article.json?_shape=array",
        "/archive/most_embedded_posts.json?_shape=array",
    ]
    answers = site.get(*paths)
    assert all(not WORDS.search(answer.text) for answer in answers)
    hide(site)
    assert sum(WORDS.search(answer.text) is not None for answer in site.get(*paths)) >= 3


def test_counts_are_those_without_it_and_come_back_with_it(site: Site) -> None:
    """Kept counts, of which charts and facets are made, are as if the post were not there."""
    tables = "posts pages outlets authors hashtags post_hashtags post_outlets post_stats hashtag_stats".split()

    def kept() -> list[list[tuple[object, ...]]]:
        return [site.sql(f"select * from {table} order by 1, 2") for table in tables]

    hidden = kept()
    with closing(store.open_archive(site.file)) as archive:
        store.rebuild(archive)
    assert kept() == hidden
    assert site.sql("select n_embeds, n_pages from posts where status = 'gone'") == [(0, 0)]
    ((shown,),) = site.sql("select sum(n_posts) from post_stats")
    hide(site)
    assert site.sql("select sum(n_posts) from post_stats") == [(shown + 1,)]
    assert site.sql("select n_pages from posts where status = 'gone'") == [(2,)]
    assert kept() != hidden
    hide(site, "gone")
    assert kept() == hidden
