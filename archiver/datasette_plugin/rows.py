"""Datasette's pages of tables, quick and without losing a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils import escape_sqlite, tilde_decode, urlsafe_components
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError
from datasette.views.row import RowView
from datasette.views.table import TableView

from archiver.datasette_plugin import counting, facets, filters, matching, newest

__all__ = ["ROUTES", "row", "view"]

_REWRITTEN = {"hashtags__arraycontains": "_hashtag", "outlets__arraycontains": "_outlet", "posted_at__date": "_day"}
_ORDER = re.compile(r"order by (\w+|\[[^\]]+\])( desc)?(?=,| limit \d+$)")
# Where a page begins, as Datasette writes it: behind a value, or beside it and behind an id.
_AFTER = re.compile(r"\((\w+) ([<>]) :(p\d+)(?: or \1 is null)? or \(\1 = :\3 and \(\(\w+ > :p\d+\)\)\)\)")
_LIMIT = re.compile(r" limit (\d+)$")
# A page of the newest posts, from the first or from below an id.
_BY_ID = re.compile(r" where .*?(and id < :(p\d+) )?(order by id desc(?:, id)? limit \d+)$", re.DOTALL)
_WHOLE = re.compile(r"[0-9]{1,18}")
_NEWEST_HITS = 2000  # among so many of a search's newest hits a page is sought first
HIDDEN_WORDS = "This post is not shown, for its platform shows it no more (archiver honour-deletions)"
_NOT_NULL = {"n_pages", "n_embeds", "n_posts", "n_posts_in_text"}


async def view(request: Request, datasette: Any) -> Any:
    """A table's page: Datasette's own, asked in another way."""
    request.scope[facets.KEPT] = {}  # shared by the requests that Datasette and we make of this one
    return await _Rows(_Planned(datasette, request)).dispatch_request(request)


async def row(request: Request, datasette: Any) -> Any:
    """A row's page: Datasette's own, but for what tells of a post that is hidden."""
    if await _is_hidden(request, datasette):
        raise DatasetteError(HIDDEN_WORDS, title="Gone", status=410)
    return await RowView(datasette).dispatch_request(request)


async def _is_hidden(request: Request, datasette: Any) -> bool:
    """Whether a row tells of a hidden post; also where that cannot be found out, for no key of ours is so."""
    names = {name: tilde_decode(request.url_vars[name]) for name in ("database", "table")}
    try:
        database = datasette.get_database(route=names["database"])
    except KeyError:
        return False
    if not await filters.is_archive(database):
        return False
    columns = await filters.naming(database, names["table"])
    if not columns:
        return False
    keys, values = await database.primary_keys(names["table"]), urlsafe_components(request.url_vars["pks"])
    found = dict(zip((f"k{at}" for at in range(len(values))), values, strict=True))
    place = " and ".join(f"{escape_sqlite(key)} = :k{at}" for at, key in enumerate(keys or ["rowid"]))
    if len(keys or ["rowid"]) != len(values):
        return False
    hidden = " or ".join(f"{column} in ({filters.HIDDEN})" for column in columns)
    sql = f"select exists (select 1 from {escape_sqlite(names['table'])} where {place} and ({hidden}))"  # noqa: S608
    return bool((await database.execute(sql, found)).first()[0])


ROUTES = [
    (r"^/(?!-/)(?P<database>[^\/\.]+)/(?P<table>[^\/\.]+)(\.(?P<format>\w+))?$", view),
    (r"^/(?!-/)(?P<database>[^\/\.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(\.(?P<format>\w+))?$", row),
]


class _Rows(TableView):  # type: ignore[misc]
    """A page of a table of ours where what the user asks wrongly is answered by 400."""

    async def data(self, request: Request, default_labels: bool = False, **more: Any) -> Any:
        """What Datasette's page has, by queries that indexes answer."""
        try:
            return await super().data(await self._rewritten(request), default_labels, **more)
        except DatasetteError as error:
            if error.status == 500:
                raise DatasetteError(error.message, title="Bad request", status=400) from error
            raise

    async def _rewritten(self, request: Request) -> Request:
        """The request, its filters that Datasette would answer row by row said in the words of ours."""
        table = tilde_decode(request.url_vars["table"])
        pairs = parse_qsl(request.query_string, keep_blank_values=True)
        if table != "posts" or not any(name in _REWRITTEN for name, _ in pairs) or not await self.ds.is_ours():
            return request
        query = urlencode([(_REWRITTEN.get(name, name), value) for name, value in pairs])
        return Request(request.scope | {"query_string": query.encode("latin-1")}, request.receive)


