"""Databases of other programs, opened to be read only."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from archiver.errors import UnreadableError
from archiver.store._schema import APPLICATION_ID

__all__ = ["Foreign", "Row", "opened"]

_LARGEST = 64 << 20  # bytes of a value, or of a row
_STEPS = 1_000_000  # of SQLite's machine, between two looks at the count
_MOST_STEPS = 200  # times that, for one row
_FIRST = -(1 << 63)


class Row(NamedTuple):
    """A row by its number in its table: its values by column, None where a column is not there; or why not."""

    number: int
    values: dict[str, object]
    wrong: str | None = None


@contextmanager
def opened(path: Path) -> Iterator[Foreign]:
    """A database, which is neither changed nor trusted. Raises UnreadableError, also inside, where it is damaged."""
    at_rest = not path.with_name(f"{path.name}-wal").exists()  # else its latest rows stand there
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(uri, uri=True)
        yield Foreign(connection, str(path))
    except sqlite3.Error as error:
        raise UnreadableError(str(path), f"is a damaged database: {error}", "sqlite3 has a command .recover") from error
    finally:
        if connection is not None:
            connection.close()


class Foreign:
    """A database of another program: its plain tables, row by row. Names of tables and columns are ours, never its."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection, self._name, self._steps = connection, name, 0
        self._columns: dict[str, frozenset[str]] = {}
        connection.text_factory = lambda told: told.decode("utf-8", "replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
        connection.set_progress_handler(self._is_too_long, _STEPS)
        for pragma in ("trusted_schema = off", "cell_size_check = on", "temp_store = file"):
            connection.execute(f"pragma {pragma}")

    @property
    def is_ours(self) -> bool:
        """Whether it is an archive."""
        (found,) = self._connection.execute("pragma application_id").fetchone()
        return bool(found == APPLICATION_ID)

    def columns(self, table: str) -> frozenset[str]:
        """The columns that a table holds, in small letters, without those that it computes.

        None where there is no such table, or it is a view or virtual.
        """
        if table in self._columns:
            return self._columns[table]
        sql = "select sql from sqlite_master where type = 'table' and name = ? collate nocase"
        made = self._connection.execute(sql, (table,)).fetchone()
        if made is None or str(made[0]).lower().lstrip().startswith("create virtual"):
            return frozenset()
        found = self._connection.execute(f'pragma table_info("{table}")')
        self._columns[table] = frozenset(str(row[1]).lower() for row in found)
        return self._columns[table]

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[Row]:
        """All rows of a table in their order; one that cannot be read tells why, and the others go on."""
        at = _FIRST
        while True:
            try:
                for row in self._selected(table, columns, "rowid > ? order by rowid", at):
                    at = self._number(row[0])
                    yield Row(at, dict(zip(columns, row[1:], strict=True)))
                return
            except sqlite3.DataError:  # of the row behind the next, maybe: rows are fetched one ahead
                found = self._connection.execute(f'select min(rowid) from "{table}" where rowid > ?', (at,)).fetchone()  # noqa: S608
                at = self._number(found[0])
                yield self._alone(table, columns, at)

    def row(self, table: str, columns: Sequence[str], key: str, value: object) -> Row | None:
        """The first row in which a column has a value; None where there is none, or it cannot be read."""
        try:
            for row in self._selected(table, columns, f'"{key}" = ? limit 1', value):
                return Row(self._number(row[0]), dict(zip(columns, row[1:], strict=True)))
        except sqlite3.DataError:
            return None
        return None

    def gather(self, table: str, key: str, value: str) -> int:
        """Makes `gathered` ready to find the values of a column by another; how many rows could not be read."""
        self._connection.execute("create temp table gathered (key text, place integer, value text)")
        unread = 0
        for row in self.rows(table, (key, value)):
            told = row.values.get(key), row.number, row.values.get(value)
            unread += row.wrong is not None
            if all(isinstance(each, str | int) for each in told):
                self._connection.execute("insert into gathered values (cast(? as text), ?, cast(? as text))", told)
        self._connection.execute("create index temp.gathered_key on gathered (key, place)")
        return unread

    def gathered(self, key: object) -> list[str]:
        """The values that `gather` found for a key, in the order of their rows."""
        sql = "select value from temp.gathered where key = cast(? as text) order by place limit 1000"
        return [value for (value,) in self._connection.execute(sql, (key,))]

    def _alone(self, table: str, columns: Sequence[str], number: int) -> Row:
        try:
            for row in self._selected(table, columns, "rowid = ?", number):
                return Row(number, dict(zip(columns, row[1:], strict=True)))
        except sqlite3.DataError as error:
            return Row(number, {}, str(error))
        return Row(number, {}, "is gone")

    def _selected(self, table: str, columns: Sequence[str], where: str, value: object) -> Iterator[tuple[object, ...]]:
        known = self.columns(table)
        if "rowid" in known:
            raise UnreadableError(self._name, f"has a table {table} whose rows have no numbers of their own")
        told = ", ".join(f'"{name}"' if name in known else "null" for name in columns)
        self._steps = 0
        for row in self._connection.execute(f'select rowid, {told} from "{table}" where {where}', (value,)):  # noqa: S608
            self._steps = 0
            yield row

    def _number(self, found: object) -> int:
        if not isinstance(found, int):
            raise UnreadableError(self._name, "has rows without numbers")
        return found

    def _is_too_long(self) -> bool:
        self._steps += 1
        return self._steps > _MOST_STEPS
