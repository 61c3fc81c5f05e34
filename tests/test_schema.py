from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from archiver import store
from archiver.errors import ArchiveError
from archiver.store import _schema
from tests.tables import problems

ROOT = Path(__file__).parents[1]
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
VIEWS = set(
    "answer_variants author_conflicts embed_details failures post_counts post_looks post_sources post_tags "
    "post_variants suspect_embeds tombstones".split()
)


def contents(folder: Path) -> dict[str, bytes | None]:
    """All that lies in a folder and below."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))}


def make(path: Path) -> Path:
    store.open_archive(path).close()
    return path


def pragma(archive: sqlite3.Connection, name: str) -> object:
    return archive.execute(f"pragma {name}").fetchone()[0]


@pytest.fixture
def sql(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of db/ that stands in its place: as it was once, or as it will be."""
    copy = tmp_path_factory.mktemp("sql") / "db"
    shutil.copytree(ROOT / "db", copy)
    monkeypatch.setattr(_schema, "_sql", lambda: copy)
    return copy


def test_a_new_file_is_an_archive(tmp_path: Path) -> None:
    with closing(store.open_archive(tmp_path / "archive.db")) as archive:
        assert pragma(archive, "application_id") == _schema.APPLICATION_ID
        assert pragma(archive, "journal_mode") == "wal"
        assert pragma(archive, "foreign_keys") == 1
        assert pragma(archive, "page_size") == 8192
        assert problems(archive) == []
    header = (tmp_path / "archive.db").read_bytes()[:72]
    assert (header[:15], header[68:72]) == (b"SQLite format 3", b"SPA1")


def test_a_path_may_be_given_as_text_and_hold_odd_letters(tmp_path: Path) -> None:
    path = tmp_path / "Zeitung #1?ä%20.db"
    for _ in range(2):
        store.open_archive(str(path)).close()
    assert contents(tmp_path).keys() == {path.name}


def test_an_empty_file_becomes_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.touch()
    with closing(store.open_archive(path)) as archive:
        assert pragma(archive, "application_id") == _schema.APPLICATION_ID
        assert pragma(archive, "journal_mode") == "wal"


def test_opening_twice_writes_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    before = contents(tmp_path)
    with closing(sqlite3.connect(path)) as watcher:
        seen = pragma(watcher, "data_version"), pragma(watcher, "schema_version")
        make(path)
        assert (pragma(watcher, "data_version"), pragma(watcher, "schema_version")) == seen
    assert contents(tmp_path) == before


def test_an_archive_of_an_older_schema_is_upgraded_in_place(tmp_path: Path, sql: Path) -> None:
    path = make(tmp_path / "archive.db")
    with closing(store.open_archive(path)) as old:
        store.start_run(old, ["archive"], "0", NOON)
    (sql / "migrations" / "0002_notes.sql").write_text(
        "-- One row: a note; with a semicolon in its comment.\n"
        "create table notes (\n    id integer primary key,\n    note text not null -- what it says; and no more\n);\n\n"
        "alter table runs add column note text;\n\n"
        "create trigger notes_once after insert on notes begin\n    update runs set note = new.note;\n"
        "    select 1;\nend;\n"
    )
    with closing(store.open_archive(path)) as new:
        new.execute("insert into notes (note) values ('heron')")
        new.commit()
        assert new.execute("select command, note from runs").fetchall() == [("archive", "heron")]
        assert problems(new) == []
    before = contents(tmp_path)
    make(path)
    assert contents(tmp_path) == before


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, sql: Path) -> None:
    path = make(tmp_path / "archive.db")
    before = dump(path)
    (sql / "migrations" / "0002_bad.sql").write_text("create table notes (note text);\n\ndrop table nowhere;\n")
    with pytest.raises(ArchiveError, match="nowhere"):
        store.open_archive(path)
    assert dump(path) == before


def test_an_archive_of_a_newer_schema_is_refused_and_untouched(
    tmp_path: Path, sql: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sql / "migrations" / "0099_future.sql").write_text("create table future (note text);\n")
    path = make(tmp_path / "archive.db")
    before = contents(tmp_path)
    monkeypatch.undo()
    with pytest.raises(ArchiveError) as caught:
        store.open_archive(path)
    assert str(caught.value) == (
        f"{path}: was made by a newer version (0099_future is unknown here) (upgrade the archiver)"
    )
    assert contents(tmp_path) == before


