from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import merging, store
from archiver.cli import cli
from archiver.merging import Merge
from archiver.store import deletions, kept, outcomes
from archiver.store.captures import count
from archiver.store.copies import COPIED
from archiver.store.questions import Filter
from tests import rich
from tests.archives import TWEET, add, live
from tests.tables import problems

PARTS = (list(rich.fixtures()), list(rich.answers()), list(rich.changing()))
_OPTIONS = (
    ["--platform", "twitter"],
    ["--outlet", "outlet1.example"],
    ["--search", "rain"],
    ["--from", "2018", "--to", "2020"],
    ["--platform", "none"],
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich.enrich(rich.make(tmp_path_factory.mktemp("sqlite") / "whole.db", *PARTS))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


def export(db: Path, path: Path, *options: str) -> Path:
    told = run("export", "sqlite", "--db", db, "--out", path, *options)
    assert told.exit_code == 0, told.output
    return path


def rows(db: Path) -> dict[str, list[str]]:
    with closing(store.open_archive(db)) as archive:
        assert problems(archive) == []
        return rich.rows(archive)


def ids(db: Path, table: str) -> set[tuple[object, ...]]:
    with closing(sqlite3.connect(db)) as archive:
        return set(archive.execute(f"select * from {table}"))


def test_every_table_is_copied_or_made_anew() -> None:
    assert set(COPIED) == outcomes.MERGED - {"files_read"}
    assert set(kept.TABLES) - outcomes.DERIVED <= outcomes.MERGED


def test_without_a_filter_all_is_copied(db: Path, tmp_path: Path) -> None:
    copy = export(db, tmp_path / "copy.db")
    assert rows(copy) == rows(db)
    for table in kept.TABLES:
        assert ids(copy, table) == ids(db, table)
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


@pytest.mark.parametrize("options", _OPTIONS, ids=" ".join)
def test_a_part_holds_the_rows_of_the_whole(db: Path, tmp_path: Path, options: list[str]) -> None:
    part = export(db, tmp_path / "part.db", *options)
    rows(part)
    for table in (
        "captures",
        "pages",
        "mentions",
        "links",
        "media",
        "answers",
        "prose_mentions",
        "post_relations",
        "checks",
    ):
        if table != "pages":  # which count the embeds that are there
            assert ids(part, table) <= ids(db, table)
    told = "select key, text, posted_at, permalink, lang from posts"
    with closing(sqlite3.connect(part)) as one, closing(sqlite3.connect(db)) as whole:
        assert set(one.execute(told)) <= set(whole.execute(told))


@pytest.mark.parametrize("options", _OPTIONS, ids=" ".join)
def test_a_part_that_is_merged_gives_the_same_rows(db: Path, tmp_path: Path, options: list[str]) -> None:
    part = export(db, tmp_path / "part.db", *options)
    with closing(store.open_archive(tmp_path / "new.db")) as archive:
        list(merging.merge(part, Merge(archive, tmp_path / "new.db", ["merge"])))
    assert rows(tmp_path / "new.db") == rows(part)


def test_parts_merged_into_the_whole_change_nothing(db: Path, tmp_path: Path) -> None:
    whole, part = export(db, tmp_path / "whole.db"), export(db, tmp_path / "part.db", "--platform", "twitter")
    with closing(store.open_archive(whole)) as archive:
        list(merging.merge(part, Merge(archive, whole, ["merge"])))
    merged, before = rows(whole), rows(db)
    assert {table for table in merged if merged[table] != before[table]} == {"runs"}  # that of the export


def test_the_whole_merged_into_a_part_gives_the_whole(db: Path, tmp_path: Path) -> None:
    part = export(db, tmp_path / "part.db", "--platform", "twitter")
    with closing(store.open_archive(part)) as archive:
        list(merging.merge(db, Merge(archive, part, ["merge"])))
    merged, whole = rows(part), rows(db)
    assert {table for table in merged if merged[table] != whole[table]} == {"runs"}


def test_hidden_posts_are_in_no_part_and_all_else_is(db: Path, tmp_path: Path) -> None:
    whole = export(db, tmp_path / "whole.db")
    with closing(store.open_archive(whole)) as archive:
        hidden = set(archive.execute("select key from posts where status = 'suspended'"))
        some = archive.execute("select id from posts where status = 'suspended' and n_embeds > 0").fetchone()
        others = archive.execute(
            "select id from answers where post_id in (select id from posts where status = 'there')"
        )
        answer_id, *_ = others.fetchone()
        (key,) = archive.execute("select key from posts where id = ?", some).fetchone()
        told = [{"kind": "quoted", "key": key, "handle": "hidden_h", "post": {"platform": "twitter"}}]
        archive.execute("update answers set relations = ? where id = ?", (json.dumps(told), answer_id))
        archive.execute(
            "insert into post_relations select post_id, 'quoted', ?, capture_id from answers where id = ?",
            (*some, answer_id),
        )
        archive.commit()
        deletions.honour(archive, ("suspended",))
        shown = set(archive.execute("select key from posts")) - hidden
    part = export(whole, tmp_path / "part.db")
    rows(part)
    assert len(hidden) > 1
    assert b"hidden_h" not in part.read_bytes()
    with closing(sqlite3.connect(part)) as archive:
        assert set(archive.execute("select key from posts")) == shown
        assert archive.execute("select value from settings").fetchall() == [('["suspended"]',)]
    assert len(ids(part, "pages")) == len(ids(whole, "pages"))


def test_what_is_chosen_is_what_the_analysis_counts(db: Path, tmp_path: Path) -> None:
    part = export(db, tmp_path / "part.db", "--platform", "twitter")
    for what in ("hashtags", "authors", "sources"):
        asked = ["analyze", what, "--format", "json", "--db"]
        one = json.loads(run(*asked, db, "--platform", "twitter").stdout)
        assert [table["rows"] for table in json.loads(run(*asked, part).stdout)] == [table["rows"] for table in one]
    with closing(sqlite3.connect(part)) as archive:
        assert archive.execute("select distinct platform from posts").fetchall() == [("twitter",)]


def test_its_run_says_what_it_is_a_part_of(db: Path, tmp_path: Path) -> None:
    part = export(db, tmp_path / "part.db", "--search", "rain", "--platform", "twitter", "--from", "2017")
    with closing(sqlite3.connect(part)) as archive:
        ((argv, outcome),) = archive.execute("select argv, outcome from runs where command = 'export'").fetchall()
    told = ["export", "sqlite", "--platform=twitter", "--from=2017", "--search=rain"]
    assert (json.loads(argv), outcome) == (told, "done")


def test_a_part_is_searched_and_grows(db: Path, tmp_path: Path) -> None:
    part = export(db, tmp_path / "part.db", "--search", "rain")
    with closing(store.open_archive(part)) as archive:
        found = archive.execute("select count(*) from posts_fts where posts_fts match 'rain'").fetchone()
        assert found[0] > 0
        before = count(archive)
        rich.add(archive, PARTS[0][:20], 9)
        assert count(archive) == before + 20
    rows(part)


def test_verify_finds_a_part_as_it_was_captured(tmp_path: Path) -> None:
    sun, snow = (
        TWEET.format(text=text, id=n) for text, n in (("Sun", 1256000000000000002), ("Snow", 1256000000000000003))
    )
    pages = [
        live("https://a.example/1", TWEET.format(text="Rain", id=1256000000000000001)),
        live("https://b.example/2", TWEET.format(text="Rain and sun", id=1256000000000000001), at=5),
        live("https://b.example/3", sun + snow, at=9),
    ]
    add(tmp_path / "whole.db", pages).close()
    for name, options in {"a.db": ["--outlet", "a.example"], "snow.db": ["--search", "snow"], "all.db": []}.items():
        part = export(tmp_path / "whole.db", tmp_path / name, *options)
        told = run("verify", "--db", part)
        assert (told.exit_code, "nothing differs" in told.output) == (0, True), told.output
    with closing(sqlite3.connect(tmp_path / "snow.db")) as archive:
        archive.execute("update embeds set text = 'Ice'")
        archive.commit()
    assert run("verify", "--db", tmp_path / "snow.db").exit_code == 1


def test_warc_files_that_are_cited_elsewhere_are_told(tmp_path: Path) -> None:
    add(tmp_path / "whole.db", [live("https://a.example/1", TWEET.format(text="Rain", id=1256000000000000001))]).close()
    (tmp_path / "far").mkdir()
    (warc,) = tmp_path.glob("*.warc.gz")
    told = run("export", "sqlite", "--db", tmp_path / "whole.db", "--out", tmp_path / "far" / "part.db")
    assert told.output.splitlines()[-1] == f"  cp {warc} {tmp_path / 'far'}/"


def test_the_archive_itself_is_not_replaced(db: Path) -> None:
    before = db.read_bytes()
    told = run("export", "sqlite", "--db", db, "--out", db)
    assert (told.exit_code, "is the archive that is exported" in told.output) == (1, True)
    assert db.read_bytes() == before


def test_a_filter_that_is_asked_again_keeps_the_same(db: Path) -> None:
    with closing(store.open_archive(db)) as archive:
        wanted = [list(kept.keep(archive, Filter(platforms=("twitter",))).rows(t)) for t in kept.TABLES]
        assert list(kept.keep(archive, Filter(platforms=("vine",))).rows("posts")) != wanted[5]
        assert [list(kept.keep(archive, Filter(platforms=("twitter",))).rows(t)) for t in kept.TABLES] == wanted
