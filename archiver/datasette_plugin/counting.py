"""How many rows of each kind, counted from indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite, sqlite_timelimit

from archiver.datasette_plugin import newest
from archiver.datasette_plugin.filters import Selection
from archiver.datasette_plugin.newest import Asked

__all__ = ["PERIODS", "Counted", "Wanted", "counted", "ids", "total"]

Wanted = tuple[str, str]  # the type of a facet (column, array, date) and its column
PERIODS = {
    "posts": ("periods", "posted_month"),
    "embeds": ("periods", "posted_year"),
}  # all in their order: for a chart
_N = {"": "n_posts", "post": "n_posts_in_text", "context": "n_posts - n_posts_in_text"}
_PLACED = {"": "", "post": " and in_post", "context": " and in_context and not in_post"}
_IN_STATS = ("posted_year", "posted_month", "platform", "lang")


@dataclass(slots=True)
class Counted:
    """The rows of a facet: value, number, and for hashtags how many of these have it in their own text.

    `newest` is over how many of the newest rows they were counted, None where over all; `rows` is None after a timeout.
    """

    rows: list[tuple[Any, int, int | None]] | None = field(default_factory=list)
    newest: int | None = None


def total(selection: Selection) -> tuple[str, dict[str, Any]] | None:
    """The query that tells from counts kept how many posts are selected; None where rows must be counted."""
    if stats := _stats(selection):
        n, source, params = stats
        return f"select ifnull(sum({n}), 0) from {source}", params  # noqa: S608
    if selection.is_whole and not selection.tags:
        if len(selection.outlets) == 1 and not selection.columns:
            return "select ifnull(max(n_posts), 0) from outlets where domain = :o", {"o": selection.outlets[0]}
        if not selection.outlets and [name for name, _ in selection.columns] == ["author_id"]:
            return "select ifnull(max(n_posts), 0) from authors where id = :a", {"a": selection.columns[0][1]}
    return None


def ids(connection: sqlite3.Connection, sql: str, params: Mapping[str, Any], limit_ms: int) -> list[int]:
    """The first column of all rows. Raises QueryInterrupted where that takes too long."""
    with sqlite_timelimit(connection, limit_ms):
        try:
            return [row[0] for row in connection.execute(sql, params)]
        except sqlite3.OperationalError as error:
            if newest.interrupted(error):
                raise QueryInterrupted(error, sql, params) from error
            raise


def counted(
    connection: sqlite3.Connection, asked: Asked, wanted: Sequence[Wanted], size: int, limit_ms: int
) -> dict[Wanted, Counted]:
    """Each facet that is wanted, its `size` + 1 most frequent values first; those that take too long have no rows."""
    found: dict[Wanted, Counted] = {}
    for each in wanted:
        if sql := _kept(asked.selection, each):
            found[each] = _run(connection, limit_ms, *sql, _most(each, size))
    rest = [each for each in wanted if each not in found]
    if not rest:
        return found
    with newest.read(connection, asked, sorted({column for _, column in rest} - _joined(asked)), limit_ms) as chosen:
        for each in rest:
            if chosen is None:
                found[each] = Counted(None)
                continue
            found[each] = _run(connection, limit_ms, _from_chosen(asked, each), {}, _most(each, size))
            found[each].newest = chosen.over
    return found


def _stats(selection: Selection) -> tuple[str, str, dict[str, Any]] | None:
    """What to sum, and over which rows of post_stats or hashtag_stats; None where these do not tell."""
    if not selection.is_whole or selection.outlets or len(selection.tags) > 1:
        return None
    if any(name not in _IN_STATS for name, _ in selection.columns):
        return None
    params = dict(selection.columns)
    conditions = [f"{name} = :{name}" for name in params]
    if not selection.tags:
        return "n_posts", f"post_stats where {' and '.join(conditions) or '1'}", params
    conditions.insert(0, "hashtag_id = (select id from hashtags where tag = :tag)")
    return _N[selection.place], f"hashtag_stats where {' and '.join(conditions)}", params | {"tag": selection.tags[0]}


def _kept(selection: Selection | None, wanted: Wanted) -> tuple[str, dict[str, Any]] | None:
    """The query of a facet of posts over counts that are kept; None where there are none for this selection."""
    if selection is None:
        return None
    kind, column = wanted
    stats = _stats(selection)
    if stats and column in _IN_STATS and kind in ("column", "periods"):
        n, source, params = stats
        told = "is not null" if column == "posted_year" else "<> ''"
        sql = f"select {column}, sum({n}), null from {source} and {column} {told} group by 1"  # noqa: S608
        return f"{sql} having sum({n}) > 0 order by {_order(wanted)}", params
    everything = stats and not selection.tags and not selection.columns
    if everything and wanted == ("array", "hashtags"):
        n = _N[selection.place]
        return f"select display, {n}, n_posts_in_text from hashtags where {n} > 0 order by {n} desc, display", {}  # noqa: S608
    if everything and wanted == ("array", "outlets"):
        return "select domain, n_posts, null from outlets where n_posts > 0 order by n_posts desc, domain", {}
    if everything and wanted == ("column", "author_id"):
        return "select id, n_posts, null from authors where n_posts > 0 order by n_posts desc, id", {}
    of_year = not selection.tags and [name for name, _ in selection.columns] == ["posted_year"]
    if stats and of_year and wanted == ("column", "author_id"):
        sql = """select author_id, count(*), null from posts indexed by posts_author_of_year
            where n_embeds > 0 and posted_year = :posted_year and author_id is not null
            group by author_id order by 2 desc, 1"""
        return sql, dict(selection.columns)
    return None


def _joined(asked: Asked) -> set[str]:
    """Columns whose values are not read from the rows themselves."""
    return {"hashtags", "outlets"} if asked.selection else set()


def _from_chosen(asked: Asked, wanted: Wanted) -> str:
    kind, column = wanted
    if asked.selection and kind == "array" and column == "hashtags":
        place = _PLACED[asked.selection.place]
        return f"""select hashtags.display, counted.n, counted.in_post from (
                select hashtag_id, count(*) as n, sum(in_post) as in_post
                from temp.chosen cross join post_hashtags on post_hashtags.post_id = chosen.id{place}
                group by hashtag_id
            ) as counted cross join hashtags on hashtags.id = counted.hashtag_id
            order by counted.n desc, hashtags.display"""  # noqa: S608
    if asked.selection and kind == "array" and column == "outlets":
        return """select outlets.domain, counted.n, null from (
                select outlet_id, count(*) as n
                from temp.chosen cross join post_outlets on post_outlets.post_id = chosen.id
                group by outlet_id
            ) as counted cross join outlets on outlets.id = counted.outlet_id
            order by counted.n desc, outlets.domain"""
    name = escape_sqlite(column)
    if kind == "array":
        return f"""select each.value, count(distinct chosen.id), null from temp.chosen, json_each(chosen.{name}) as each
            where json_valid(chosen.{name}) group by 1 order by 2 desc, 1"""  # noqa: S608
    value = f"date({name})" if kind == "date" else name
    order = _order(wanted)
    return f"select {value}, count(*), null from temp.chosen where {value} is not null group by 1 order by {order}"  # noqa: S608


def _order(wanted: Wanted) -> str:
    return "1" if wanted[0] == "periods" else "2 desc, 1"


def _most(wanted: Wanted, size: int) -> int:
    return -1 if wanted[0] == "periods" else size + 1


def _run(connection: sqlite3.Connection, limit_ms: int, sql: str, params: Mapping[str, Any], limit: int) -> Counted:
    with sqlite_timelimit(connection, limit_ms):
        try:
            return Counted(connection.execute(f"{sql} limit {limit:d}", params).fetchall())
        except sqlite3.OperationalError as error:
            if not newest.interrupted(error):
                raise
            return Counted(None)
