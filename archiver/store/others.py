"""Another archive, opened to be read only."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from archiver.errors import ArchiveError
from archiver.store import _cited, _schema
from archiver.store.cited import Cited, CitedNames, CitedRow, CitedRun, Item

__all__ = ["is_known", "reading"]

_CURE = "give an archive that `archiver archive` made"


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """An archive as it is now, whatever is written meanwhile; one of an older version is upgraded in a copy.

    Raises ArchiveError where it is missing, no archive, of a newer version, or damaged.
    """
    if not path.exists():
        raise ArchiveError(str(path), "no such archive", _CURE)
    pending = _schema.pending(path)
    try:
        with ExitStack() as stack:
            other = stack.enter_context(closing(_connected(path)))
            if pending:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                with closing(sqlite3.connect(folder / "copy.db")) as copy:
                    other.backup(copy)
                other = stack.enter_context(closing(_upgraded(folder / "copy.db", path)))
            other.execute("pragma trusted_schema = off")  # it may come from anyone
            other.execute("begin")
            yield other
    except sqlite3.Error as error:
        raise ArchiveError(str(path), f"cannot be read: {error}", "sqlite3 has a command .recover") from error


def is_known(archive: sqlite3.Connection, cited: Item) -> bool:
    """Whether what another archive holds stands in this one; names are no news, nor what is told of no post here."""
    match cited:
        case Cited():
            return _cited.attempt_id(archive, cited.attempt) is not None
        case CitedRun():
            return _cited.run_id(archive, cited.key) is not None
        case CitedRow():
            return _cited.is_known(archive, cited)
        case CitedNames():
            return True


def _upgraded(copy: Path, path: Path) -> sqlite3.Connection:
    try:
        return _schema.connect(copy)
    except ArchiveError as error:
        raise ArchiveError(str(path), error.wrong, error.cure) from error


def _connected(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing; where the folder cannot be written, that to a file at rest."""
    uri = path.resolve().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=rw", uri=True, timeout=60)
    try:
        connection.execute("pragma query_only = on")
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        connection = sqlite3.connect(f"{uri}?mode=ro&immutable=1", uri=True)
    return connection