class _Planned:
    """A Datasette whose database, while it makes a page of a table, plans queries as we know the tables."""

    def __init__(self, datasette: Any, request: Request) -> None:
        self._datasette, self._request = datasette, request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._datasette, name)

    def get_database(self, name: str | None = None, route: str | None = None) -> Any:
        """The database, under our plan where it is an archive."""
        found = self._datasette.get_database(name, route) if name or route else self._datasette.get_database()
        return _Database(found, self._request)

    async def is_ours(self) -> bool:
        """Whether the database asked for is an archive."""
        database = self._datasette.get_database(route=tilde_decode(self._request.url_vars["database"]))
        return await filters.is_archive(database)


class _Database:
    def __init__(self, database: Any, request: Request) -> None:
        self._database, self._request = database, request
        self._table = tilde_decode(request.url_vars["table"])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def execute(self, sql: str, params: Mapping[str, Any] | None = None, *args: Any, **more: Any) -> Any:
        """What the database answers, to the same question put better."""
        if not await filters.is_archive(self._database):
            return await self._database.execute(sql, params, *args, **more)
        found = await matching.matching(self._database, self._request) if self._table == "posts" else None
        if self._table == "posts" and sql.startswith("select count(*) from posts "):
            if found:
                return await self._database.execute(f"select {await found.count(self._database):d}")
            if kept := counting.total(filters.selection(self._request)):
                return await self._database.execute(*kept)
        elif f" from {self._table} " in sql and params is not None and (limit := _LIMIT.search(sql)):
            sql = _ordered(sql, await self._database.primary_keys(self._table))
            begun = _BY_ID.search(sql) if found else None
            after = str(params[begun[2]]) if begun and begun[2] else None
            if found and begun and (after is None or _WHOLE.fullmatch(after)):
                below = None if after is None else int(after)
                ids = await found.newest(self._database, int(limit[1]), below)
                sql = " ".join([sql[: begun.start()], "where id in (select value from json_each(:_ids))", begun[3]])
                params = {"_ids": str(ids)}
            elif newest.SEARCH in sql and (fewer := _among_newest(sql)):
                found = await self._database.execute(fewer, params, *args, **more)
                if len(found.rows) >= int(limit[1]):
                    return found
        return await self._database.execute(sql, params, *args, **more)


def _ordered(sql: str, keys: list[str]) -> str:
    """The query with an order without ties, and with the place where the page begins told so that an index finds it."""
    order = _ORDER.search(sql)
    if order and not sql[order.end() :].startswith(","):
        column = order[1].strip("[]")
        rest = [key for key in keys if key != column] if column in keys[:1] else keys
        sql = f"{sql[: order.end()]}{''.join(f', {key}' for key in rest)}{sql[order.end() :]}"

    def after(match: re.Match[str]) -> str:
        if [match[1]] == keys:
            return f"{match[1]} {match[2]} :{match[3]}"
        if match[1] in _NOT_NULL:
            return f"({match[1]} {match[2]}= :{match[3]} and {match[0]})"
        return match[0]

    return _AFTER.sub(after, sql)


def _among_newest(sql: str) -> str | None:
    """A search among its newest hits from where the page begins; None where the order is another."""
    if "order by id desc" not in sql:
        return None
    begun = re.search(r"\bid < :(p\d+)", sql)
    behind = f" and rowid < cast(:{begun[1]} as integer)" if begun else ""
    return sql.replace(newest.SEARCH, f"{newest.SEARCH[:-1]}{behind} order by rowid desc limit {_NEWEST_HITS})", 1)
