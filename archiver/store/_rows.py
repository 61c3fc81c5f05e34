"""Rows in and out of SQLite: clean values, small statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from archiver.errors import ArchiveError

__all__ = ["Row", "as_json", "clean", "fetch", "insert", "transaction", "update"]

Row = dict[str, object]


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All that is written inside stands in the file afterwards, or, after an error, none of it.

    Raises ArchiveError when SQLite cannot write: the disk is full, the file is damaged, another program holds it.
    """
    try:
        connection.execute("begin immediate")
        yield connection
        connection.execute("commit")
    except BaseException as error:
        connection.rollback()
        if isinstance(error, sqlite3.Error):
            kept = "what was stored before is kept; run the command again"
            raise ArchiveError("the archive", f"cannot be written: {error}", kept) from error
        raise


def fetch(c: sqlite3.Connection, sql: str, *values: object) -> Row | None:
    """The first row that a query finds, by column; None where it finds none."""
    cursor = c.execute(sql, tuple(clean(v) for v in values))
    row = cursor.fetchone()
    return None if row is None else dict(zip((d[0] for d in cursor.description), row, strict=True))


def insert(c: sqlite3.Connection, table: str, row: Mapping[str, object]) -> int:
    """Adds a row; its id."""
    sql = f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})"  # noqa: S608  our own names
    return int(c.execute(sql, tuple(clean(v) for v in row.values())).lastrowid or 0)


def update(c: sqlite3.Connection, table: str, known: Row, better: Mapping[str, object]) -> None:
    """Writes what differs from the row that is known, and nothing where nothing does."""
    changed = {name: clean(value) for name, value in better.items() if clean(value) != known[name]}
    if changed:
        sets = ", ".join(f"{name} = ?" for name in changed)
        c.execute(f"update {table} set {sets} where id = ?", (*changed.values(), known["id"]))  # noqa: S608


def as_json(values: object) -> str:
    """Compact JSON text, letters as they are, the strings in it clean."""
    return json.dumps(_cleaned(values), ensure_ascii=False, separators=(",", ":"))


def clean(value: object) -> object:
    """A text that SQLite can hold: NUL and lone surrogates, which no tool reads back, become U+FFFD."""
    if not isinstance(value, str):
        return value
    if value.isascii():
        return value.replace("\x00", "\ufffd") if "\x00" in value else value
    try:
        value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value.replace("\x00", "�")


def _cleaned(values: object) -> object:
    if isinstance(values, Mapping):
        return {name: _cleaned(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [_cleaned(value) for value in values]
    return clean(values)
