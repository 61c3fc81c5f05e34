"""Archives on disks that cannot be written are read all the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver import store
from archiver.cli import cli
from archiver.cli.export import _FORMATS
from archiver.errors import ArchiveError
from archiver.store import _schema
from tests import rich

READERS = [
    *(("export", name, "--out", "{out}") for name in _FORMATS if name != "wacz"),
    ("export", "csv", "--platform", "twitter", "--out", "{out}"),
    ("report", "--out", "{out}"),
    ("manifest", "--out", "{out}"),
    ("analyze", "hashtags", "--search", "rain"),
    ("failures",),
]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich.make(tmp_path_factory.mktemp("disk") / "a.db", list(rich.fixtures()))


@pytest.fixture
def unwritable(db: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As SQLite tells it; the tests may run as someone who may write everywhere."""
    connect = _schema.connect

    def refusing(path: Path) -> sqlite3.Connection:
        if Path(path) != db:
            return connect(path)
        error = sqlite3.OperationalError("attempt to write a readonly database")
        error.sqlite_errorcode = sqlite3.SQLITE_READONLY
        raise ArchiveError(str(path), f"cannot be opened as an archive: {error}") from error

    monkeypatch.setattr(_schema, "connect", refusing)
    return db


@pytest.mark.parametrize("command", READERS, ids=lambda command: " ".join(command[:3]))
def test_what_lies_there_is_read(unwritable: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    before = {path.name: path.read_bytes() for path in unwritable.parent.iterdir()}
    asked = [each.format(out=tmp_path / "out") for each in command]
    done = CliRunner().invoke(cli, [*asked, "--db", str(unwritable)])
    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in unwritable.parent.iterdir()} == before


def test_what_somebody_writes_is_not_read_without_its_log(unwritable: Path) -> None:
    log = unwritable.with_name("a.db-wal")
    log.write_bytes(b"")
    try:
        with pytest.raises(ArchiveError, match="readonly"):
            store.read_archive(unwritable)
    finally:
        log.unlink()
