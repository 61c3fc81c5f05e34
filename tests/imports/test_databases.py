from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archiver.errors import UnreadableError
from archiver.model import Dataset, Failed
from archiver.store import foreign
from tests.imports.samples import ID, OTHER, imported, nela, rows, twitter_to_sqlite

URL = "https://pond.example/{}"


def test_twitter_to_sqlite_gives_posts_with_author_picture_and_relations(
    archive: sqlite3.Connection, tmp_path: Path
) -> None:
    twitter_to_sqlite(tmp_path / "t.db")
    _, counts = imported(archive, tmp_path / "t.db")
    assert (counts.posts_new, counts.failures) == (2, 0)
    sql = """select platform_id, handle, posts.text, posts.lang, posted_at, hashtags from posts
        join authors on authors.id = author_id order by platform_id"""
    assert rows(archive, sql) == [
        (ID, "nora_b", "Grey", "en", "2018-10-10T20:19:24.211Z", "[]"),
        (OTHER, "ole_s", "Two & https://pond.example/a #Hi @nora_b", "en", "2018-11-26T16:37:10.233Z", '["Hi"]'),
    ]
    assert rows(archive, "select kind, url from media") == [("photo", "https://pbs.twimg.com/media/a.jpg")]
    assert rows(archive, "select short, display, expanded from links") == [(None, None, "https://pond.example/a")]
    assert rows(archive, "select handle from mentions") == [("nora_b",)]
    assert rows(archive, "select kind, count(*) from post_relations") == [("quoted", 1)]
    assert rows(archive, "select distinct endpoint from answers") == [("twitter-to-sqlite",)]
    target = f"{tmp_path / 't.db'}#tweets/{ID}"
    assert rows(archive, "select target from captures order by id limit 1") == [(target,)]


def test_a_database_is_only_read(archive: sqlite3.Connection, tmp_path: Path) -> None:
    nela(tmp_path / "n.db", ("a1", "Herons", URL.format(1), None), tweets=(("a1", ID),))
    before = (tmp_path / "n.db").read_bytes()
    (tmp_path / "n.db").chmod(0o444)
    imported(archive, tmp_path / "n.db")
    assert (tmp_path / "n.db").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("n.db")) == ["n.db"]
    with foreign.opened(tmp_path / "n.db") as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database._connection.execute("delete from newsdata")


def test_odd_values_are_left_out_or_fail_alone(archive: sqlite3.Connection, tmp_path: Path) -> None:
    articles = (
        (b"\xff\x00", "blob id", URL.format("blob"), "soon"),
        (7, b"blob title", URL.format("number"), 10**30),
        (None, 5, "javascript:alert(1)", -1),
        ("a", "x" * 1_000_000, URL.format("long"), 1.5e9),
        ("b", "Good", URL.format("good"), "1583020800"),
    )
    safe = tuple((n, t, u, str(at) if isinstance(at, int) and at > 2**63 else at) for n, t, u, at in articles)
    tweets = ((7, ID), ("b", OTHER), ("b", b"\x00blob"), (None, ID), ("b", "<" * 200_000))
    nela(tmp_path / "n.db", *safe, tweets=tweets)
    found, counts = imported(archive, tmp_path / "n.db")
    told = {url: (title, at) for url, title, at in rows(archive, "select url, title, published_at from pages")}
    assert told == {
        URL.format("blob"): ("blob id", "2020-03-01T00:00:00Z"),
        URL.format("number"): (None, "2020-03-01T00:00:00Z"),
        URL.format("long"): (None, "2017-07-14T02:40:00Z"),
        URL.format("good"): ("Good", "2020-03-01T00:00:00Z"),
    }
    assert counts.embeds == 2
    failed = [each.target.rpartition("#")[2] for each in found if isinstance(each, Failed)]
    assert failed == ["newsdata/3", "newsdata/5"]


def test_a_value_too_large_fails_alone(
    archive: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "_LARGEST", 100_000)
    articles = [(f"a{n}", "T" * (300_000 if n in (1, 2, 4) else 5), URL.format(n), None) for n in range(5)]
    nela(tmp_path / "n.db", *articles, tweets=(("a0", "<p>" * 100_000), ("a0", ID)))
    found, counts = imported(archive, tmp_path / "n.db")
    failed = [each.target.rpartition("#")[2] for each in found if isinstance(each, Failed)]
    assert failed == ["tweet", "newsdata/2", "newsdata/3", "newsdata/5"]
    assert (counts.pages, counts.embeds) == (2, 1)


HOSTILE = {
    "a view": """create view newsdata as with recursive n (i) as (select 1 union all select i + 1 from n)
        select i as id, 'https://a.example/' || i as url from n""",
    "a virtual table": "create virtual table newsdata using fts5 (id, url)",
    "rows without numbers": "create table newsdata (id text primary key, url text) without rowid",
    "a column named rowid": "create table newsdata (rowid text, id text, url text)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_table_that_is_none_is_refused(archive: sqlite3.Connection, tmp_path: Path, name: str) -> None:
    with closing(sqlite3.connect(tmp_path / "n.db")) as c:
        c.execute(HOSTILE[name])
        if "table newsdata (" in HOSTILE[name]:
            c.execute("insert into newsdata (id, url) values ('1', 'https://a.example/1')")
        c.commit()
    (failed,), counts = imported(archive, tmp_path / "n.db")
    assert isinstance(failed, Failed)
    assert failed.target == str(tmp_path / "n.db")
    assert counts.pages == 0


def test_a_column_that_is_computed_is_not_asked_for(archive: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "n.db")) as c:
        c.execute("create table newsdata (id text, url text, title text as (upper(id)) virtual)")
        c.execute("insert into newsdata (id, url) values ('1', 'https://a.example/1')")
        c.commit()
    _, counts = imported(archive, tmp_path / "n.db")
    assert (counts.pages, counts.failures) == (1, 0)
    assert rows(archive, "select title from pages") == [(None,)]


def test_a_row_that_takes_too_many_steps_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "_STEPS", 10)
    monkeypatch.setattr(foreign, "_MOST_STEPS", 20)
    nela(tmp_path / "n.db", *((f"a{n}", "T", URL.format(n), None) for n in range(300)))
    with (
        pytest.raises(UnreadableError, match="interrupted"),
        foreign.opened(tmp_path / "n.db") as database,
    ):
        database.row("newsdata", ("id",), "title", "none")


@pytest.mark.parametrize("place", [0.3, 0.6])
def test_what_can_be_read_of_a_damaged_database_is_kept(
    archive: sqlite3.Connection, tmp_path: Path, place: float
) -> None:
    nela(tmp_path / "n.db", *((f"a{n}", "T" * 500, URL.format(n), None) for n in range(400)))
    data = bytearray((tmp_path / "n.db").read_bytes())
    at = int(len(data) * place) // 4096 * 4096
    data[at : at + 4096] = b"\xa5" * 4096
    (tmp_path / "n.db").write_bytes(data)
    found, counts = imported(archive, tmp_path / "n.db")
    assert isinstance(found[-1], Failed)
    assert "is a damaged database" in str(found[-1].error)
    assert counts.pages < 400
    assert not any(isinstance(each, Dataset) for each in found)


def test_a_file_that_only_begins_as_a_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "n.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 2000)
    with pytest.raises(UnreadableError, match="damaged database"), foreign.opened(tmp_path / "n.db") as database:
        database.columns("newsdata")