def foreign(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as other:
        for statement in ("create table birds (name text)", "insert into birds values ('heron')", *statements):
            other.execute(statement)
        other.commit()


NOT_ARCHIVES: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda path: path.write_text("Grey herons\n" * 99), "is no database (give another name with --db)"),
    "short text": (lambda path: path.write_text("x"), "is no database (give another name with --db)"),
    "picture": (
        lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000)),
        "is no database (give another name with --db)",
    ),
    "header alone": (
        lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 9),
        "is no database (give another name with --db)",
    ),
    "database": (foreign, "is a database, but no archive (give another name with --db)"),
    "database in WAL": (
        lambda path: foreign(path, "commit", "pragma journal_mode = wal"),
        "is a database, but no archive (give another name with --db)",
    ),
    "database of another program": (
        lambda path: foreign(path, "pragma application_id = 1196444487"),
        "is a database, but no archive (give another name with --db)",
    ),
    "folder": (lambda path: path.mkdir(), "is a folder (give the name of a database file)"),
}


@pytest.mark.parametrize(("create", "wrong"), NOT_ARCHIVES.values(), ids=NOT_ARCHIVES.keys())
def test_what_is_no_archive_is_refused_and_untouched(
    tmp_path: Path, create: Callable[[Path], object], wrong: str
) -> None:
    path = tmp_path / "archive.db"
    create(path)
    before = contents(tmp_path)
    with pytest.raises(ArchiveError) as caught:
        store.open_archive(path)
    assert str(caught.value) == f"{path}: {wrong}"
    assert contents(tmp_path) == before


def test_a_path_in_a_missing_folder_is_refused_and_the_folder_not_made(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "archive.db"
    with pytest.raises(ArchiveError) as caught:
        store.open_archive(path)
    cure = f"make {path.parent} first"
    assert str(caught.value) == f"{path}: cannot be made: its folder does not exist ({cure})"
    assert contents(tmp_path) == {}


def test_an_archive_cut_short_is_refused_and_untouched(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    path.write_bytes(path.read_bytes()[:10000])
    before = contents(tmp_path)
    with pytest.raises(ArchiveError, match="is damaged"):
        store.open_archive(path)
    assert contents(tmp_path) == before


def test_views_are_made_anew_where_they_are_not_as_written(tmp_path: Path) -> None:
    path = make(tmp_path / "archive.db")
    written = views(path)
    assert written.keys() == VIEWS
    with closing(sqlite3.connect(path)) as archive:
        archive.execute("drop view post_tags")
        archive.execute("drop view embed_details")
        archive.execute("create view embed_details as select 1 as altered")
        archive.execute("create view my_own as select 1")
    make(path)
    assert views(path) == {**written, "my_own": "CREATE VIEW my_own as select 1"}


def test_views_follow_their_file(tmp_path: Path, sql: Path) -> None:
    path = make(tmp_path / "archive.db")
    (sql / "views.sql").write_text("-- One row: a post.\ncreate view every_post as\nselect * from posts;\n")
    make(path)
    assert "every_post" in views(path)


def test_many_that_open_a_new_file_at_once_all_get_the_archive(tmp_path: Path) -> None:
    writers = 6
    for attempt in range(5):
        path, start = tmp_path / f"{attempt}.db", Barrier(writers)

        def write(_: int, path: Path = path, start: Barrier = start) -> int:
            start.wait()
            with closing(store.open_archive(path)) as archive:
                return store.start_run(archive, ["archive"], "0", NOON)

        with ThreadPoolExecutor(writers) as threads:
            assert sorted(threads.map(write, range(writers))) == list(range(1, writers + 1))
        with closing(store.open_archive(path)) as archive:
            assert pragma(archive, "journal_mode") == "wal"
            assert problems(archive) == []


def views(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as archive:
        return dict(archive.execute("select name, sql from sqlite_master where type = 'view'"))


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as archive:
        return [str(row) for row in archive.execute("select type, name, sql from sqlite_master")]
