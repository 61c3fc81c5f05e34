"""Web archives that were read whole."""

from __future__ import annotations

import sqlite3

from archiver.errors import ArchiveError
from archiver.model import FileRead
from archiver.store._rows import clean, fetch

__all__ = ["is_read", "read"]


def read(c: sqlite3.Connection, run_id: int, file: FileRead, *, embeds_only: bool) -> None:
    """Notes that all that a file holds is stored; with `embeds_only`, of its pages those that embed posts."""
    sql = "insert or ignore into files_read values (null, ?, ?, ?, ?, ?, ?)"
    c.execute(sql, (clean(file.path), file.size, file.modified_ns, file.ends_sha256, embeds_only, run_id))


def is_read(c: sqlite3.Connection, file: FileRead, *, embeds_only: bool) -> bool:
    """Whether a run has stored what this one would of the file, unchanged since. Raises ArchiveError."""
    sql = """select 1 as found from files_read
        where path = ? and bytes = ? and modified_ns = ? and ends_sha256 = ? and embeds_only <= ?"""
    try:
        return fetch(c, sql, file.path, file.size, file.modified_ns, file.ends_sha256, embeds_only) is not None
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error
