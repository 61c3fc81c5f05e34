"""A part of an archive copied into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from archiver import store
from archiver.errors import ArchiveError
from archiver.store import _schema, _scrubbing
from archiver.store.kept import TABLES, Kept
from archiver.store.outcomes import MERGED

__all__ = ["COPIED", "copy"]

# The others are made anew from these, but for files_read: of what they hold a part lacks some.
COPIED = (*(table for table in TABLES if table in MERGED), "redactions", "settings")


def copy(kept: Kept, path: Path, argv: Sequence[str], version: str, at: datetime) -> Iterator[str]:
    """Makes an archive at a path, where nothing is yet, of what is kept; yields each table's name once it is there.

    Ids stay as they are. What is derived is made anew for what is there, at the end. A part has a run that says so,
    with the command that made it. Raises ArchiveError.
    """
    if kept.is_all:
        yield from _whole(kept, path)
        return
    yield from _part(kept, path)
    with closing(store.open_archive(path)) as part:
        run_id = store.start_run(part, argv, version, at)
        _forget(kept, part)
        store.rebuild(part)
        store.finish_run(part, run_id, "done", store.Counts(), at)
        part.execute("pragma journal_mode = wal").fetchall()


def _forget(kept: Kept, part: sqlite3.Connection) -> None:
    """Takes out of answers what they tell of posts that are hidden."""
    hidden = kept.archive.execute("select key from posts where id in (select id from hidden_posts)")
    part.execute("create temp table doomed_keys (key text primary key)")
    part.executemany("insert into doomed_keys values (?)", hidden)
    _scrubbing.unrelate(part)
    part.commit()


def _whole(kept: Kept, path: Path) -> Iterator[str]:
    """The file as it is, without gaps."""
    try:
        kept.archive.execute("vacuum into ?", (str(path),))
    except sqlite3.Error as error:
        raise ArchiveError(str(path), f"cannot be written: {error}") from error
    with closing(store.open_archive(path)) as copied:
        copied.execute("pragma journal_mode = wal").fetchall()
    yield from COPIED


def _part(kept: Kept, path: Path) -> Iterator[str]:
    """The rows that are kept, in the tables that hold them."""
    _schema.connect(path).close()
    try:
        kept.archive.execute("attach database ? as part", (str(path),))
        try:
            kept.archive.execute("pragma part.journal_mode = off")  # a file that is not whole is thrown away
            kept.archive.execute("pragma part.synchronous = off")
            kept.archive.execute("pragma part.cache_size = -65536")
            kept.archive.execute("begin")
            for table in COPIED:
                names = [column.name for column in kept.columns(table)]
                own, found = ", ".join(f"own.{name}" for name in names), kept.statement(table)
                sql = f"insert into part.{table} ({', '.join(names)}) select {own} {found.source} {found.order}"
                kept.archive.execute(sql)
                yield table
            kept.archive.execute("commit")
        finally:
            kept.archive.rollback()
            kept.archive.execute("detach database part")
    except sqlite3.Error as error:
        raise ArchiveError(str(path), f"cannot be written: {error}") from error
