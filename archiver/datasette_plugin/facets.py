"""Facets of posts, embeds and pages, counted from indexes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette import facets as stock
from datasette.filters import Filters
from datasette.plugins import pm
from datasette.utils import await_me_maybe
from datasette.utils.asgi import Request

from archiver.datasette_plugin import counting, filters, matching
from archiver.datasette_plugin.counting import Counted, Wanted
from archiver.datasette_plugin.newest import Asked, Chosen

__all__ = ["FACETS", "KEPT", "asked", "periods", "take_over"]

_TABLES = {"posts", "embeds", "pages"}
KEPT = "archiver.facets"  # where a request keeps what was counted, for facets of all types are counted together
_LOOKUPS = {"column": "", "array": "__arraycontains", "date": "__date"}
_SUGGESTED = {
    ("posts", "column"): ("posted_month", "lang", "time_source", "n_pages", "status"),
    ("posts", "date"): ("posted_at",),
    ("embeds", "column"): ("platform", "posted_year", "lang"),
    ("pages", "column"): ("published_year", "published_month", "section"),
}
_OWN = {("array", "hashtags"): "_hashtag", ("array", "outlets"): "_outlet", ("date", "posted_at"): "_day"}


def take_over() -> None:
    """Leaves facets to our classes, which hand what they do not know to Datasette's own."""
    if pm.is_registered(stock):
        pm.unregister(stock)


def periods(request: Request, table: str) -> Counted | None:
    """How many posts of each month, or embeds of each year, a page's filters leave, where its facets counted them."""
    kept: dict[Wanted, Counted] = request.scope.get(KEPT, {})
    return kept.get(counting.PERIODS[table]) if table in counting.PERIODS else None


async def asked(datasette: Any, request: Request, database: str, table: str) -> Asked:
    """The conditions that a request sets to a table's rows, less the place in its pages."""
    told = [
        (key, value)
        for key in request.args
        if not (key.startswith("_") and "__" not in key)
        for value in request.args.getlist(key)
    ]
    clauses, params = Filters(sorted(told)).build_where_clauses(table)
    for hook in pm.hook.filters_from_request(request=request, table=table, database=database, datasette=datasette):
        if found := await await_me_maybe(hook):
            clauses.extend(found.where_clauses)
            params.update(found.params)
    return Asked(table, tuple(clauses), params, filters.selection(request) if table == "posts" else None)


