from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import atomic
from archiver.cli import cli
from archiver.cli.export import _FORMATS
from archiver.errors import ArchiveError
from tests import rich

COMMANDS = [*(("export", name) for name in _FORMATS if name != "sqlite"), ("report",), ("manifest",)]
BESIDE = ("a.db-wal", "a.db-shm", "a.db-journal", "a-20261122000000-00000.warc.gz", "a.warc")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich.make(tmp_path_factory.mktemp("out") / "whole.db", list(rich.fixtures()))


@pytest.fixture
def db(whole: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "a.db"
    copy.write_bytes(whole.read_bytes())
    return copy


def refused(db: Path, command: tuple[str, ...], out: Path) -> str:
    told = CliRunner().invoke(cli, [*command, "--db", str(db), "--out", str(out)])
    assert told.exit_code == 2, told.output
    assert len(told.output.splitlines()) <= 4
    return told.output


@pytest.mark.parametrize("command", COMMANDS)
def test_no_export_takes_the_place_of_an_archive(db: Path, command: tuple[str, ...]) -> None:
    before, link = db.read_bytes(), db.with_name("link.db")
    link.symlink_to(db)
    for out in (db, link):
        assert "is a database, which is not written over" in refused(db, command, out)
    assert db.read_bytes() == before
    assert link.is_symlink()


@pytest.mark.parametrize("command", [*COMMANDS, ("export", "sqlite")])
def test_no_export_takes_the_place_of_what_lies_beside_an_archive(db: Path, command: tuple[str, ...]) -> None:
    for name in BESIDE:
        beside = db.with_name(name)
        beside.write_bytes(b"bytes")
        assert "is not written over" in refused(db, command, beside)
        assert beside.read_bytes() == b"bytes"
        beside.unlink()


def test_a_picture_does_not_take_the_place_of_an_archive(db: Path) -> None:
    before, named = db.read_bytes(), db.rename(db.with_name("a.svg"))
    told = CliRunner().invoke(cli, ["analyze", "hashtags", "--db", str(named), "--plot", str(named)])
    assert (told.exit_code, named.read_bytes() == before) == (2, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
@pytest.mark.parametrize("command", [*COMMANDS, ("export", "sqlite")])
def test_no_export_takes_the_place_of_a_pipe_or_a_device(db: Path, command: tuple[str, ...]) -> None:
    pipe = db.with_name("pipe")
    os.mkfifo(pipe)
    assert "is no file, which is not written over" in refused(db, command, pipe)
    assert pipe.is_fifo()


def tables(db: Path, out: str | Path) -> Result:
    return CliRunner().invoke(cli, ["export", "csv", "--tables", "--db", str(db), "--out", str(out)])


@pytest.mark.parametrize("out", [".", "", "..", "/", "../tables"])
def test_folders_that_cannot_be_replaced_are_refused(db: Path, out: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = db.parent / "tables"
    inside.mkdir()
    monkeypatch.chdir(inside)
    told = tables(db, out)
    assert told.exit_code == 1
    assert "name a new folder with --out" in told.output
    assert (list(inside.iterdir()), sorted(each.name for each in db.parent.iterdir())) == ([], ["a.db", "tables"])


def test_a_link_to_a_folder_stays_a_link(db: Path) -> None:
    link = db.with_name("link")
    assert tables(db, db.with_name("tables")).exit_code == 0
    link.symlink_to("tables")
    (link / "posts.csv").write_text("older")
    assert tables(db, link).exit_code == 0
    assert link.is_symlink()
    assert (db.parent / "tables" / "posts.csv").read_text() != "older"
    assert sorted(each.name for each in db.parent.iterdir()) == ["a.db", "link", "tables"]


def test_the_older_folder_stays_where_the_new_one_cannot_take_its_place(tmp_path: Path) -> None:
    path = tmp_path / "tables"
    path.mkdir()
    (path / "posts.csv").write_text("older")
    with pytest.raises(ArchiveError, match="cannot be written"), atomic.folder(path, {"posts.csv"}) as part:
        part.rmdir()
    assert [(each.name, each.read_text()) for each in path.iterdir()] == [("posts.csv", "older")]
    assert list(tmp_path.iterdir()) == [path]
