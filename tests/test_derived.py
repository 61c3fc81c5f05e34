"""What is counted and copied beforehand equals what the rows tell, however they came."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import store
from archiver.model import Page
from archiver.store import _schema
from tests.tables import all_rows, problems
from tests.test_store import DAY, page, pages_in_orders, post, save

KEPT = "post_outlets post_stats hashtag_stats hashtag_spellings posts_to_index".split()

# Each table or column that is kept up, and the same said by the rows that it follows.
LAWS = {
    "select id, posted_month from posts": "select id, substr(posted_at, 1, 7) from posts",
    "select id, published_year, published_month from pages": """select id, cast(substr(published_at, 1, 4) as integer),
        substr(published_at, 1, 7) from pages""",
    "select id, platform, posted_year, outlet_id from embeds": """select embeds.id, posts.platform, posts.posted_year,
        pages.outlet_id from embeds join posts on posts.id = post_id join pages on pages.id = page_id""",
    "select hashtag_id, post_id, is_embedded, posted_month, platform, lang, author_id from post_hashtags": """select
        hashtag_id, post_id, n_embeds > 0, posts.posted_month, posts.platform, posts.lang, posts.author_id
        from post_hashtags join posts on posts.id = post_id""",
    "select hashtag_id, post_id, posted_year from post_hashtags": """select hashtag_id, post_id, posts.posted_year
        from post_hashtags join posts on posts.id = post_id""",
    "select * from post_outlets": """select pages.outlet_id, posts.id, count(*), posts.posted_year, posts.posted_month,
        posts.platform, posts.lang, posts.author_id
        from embeds join pages on pages.id = page_id join posts on posts.id = post_id
        where shape <> 'link' and pages.outlet_id is not null group by 1, 2""",
    "select * from post_stats": """select posted_year, ifnull(posted_month, ''), platform, ifnull(lang, ''), count(*)
        from posts where n_embeds > 0 group by 2, 3, 4""",
    "select * from hashtag_stats": """select hashtag_id, posts.posted_year, ifnull(posts.posted_month, ''),
        posts.platform, ifnull(posts.lang, ''), count(*), sum(in_post)
        from post_hashtags join posts on posts.id = post_id where n_embeds > 0 group by 1, 3, 4, 5""",
    "select * from hashtag_spellings": """select hashtag_id, spelling, count(*) from (
        select hashtag_id, spelling from post_hashtags union all select hashtag_id, spelling from page_hashtags
        ) group by 1, 2""",
    "select id, n_posts, n_posts_in_text, n_pages from hashtags": """select id,
        (select count(*) from post_hashtags join posts on posts.id = post_id
            where hashtag_id = hashtags.id and n_embeds > 0),
        (select count(*) from post_hashtags join posts on posts.id = post_id
            where hashtag_id = hashtags.id and n_embeds > 0 and in_post),
        (select count(*) from page_hashtags where hashtag_id = hashtags.id) from hashtags""",
    "select id, n_posts from authors": """select id,
        (select count(*) from posts where author_id = authors.id and n_embeds > 0) from authors""",
    "select id, n_pages, n_embeds, n_posts from outlets": """select id,
        (select count(*) from pages where outlet_id = outlets.id),
        (select count(*) from embeds join pages on pages.id = page_id
            where pages.outlet_id = outlets.id and shape <> 'link'),
        (select count(distinct post_id) from embeds join pages on pages.id = page_id
            where pages.outlet_id = outlets.id and shape <> 'link') from outlets""",
    "select id from posts_to_index": "select 1 where 0",
}


def broken(archive: sqlite3.Connection) -> dict[str, tuple[set[object], set[object]]]:
    """The laws that do not hold: what is kept and is not so, and what is so and is not kept."""
    found = {}
    for kept, told in LAWS.items():
        one, other = set(archive.execute(kept)), set(archive.execute(told))
        if one != other:
            found[kept] = (one - other, other - one)
    return found


def linked(told: Page) -> Page:
    """The same page where it only links to its posts."""
    return replace(told, embeds=tuple(replace(embed, shape="link") for embed in told.embeds))


@settings(max_examples=100, deadline=None)
@given(pages_in_orders(), st.integers(1, 5), st.sets(st.integers(0, 4)))
def test_counts_and_copies_follow_their_rows_in_any_order(
    orders: tuple[list[Page], list[Page]], size: int, links: set[int]
) -> None:
    pages = [linked(each) if at in links else each for at, each in enumerate(orders[1])]
    with closing(store.open_archive(":memory:")) as archive:
        for batch in [pages[at : at + size] for at in range(0, len(pages), size)] + [orders[0]]:
            save(archive, *batch)
            assert broken(archive) == {}
        assert problems(archive) == []


def test_rebuilding_makes_anew_whatever_was_altered(tmp_path: Path) -> None:
    with closing(store.open_archive(tmp_path / "archive.db")) as archive:
        save(archive, *_pages())
        before = all_rows(archive), all_rows(archive, *KEPT)
        for sql in (
            "update post_stats set n_posts = n_posts + 7",
            "delete from hashtag_stats",
            "update hashtag_spellings set n = n + 1, spelling = spelling || 'x'",
            "delete from post_outlets",
            "update post_hashtags set is_embedded = 0, posted_year = 1999, lang = 'xx'",
            "update embeds set platform = 'none', outlet_id = null",
            "update posts set posted_month = '1999-01'",
            "update pages set published_month = null, published_year = 3",
            "update outlets set n_posts = 77, n_pages = 0",
            "update authors set n_posts = 5",
        ):
            archive.execute(sql)
        archive.commit()
        assert len(broken(archive)) >= 9
        store.rebuild(archive)
        assert broken(archive) == {}
        assert (all_rows(archive), all_rows(archive, *KEPT)) == before


def test_an_archive_made_before_is_filled_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The older writer is today's, with the tables of then taken for the new ones."""
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    with closing(store.open_archive(new)) as archive:
        save(archive, *_pages())
        expected = all_rows(archive), all_rows(archive, *KEPT)
    sql = tmp_path / "db"
    shutil.copytree(Path(__file__).parents[1] / "db", sql)
    later = [path for path in sorted((sql / "migrations").iterdir()) if path.name >= "0004"]
    for path in later:
        path.unlink()
    (sql / "views.sql").write_text("")
    monkeypatch.setattr(_schema, "_sql", lambda: sql)
    with closing(store.open_archive(old)) as archive:
        _copied(new, archive)
    monkeypatch.undo()
    with closing(store.open_archive(old)) as archive:
        assert broken(archive) == {}
        assert problems(archive) == []
        assert (all_rows(archive), all_rows(archive, *KEPT)) == expected
        save(archive, page("c.example/9", post("9", "Reeds #Herons")))
        assert broken(archive) == {}