class _Counted:
    """A facet class of Datasette whose facets of our tables are counted together, once a request."""

    type: str
    ds: Any
    request: Request
    database: str
    table: str | None
    metadata: dict[str, Any] | None

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """The facets of this type, and the names of those that took too long."""
        stock_results: tuple[list[dict[str, Any]], list[str]]
        db = self.ds.get_database(self.database)
        if self.table is None or self.table not in _TABLES or not await filters.is_archive(db):
            stock_results = await super().facet_results()  # type: ignore[misc]
            return stock_results
        counted = await self._counted(db, self.table)
        size, results, late = self.get_facet_size(), list[dict[str, Any]](), list[str]()  # type: ignore[attr-defined]
        for each in self.get_configs():  # type: ignore[attr-defined]
            column = each["config"].get("column") or each["config"]["simple"]
            found = counted.get((self.type, column))
            if found is None or found.rows is None:
                late.append(column)
            else:
                results.append(await self._result(column, found, size, is_ours=each["source"] == "metadata"))
        return results, late

    async def suggest(self) -> list[dict[str, Any]]:
        """The facets that may be added; of our tables those known to be of use: to try all columns takes seconds."""
        if self.table not in _TABLES:
            tried: list[dict[str, Any]] = await super().suggest()  # type: ignore[misc]
            return tried
        configs = stock.load_facet_configs(self.request, self.metadata).get(self.type, ())
        shown = {each["config"].get("column") or each["config"].get("simple") for each in configs}
        argument = "_facet" if self.type == "column" else f"_facet_{self.type}"
        pairs = [p for p in parse_qsl(self.request.query_string, keep_blank_values=True) if p[0] != "_next"]
        return [
            {"name": column, "type": self.type, "toggle_url": self._url([*pairs, (argument, column)])}
            for column in _SUGGESTED.get((self.table, self.type), ())
            if column not in shown
        ]

    def _url(self, pairs: list[tuple[str, str]]) -> str:
        path = self.ds.urls.path(f"{self.request.path}?{urlencode(pairs)}" if pairs else self.request.path)
        return str(self.ds.absolute_url(self.request, path))

    async def _counted(self, db: Any, table: str) -> dict[Wanted, Counted]:
        kept: dict[Wanted, Counted] = self.request.scope.setdefault(KEPT, {})
        if not kept:
            columns = set(await db.table_columns(table))
            configs = stock.load_facet_configs(self.request, self.metadata)
            wanted = [
                (kind, column)
                for kind in _LOOKUPS
                for each in configs.get(kind, ())
                if (column := each["config"].get("column") or each["config"].get("simple")) in columns
            ]
            question = await asked(self.ds, self.request, self.database, table)
            if self.request.url_vars.get("format") is None and question.clauses:
                wanted += [counting.PERIODS[table]] if table in counting.PERIODS else []  # for the chart
            if table == "posts" and (found := await matching.matching(db, self.request)):
                chosen = Chosen(found.source, found.id, found.copied, found.table, found.key, found.params, found.ids)
                question = replace(question, chosen=chosen)
            size, limit = self.get_facet_size(), self.ds.setting("facet_time_limit_ms")  # type: ignore[attr-defined]
            unique = list(dict.fromkeys(wanted))
            kept |= await db.execute_fn(lambda connection: counting.counted(connection, question, unique, size, limit))
        return kept

    async def _result(self, column: str, found: Counted, size: int, *, is_ours: bool) -> dict[str, Any]:
        rows = (found.rows or [])[:size]
        labels = await self.ds.expand_foreign_keys(self.database, self.table, column, [row[0] for row in rows])
        own = _OWN.get((self.type, column)) if self.table == "posts" else None
        argument = own or column + (_LOOKUPS[self.type] or ("__exact" if column.startswith("_") else ""))
        pairs = [pair for pair in parse_qsl(self.request.query_string, keep_blank_values=True) if pair[0] != "_next"]
        values = []
        for value, count, in_post in rows:
            same = [p for p in pairs if p[0] == argument and _same(own, p[1], str(value))]
            kept = [p for p in pairs if p not in same] if same else [*pairs, (argument, value)]
            told = {"value": value, "label": labels.get((column, value), value), "count": count, "selected": bool(same)}
            values.append(told | {"toggle_url": self._url(kept)} | ({} if in_post is None else {"in_post": in_post}))
        argument = "_facet" if self.type == "column" else f"_facet_{self.type}"
        return {
            "name": column if found.newest is None else f"{column} (newest {found.newest:,})",
            "column": column,
            "newest": found.newest,
            "type": self.type,
            "hideable": not is_ours,
            "toggle_url": self._url([p for p in pairs if p != (argument, column)]),
            "results": values,
            "truncated": len(found.rows or ()) > size,
        }


class ColumnFacet(_Counted, stock.ColumnFacet):  # type: ignore[misc]
    """Values of a column."""


class DateFacet(_Counted, stock.DateFacet):  # type: ignore[misc]
    """Days of a column of moments."""


class ArrayFacet(_Counted, stock.ArrayFacet):  # type: ignore[misc]
    """Members of a column of JSON arrays."""


FACETS = [ColumnFacet, DateFacet, ArrayFacet]


def _same(own: str | None, told: str, value: str) -> bool:
    if own == "_hashtag":
        return filters.folded(told) == filters.folded(value)
    return told.strip().lower() == value if own == "_outlet" else told == value
