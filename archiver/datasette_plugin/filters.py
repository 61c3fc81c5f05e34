"""Filters of posts that combine, and their words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.filters import FilterArguments
from datasette.filters import Filters as ColumnFilters
from datasette.utils.asgi import BadRequest, Request

__all__ = ["COPIED", "HIDDEN", "Part", "Selection", "conditions", "folded"]
__all__ += ["is_archive", "naming", "parts", "selection", "where"]

# Columns of posts that post_hashtags and post_outlets repeat, and of which all but the author make post_stats.
COPIED = ("posted_year", "posted_month", "platform", "lang", "author_id")
_INDEXED = {*COPIED, *(f"{name}__exact" for name in COPIED), "hashtags__arraycontains", "outlets__arraycontains"}
_FILTERING = {"_where", "_through", "_fts_table", "_fts_pk", "_searchmode", "_day"}  # beside columns and search
_IN = {
    "post": (" and in_post", "in the post’s own text"),
    "context": (" and in_context and not in_post", "only in the words around an embed"),
}
_MARK = "posts_to_index"  # a table that no other program's database has
# The posts that `archiver honour-deletions` hides, wherever a row tells of one.
HIDDEN = """select id from posts where status is not null
    and status in (select value from json_each((select value from settings where name = 'honour_deletions')))"""
_NAMING = {"posts": ["id"], "posts_fts": ["rowid"], "post_relations": ["post_id", "other_post_id"]}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST = 20  # hashtags, and outlets, of one filter
_TAG = "posts.id in (select post_id from post_hashtags where hashtag_id = ({id}){place}{embedded})"
_ALSO = "exists (select 1 from post_hashtags where hashtag_id = ({id}) and post_id = posts.id{place}{embedded})"
_TAG_ID = "select id from hashtags where tag = :{name}"
_OUTLET = "posts.id in (select post_id from post_outlets where outlet_id = ({id}))"
_ALSO_OUTLET = "exists (select 1 from post_outlets where outlet_id = ({id}) and post_id = posts.id)"
_OUTLET_ID = "select id from outlets where domain = :{name}"
_NOUNS = {"author_id": "account", "posted_year": "year", "posted_month": "month", "lang": "language"}


@dataclass(frozen=True, slots=True)
class Part:
    """One filter in words, and the address of the page without it; None where it cannot be taken away."""

    words: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a request asks of posts; `place` is post, context or "", `columns` are those of COPIED that must be equal.

    `is_indexed` says that it asks nothing else but a search, so that indexes answer; `is_whole` that it asks no search
    either, so that what is counted beforehand answers. `leads_outlet`: of all these the first outlet is the rarest.
    """

    tags: tuple[str, ...]
    outlets: tuple[str, ...]
    place: str
    day: str | None
    columns: tuple[tuple[str, str], ...]
    search: str
    is_indexed: bool
    is_whole: bool
    leads_outlet: bool = False


def selection(request: Request) -> Selection:
    """The filters of a request for posts. Raises BadRequest for a day that is none, and for too many of a kind."""
    pairs = _pairs(request)
    tags = _unique(folded(value) for name, value in pairs if name in ("_hashtag", "hashtags__arraycontains"))
    outlets = _unique(value.strip().lower() for name, value in pairs if name in ("_outlet", "outlets__arraycontains"))
    if max(len(tags), len(outlets)) > _MOST:
        raise BadRequest(f"At most {_MOST} hashtags and {_MOST} outlets at once")
    days = [value for name, value in pairs if name in ("_day", "posted_at__date")]
    columns = {(name.removesuffix("__exact"), value) for name, value in pairs if name.removesuffix("__exact") in COPIED}
    asks_else = any(name not in _INDEXED and (_is_column(name) or name in _FILTERING) for name, _ in pairs)
    asks_else |= any(name.startswith("_search_") or (name == "_search" and not value.strip()) for name, value in pairs)
    place = request.args.get("_in")
    one_each = len({name for name, _ in columns}) == len(columns) and all(value for _, value in columns)
    searches = [value for name, value in pairs if name == "_search"]
    is_indexed = not asks_else and not request.args.get("_links") and one_each and len(searches) < 2
    return Selection(
        tags=tags,
        outlets=outlets,
        place=place if place in _IN else "",
        day=_day(days[-1]) if days else None,
        columns=tuple(sorted(columns)),
        search=searches[0] if searches else "",
        is_indexed=is_indexed,
        is_whole=is_indexed and not searches,
    )


async def is_archive(database: Any) -> bool:
    """Whether a database is an archive of ours, new enough for our queries."""
    return bool(await database.table_exists(_MARK))


