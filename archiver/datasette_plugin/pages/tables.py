"""What we add to Datasette's pages of tables and queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from datasette.utils import path_with_replaced_args
from datasette.utils.asgi import Request

from archiver.datasette_plugin import charts, facets, filters
from archiver.datasette_plugin.charts import Chart
from archiver.datasette_plugin.newest import NEWEST
from archiver.datasette_plugin.pages import _cards, _links, article
from archiver.datasette_plugin.pages._archive import Archive, Row

if TYPE_CHECKING:
    pass

__all__ = ["page_of_row", "query_chart", "vars_of_table"]

_LIMIT_MS = 250
_WITH_CARDS = {"posts", "embeds", "pages"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a table's rows are charted: by which columns, and which argument asks for a bar's, by its length."""

    title: str
    unit: str
    period: str
    day: str | None
    names: Mapping[int, str]


_CHARTS = {
    "posts": _Shape(
        "When the posts were posted",
        "posts",
        "posted_month",
        "substr(posted_at, 1, 10)",
        {4: "posted_year", 7: "posted_month", 10: "_day"},
    ),
    "pages": _Shape(
        "When the articles were published",
        "articles",
        "published_month",
        "substr(published_at, 1, 10)",
        {4: "published_year", 7: "published_month", 10: "published_at__startswith"},
    ),
    "embeds": _Shape("When the embedded posts were posted", "embeds", "posted_year", None, {4: "posted_year"}),
}


def vars_of_table(archive: Archive, request: Request, table: str) -> dict[str, Any]:
    """What our template of a table's page asks for beyond Datasette's context; its functions run where it asks."""
    view = request.args.get("_view") or "cards"
    shown = {"_view": None, "_next": request.args.get("_next")}

    async def cards(rows: Sequence[Any]) -> list[Any] | None:
        if table not in _WITH_CARDS or view != "cards":
            return None
        return await _READERS[table](archive, [row["id"] for row in rows])

    async def chart(query: Mapping[str, Any]) -> Chart | None:
        return await _chart(archive, request, table, query)

    return {
        "archive": archive,
        "has_cards": table in _WITH_CARDS,
        "shown_as": view if table in _WITH_CARDS else "rows",
        "cards_of": cards,
        "chart_of": chart,
        "rows_view": _path(archive, path_with_replaced_args(request, shown | {"_view": "rows"})),
        "cards_view": _path(archive, path_with_replaced_args(request, shown)),
        "filter_parts": [
            replace(part, href=part.href and _path(archive, part.href)) for part in filters.parts(request)
        ],
        "links_href": _path(archive, path_with_replaced_args(request, {"_links": "1", "_next": None}))
        if table == "posts" and not request.args.get("_links")
        else None,
        "share_href": archive.datasette.absolute_url(
            request, _path(archive, path_with_replaced_args(request, {"_next": None}))
        ),
        "first_page": _path(archive, path_with_replaced_args(request, {"_next": None}))
        if request.args.get("_next")
        else None,
    }


def page_of_row(archive: Archive, table: str, row: Row) -> str | None:
    """The address of our page on what a row of a table stands for."""
    match table:
        case "posts":
            return archive.post(row["key"])
        case "pages":
            return archive.path("article", str(row["id"]))
        case "authors":
            return archive.path("author", row["platform"], row["handle"])
        case "outlets":
            return archive.path("outlet", row["domain"])
        case "hashtags":
            return archive.path("hashtag", row["display"])
    return None


def query_chart(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Chart | None:
    """A chart of any query's rows, where their first column holds years, months or days and their second numbers."""
    if len(columns) < 2 or not rows:
        return None
    counts = [(row[0], row[1]) for row in rows]
    if not all((period is None or charts.is_period(period)) and _is_number(number) for period, number in counts):
        return None
    told = [(period, number) for period, number in counts if period is not None]
    return charts.over_time(told, f"{columns[1]} by {columns[0]}", unit=str(columns[1]), unit_of_one=str(columns[1]))


async def _chart(archive: Archive, request: Request, table: str, query: Mapping[str, Any]) -> Chart | None:
    """A chart of all rows that a page's filters leave: as its facets counted them, else by its query's conditions."""
    if table not in _CHARTS:
        return None
    shape = _CHARTS[table]
    where = query["sql"].partition(f" from {table} ")[2].rpartition(" order by ")[0]

    async def counted(column: str, tail: str = "") -> list[tuple[str, int]] | None:
        sql = f"select period, count(*) as n from (select {column} as period from {table} {where} {tail}) group by 1"  # noqa: S608
        rows = await archive.rows(sql, _LIMIT_MS, **query["params"])
        return None if rows is None else [(str(row["period"]), row["n"]) for row in rows if row["period"]]

    kept = facets.periods(request, table)
    newest = kept.newest if kept else None
    told = [(month, n) for month, n, _ in kept.rows if month] if kept and kept.rows is not None else None
    if told is None and not request.args.get("_next"):
        told = await counted(shape.period)
    if told is None and not request.args.get("_next"):
        told, newest = await counted(shape.period, f"order by id desc limit {NEWEST}"), NEWEST
    if told and len(told) == 1 and shape.day and not newest:  # a chart of one month tells its days
        told = await counted(shape.day) or []

    def of(period: str) -> str:
        return _path(archive, path_with_replaced_args(request, {"_next": None, shape.names[len(period)]: period}))

    title = f"{shape.title} (the newest {newest:,})" if newest else shape.title
    return charts.over_time(told or (), title, shape.unit, of)


async def _posts(archive: Archive, ids: Sequence[int]) -> list[Any]:
    return list(await _cards.by_ids(archive, ids))


async def _pages(archive: Archive, ids: Sequence[int]) -> list[Any]:
    rows = await archive.rows(_PAGES, ids=str([int(i) for i in ids])) or []
    by_id = {row["id"]: row | {"href": archive.path("article", str(row["id"]))} for row in rows}
    return [by_id[i] | {"link": _links.outward(by_id[i]["url"])} for i in ids if i in by_id]


async def _embeds(archive: Archive, ids: Sequence[int]) -> list[Any]:
    rows = {row["embed_id"]: row for row in await archive.rows(_EMBEDS, ids=str([int(i) for i in ids])) or ()}
    cards = {card.id: card for card in await _cards.by_ids(archive, [row["post_id"] for row in rows.values()])}
    found = [rows[i] for i in ids if i in rows]
    return [article.embed(archive, row) | {"card": cards.get(row["post_id"])} for row in found]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _path(archive: Archive, path: str) -> str:
    return str(archive.datasette.urls.path(path))


_READERS = {"posts": _posts, "pages": _pages, "embeds": _embeds}
_PAGES = """select pages.id, title, url, published_at, pages.n_embeds, description, byline, pages.hashtags, domain
    from pages left join outlets on outlets.id = pages.outlet_id
    where pages.id in (select value from json_each(:ids))"""
_EMBEDS = f"""select {article.EMBED} where embeds.id in (select value from json_each(:ids))"""  # noqa: S608