def test_words_of_a_batch_are_found_whatever_the_order_of_ids(tmp_path: Path) -> None:
    with closing(store.open_archive(tmp_path / "archive.db")) as archive:
        save(
            archive,
            page("a.example/1", post("30", "later reeds"), post("2", "early reeds"), post("7", "reeds between")),
        )
        save(archive, page("a.example/2", post("2", "early reeds, and longer ones")))
        found = archive.execute("select count(*) from posts_fts where posts_fts match 'reeds'").fetchone()
        longer = archive.execute("select count(*) from posts_fts where posts_fts match 'longer'").fetchone()
        assert (found, longer) == ((3,), (1,))
        assert problems(archive) == []


def _pages() -> Iterable[Page]:
    told = [
        page("a.example/1", post("1"), post("2", "Two #pond"), tags=["Herons", "Reed"], published_at=DAY),
        page("a.example/2", post("1"), post(text="Three #POND", lang="en"), tags=["herons"]),
        page("b.example/3", post("3", "Four"), post("1", lang="de"), outlet=None),
    ]
    return [*told, linked(page("b.example/4", post("4", "Five #Herons")))]


def _copied(source: Path, archive: sqlite3.Connection) -> None:
    """Fills the tables of an older schema with the same rows, by the columns that both have."""
    archive.execute("attach database ? as new", (str(source),))
    tables = (
        "runs outlets pages captures authors posts embeds hashtags post_hashtags page_hashtags mentions links media"
    )
    archive.execute("pragma foreign_keys = off")
    for table in [*tables.split(), "media", "variants"]:
        names = ", ".join(row[1] for row in archive.execute(f"pragma main.table_info({table})"))
        archive.execute(f"insert into main.{table} ({names}) select {names} from new.{table}")
    archive.commit()
    archive.execute("detach database new")