async def conditions(datasette: Any, database: str, request: Request, table: str) -> FilterArguments | None:
    """What `where` tells, where the table is one of an archive, and no row of a post that is hidden."""
    found = datasette.get_database(database)
    if not await is_archive(found):
        return None
    told = where(request, table)
    columns = await naming(found, table) if told is None or request.args.get("_links") else []
    clauses = [f"{column} not in ({HIDDEN})" for column in columns]
    if not clauses or not (await found.execute(f"select exists ({HIDDEN})")).first()[0]:
        return told
    if told is None:
        return FilterArguments([f"({column} is null or {clauses[at]})" for at, column in enumerate(columns)])
    told.where_clauses += clauses
    return told


async def naming(database: Any, table: str) -> list[str]:
    """The columns of a table that name a post."""
    return _NAMING.get(table) or [name for name in await database.table_columns(table) if name == "post_id"]


def where(request: Request, table: str) -> FilterArguments | None:
    """The conditions that a request sets to posts, beside those that Datasette knows; None for other tables.

    The first hashtag, or else outlet, is looked up in its index; each further one is asked of the posts found so.
    """
    if table != "posts":
        return None
    asked, has_links = selection(request), bool(request.args.get("_links"))
    embedded = "" if has_links else " and is_embedded"
    place = _IN[asked.place][0] if asked.place else ""
    clauses, params = [] if has_links else ["posts.n_embeds > 0"], dict[str, Any]()
    for at, tag in enumerate(asked.tags):
        params[f"_tag{at}"] = tag
        sql = _ALSO if len(clauses) > (not has_links) else _TAG
        clauses.append(sql.format(id=_TAG_ID.format(name=f"_tag{at}"), place=place, embedded=embedded))
    for at, outlet in enumerate(asked.outlets):
        params[f"_outlet{at}"] = outlet
        sql = _ALSO_OUTLET if len(clauses) > (not has_links) else _OUTLET
        clauses.append(sql.format(id=_OUTLET_ID.format(name=f"_outlet{at}")))
    if asked.day:
        params |= {"_day": asked.day, "_day_after": (date.fromisoformat(asked.day) + timedelta(days=1)).isoformat()}
        clauses.append("posts.posted_at >= :_day and posts.posted_at < :_day_after")
    words = [part.words for part in parts(request, only_ours=True)]
    return FilterArguments(clauses, params, words, {"filter_parts": parts(request)})


def parts(request: Request, *, only_ours: bool = False) -> list[Part]:
    """Each filter of a request in words, and the address without it; `only_ours`: less those that Datasette tells."""
    pairs, found = _pairs(request), list[Part]()
    place = _IN[request.args["_in"]][1] if request.args.get("_in") in _IN else None
    for at, (name, value) in enumerate(pairs):
        words = _words(name, value, place)
        if name in ("_hashtag", "_outlet", "_day", "_links") or not only_ours:
            found += [Part(words, _without(request, pairs, at))] if words else []
    if place and not only_ours and any(name in ("_hashtag", "hashtags__arraycontains") for name, _ in pairs):
        found.append(
            Part(f"hashtags {place}", _without(request, pairs, next(i for i, p in enumerate(pairs) if p[0] == "_in")))
        )
    if only_ours and not request.args.get("_links"):
        found.insert(0, Part("embedded in a page (_links=1: also others)", None))
    return found


def _words(name: str, value: str, place: str | None) -> str | None:
    match name:
        case "_hashtag" | "hashtags__arraycontains":
            return f"hashtag #{value.removeprefix('#')}" + (f" {place}" if place else "")
        case "_outlet" | "outlets__arraycontains":
            return f"outlet {value}"
        case "_day" | "posted_at__date":
            return f"posted on {value}"
        case "_links":
            return "also posts that no page embeds" if value else None
        case "_search":
            return f"with the words “{value}”" if value else None
        case "_where":
            return f"where {value}"
    if not _is_column(name):
        return None
    column, _, lookup = name.rpartition("__") if "__" in name else (name, "", "exact")
    if lookup == "exact":
        return f"{_NOUNS.get(column, column)} {value}"
    kind = ColumnFilters._filters_by_key.get(lookup)
    return str(kind.human_clause(column, value)) if kind else None


def _without(request: Request, pairs: Sequence[tuple[str, str]], at: int) -> str:
    """The path of a request without one of its arguments, and from the first page."""
    kept = [pair for i, pair in enumerate(pairs) if i != at and pair[0] != "_next"]
    return str(request.path) + (f"?{urlencode(kept)}" if kept else "")


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _pairs(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.query_string, keep_blank_values=True)


def _is_column(name: str) -> bool:
    return not name.startswith("_") or "__" in name


def folded(tag: str) -> str:
    """A hashtag as hashtags.tag has it, for any spelling of it."""
    tag = unicodedata.normalize("NFKC", tag.strip().lstrip("#＃")).casefold()
    return unicodedata.normalize("NFKC", tag)


def _day(told: str) -> str:
    try:
        return (
            date.fromisoformat(told).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", told, re.ASCII) else _no_day(told)
        )
    except ValueError:
        return _no_day(told)


def _no_day(told: str) -> str:
    raise BadRequest(f"{told!r} is no day (YYYY-MM-DD)")
