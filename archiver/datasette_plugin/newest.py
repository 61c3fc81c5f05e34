"""The newest selected rows, in a temporary table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from datasette.utils import escape_sqlite, sqlite_timelimit

from archiver.datasette_plugin.filters import COPIED, Selection

__all__ = ["FEWEST", "NEWEST", "SEARCH", "Asked", "Chosen", "Read", "interrupted", "read"]

NEWEST = 15_000  # rows beyond which what is not counted beforehand is counted over the newest
FEWEST = 1_500  # the newest, where reading more of them takes too long
# A search as Datasette writes it. Its newest hits are found without the others.
SEARCH = "rowid in (select rowid from posts_fts where posts_fts match escape_fts(:search))"
_ORDERS = {"pages": "published_at desc, id"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """How posts are found in an index: `source` follows `from`, `id` is its column of ids, `ids` are they where known.

    `copied` names, in the source, the rows of `table` that hold copies; `key` is their condition beside the id.
    """

    source: str
    id: str
    copied: str | None
    table: str
    key: str
    params: dict[str, Any]
    ids: Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A table and the conditions to its rows; `selection` and `chosen` tell what is known of them where it is posts."""

    table: str
    clauses: tuple[str, ...]
    params: Mapping[str, Any]
    selection: Selection | None = None
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """`over` is how many of the newest rows were read, None where these are all."""

    over: int | None


@contextmanager
def read(connection: sqlite3.Connection, asked: Asked, columns: Sequence[str], limit_ms: int) -> Iterator[Read | None]:
    """Keeps the newest rows' `id` and `columns` in temp.chosen meanwhile; None where even few take too long."""
    names = "".join(f", {escape_sqlite(name)}" for name in columns)
    connection.execute("pragma temp_store = memory")
    connection.execute("drop table if exists temp.chosen")
    connection.execute(f"create temp table chosen (place integer primary key, id integer{names})")
    try:
        yield _filled(connection, asked, columns, limit_ms)
    finally:
        connection.execute("drop table temp.chosen")
        connection.commit()


def interrupted(error: sqlite3.OperationalError) -> bool:
    """Whether an error says that a query took too long."""
    return error.args == ("interrupted",)


def _filled(connection: sqlite3.Connection, asked: Asked, columns: Sequence[str], limit_ms: int) -> Read | None:
    """Fills the table, with fewer rows where many take too long; it then has no more than it says."""
    names = "".join(f", {escape_sqlite(name)}" for name in columns)
    for most in (NEWEST, FEWEST):
        for sql, params in _queries(asked, columns, most):
            connection.execute("delete from temp.chosen")
            try:
                with sqlite_timelimit(connection, limit_ms):
                    found = connection.execute(f"insert into temp.chosen (id{names}) {sql}", params).rowcount
            except sqlite3.OperationalError as error:
                if not interrupted(error):
                    raise
                break
            if found > most:
                connection.execute("delete from temp.chosen where place > ?", (most,))
                return Read(most)
            if "order by rowid desc" not in sql:
                return Read(None)
    return None


def _queries(asked: Asked, columns: Sequence[str], most: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Queries of the newest rows and one more, the quickest first; of these the last finds all that there are."""
    if asked.chosen is not None:
        yield _from_index(asked.chosen, columns, most)
        return
    names = ", ".join(["id", *map(escape_sqlite, columns)])
    where = " and ".join(asked.clauses)
    order = _ORDERS.get(asked.table, "id desc") if where else "id desc"
    sql = f"select {names} from {asked.table} where {where or '1'} order by {order} limit {most + 1}"  # noqa: S608
    if SEARCH in sql:
        yield sql.replace(SEARCH, f"{SEARCH[:-1]} order by rowid desc limit {most * 2})", 1), asked.params
    yield sql, asked.params


def _from_index(chosen: Chosen, columns: Sequence[str], most: int) -> tuple[str, Mapping[str, Any]]:
    """The query of the newest posts by an index that holds all that is asked, or by their ids where these are known."""
    has_copies = chosen.copied is not None and set(columns) <= set(COPIED)
    copies = "".join(f", {chosen.copied}.{name}" for name in columns)
    names = ", ".join(f"posts.{escape_sqlite(name)}" for name in ("id", *columns))
    if chosen.ids is not None:
        told = {"ids": str(list(chosen.ids[: most + 1]))}
        if has_copies:
            source = f"json_each(:ids) as each cross join {chosen.table} as {chosen.copied}"
            where = f"{chosen.copied}.{chosen.key} and {chosen.id} = each.value"
            return f"select {chosen.id}{copies} from {source} where {where}", chosen.params | told  # noqa: S608
        return f"select {names} from json_each(:ids) as each cross join posts on posts.id = each.value", told  # noqa: S608
    found = f"from {chosen.source} order by {chosen.id} desc limit {most + 1}"
    if has_copies:
        return f"select {chosen.id}{copies} {found}", chosen.params
    sql = f"select {names} from (select {chosen.id} as id {found}) as found cross join posts on posts.id = found.id"  # noqa: S608
    return sql, chosen.params
