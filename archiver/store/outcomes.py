"""Another archive as outcomes, in the order of its captures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from archiver.model import Embed, Link, Media, Mention, Page, Post
from archiver.store import _posts
from archiver.store._rows import Row, as_json
from archiver.store.cited import Attempt, Cited, CitedEmbed, CitedNames, CitedRow, CitedRun, Item, Outlet, RunKey
from archiver.told import Relation, Told

__all__ = ["DERIVED", "LOCAL", "MERGED", "count", "outcomes"]

# Every table of an archive is one of these: a new one is read here, or made anew from the others, or stays where it is.
MERGED = frozenset(
    "runs outlets pages captures authors posts embeds hashtags post_hashtags page_hashtags mentions links media "
    "prose_mentions answers post_relations checks recoveries redactions settings files_read".split()
)
DERIVED = frozenset("variants post_outlets post_stats hashtag_stats hashtag_spellings posts_to_index".split())
LOCAL = frozenset(("check_queue",))  # whom a round under way is still to ask: the next round here asks them

_PAGE = 200  # rows that are read at a time
_REFERRING = ("id", "run_id", "page_id", "post_id", "capture_id")


def count(other: sqlite3.Connection) -> int:
    """How many attempts an archive holds."""
    (found,) = other.execute("select count(*) from captures").fetchone()
    return int(found)


def outcomes(other: sqlite3.Connection, into: sqlite3.Connection) -> Iterator[Item]:
    """All that an archive holds, so that `store.save` makes the same of it: what it refuses, runs, attempts, the rest.

    An attempt brings what its page knows, and those embeds that it showed first or last. Little of it is in memory.
    Columns that the archive to merge `into` does not have are left out.
    """
    keys: dict[object, RunKey] = {}
    yield from _loose(other, into, "redactions", keys)
    for run in _rows(other, f"select {_columns(into, 'runs')} from runs order by id"):  # noqa: S608  our own names
        keys[run["id"]] = RunKey(*(str(run.pop(name)) for name in ("command", "argv", "version", "started_at")))
        resumes, merged_by = (keys.get(run.pop(name)) for name in ("resumes", "merged_by"))
        yield CitedRun(keys[run.pop("id")], tuple(run.items()), resumes, merged_by)
    captures = _columns(into, "captures")
    for capture in _paged(other, "captures", captures):
        yield _attempted(other, capture, keys, captures)
    for author in _paged(other, "authors"):
        post = Post(str(author["platform"]), **_text(author, handle="handle", author_name="name", author_url="url"))
        yield CitedNames(accounts=(post,))
    for outlet in _paged(other, "outlets"):
        yield CitedNames(outlets=(Outlet(str(outlet["domain"]), **_text(outlet, name="name")),))
    for table in ("checks", "recoveries", "files_read"):
        yield from _loose(other, into, table, keys)


def _loose(
    other: sqlite3.Connection, into: sqlite3.Connection, table: str, keys: dict[object, RunKey]
) -> Iterator[CitedRow]:
    """The rows of a table to which no other refers."""
    posts, captures = "select key from posts where id = ?", _columns(into, "captures")
    for row in _paged(other, table, _columns(into, table)):
        run, post, capture = (row.get(name) for name in ("run_id", "post_id", "capture_id"))
        key = str(other.execute(posts, (post,)).fetchone()[0]) if post is not None else None
        found = _rows(other, f"select {captures} from captures where id = ?", capture)  # noqa: S608
        attempt = next((_attempt(other, each, keys) for each in found), None)
        told = tuple((name, value) for name, value in row.items() if name not in _REFERRING)
        yield CitedRow(table, told, None if run is None else keys[run], key, attempt)


def _attempted(other: sqlite3.Connection, capture: Row, keys: dict[object, RunKey], captures: str) -> Cited:
    attempt = _attempt(other, capture, keys)
    if capture["page_id"] is None:
        answers = list(_rows(other, _ANSWERS, capture["id"]))
        return Cited(attempt, told=tuple(map(_told, answers)), wanted=tuple(_of_no_page(other, answers)))
    (row,) = _rows(other, _PAGES, capture["page_id"])
    first = other.execute("select min(id) from captures where page_id = ?", (capture["page_id"],)).fetchone()
    page = _page(other, row, whole=first == (capture["id"],))
    embeds = []
    for embed in _rows(other, _EMBEDS, {"capture": capture["id"], "page": capture["page_id"]}):
        (own,) = _rows(other, _POSTS, embed["post_id"])
        cited = _embed(other, embed, own)
        if embed["first_capture_id"] != capture["id"]:
            sql = f"select {captures} from captures where id = ?"  # noqa: S608
            (before,) = _rows(other, sql, embed["first_capture_id"])
            cited = replace(cited, first=_attempt(other, before, keys))
        embeds.append(cited)
    return Cited(attempt, page, tuple(embeds))


def _of_no_page(other: sqlite3.Connection, answers: list[Row]) -> Iterator[str]:
    """The keys of the posts told of that are there, though no page embeds them."""
    sql = "select not exists (select 1 from embeds where post_id = ?)"
    for row in answers:
        if row["post_id"] is not None and other.execute(sql, (row["post_id"],)).fetchone() == (1,):
            yield str(row["key"])


def _attempt(other: sqlite3.Connection, capture: Row, keys: dict[object, RunKey]) -> Attempt:
    told = {name: value for name, value in capture.items() if name not in _REFERRING}
    sql = f"""select count(*) from captures where target = ? and run_id = ? and id < ?
        and ({", ".join(told)}) is ({", ".join("?" * len(told))})"""  # noqa: S608
    given = (capture["target"], capture["run_id"], capture["id"], *told.values())
    (twin,) = other.execute(sql, given).fetchone()
    return Attempt(keys[capture["run_id"]], tuple(told.items()), twin)


def _page(other: sqlite3.Connection, row: Row, *, whole: bool) -> Page:
    """A page with what it knows of itself; where it is `whole`, with the hashtags and mentions in its own words."""
    told = _text(row, **{name: name for name in _OF_PAGE})
    page = Page(**told, keywords=tuple(_listed(row["keywords"])))
    page = replace(page, published_at=_moment(row["published_at"]), modified_at=_moment(row["modified_at"]))
    if not whole:
        return page
    tags = other.execute("select spelling from page_hashtags where page_id = ? order by hashtag_id", (row["id"],))
    said = _rows(other, "select * from prose_mentions where page_id = ? order by id", row["id"])
    mentions = (Mention(**_text(m, **{name: name for name in Mention.__slots__})) for m in said)
    return replace(page, hashtags=tuple(tag for (tag,) in tags), mentions=tuple(mentions))


def _embed(other: sqlite3.Connection, row: Row, own: Row) -> CitedEmbed:
    """An embed with its post: as the page shows it, and as the archive knows it."""
    key = str(own["key"])
    known: Post | None = _known(other, own)
    shown = Post(str(own["platform"]), **_text(own, platform_id="platform_id", permalink="permalink"))
    if row["identified_by"] == "text":
        shown = replace(shown, platform_id=None, permalink=None)
        if row["text_key"] is not None:
            key, shown = str(row["text_key"]), _posts.from_told(str(row["told"]))
            known = known if key == own["key"] else None
    elif row["identified_by"] == "permalink":
        shown = replace(shown, platform_id=None)
    shown = replace(shown, **_text(row, **{name: name for name in _OF_EMBED}))
    embed = Embed(
        shown,
        str(row["shape"]),
        int(str(row["position"])),
        int(str(row["occurrence"])),
        context_hashtags=tuple(_listed(row["context_hashtags"])),
        flags=tuple(_listed(row["flags"])),
        **_text(row, context_before="context_before", context_after="context_after", heading="heading", html="html"),
    )
    around: tuple[str, ...] = ()
    if known is not None:
        sql = "select spelling from post_hashtags where post_id = ? and in_context and not in_post order by hashtag_id"
        around = tuple(tag for (tag,) in other.execute(sql, (own["id"],)))
    return CitedEmbed(embed, key, None if row["text_key"] is None else str(row["text_key"]), known, around)


def _known(other: sqlite3.Connection, row: Row) -> Post:
    """A post as all pages of an archive tell it, and what platforms answered."""
    tags = "select spelling from post_hashtags where post_id = ? and in_post order by hashtag_id"
    handles = "select handle from mentions where post_id = ? order by id"
    links = "select short, display, expanded from links where post_id = ? order by id"
    media = "select kind, url, alt from media where post_id = ? order by id"
    told = _text(row, **{name: name for name in _OF_POST})
    if not row["author_signed"]:
        told["author_name"] = None
    return Post(
        **told,
        posted_at=_moment(row["posted_at"]),
        hashtags=tuple(tag for (tag,) in other.execute(tags, (row["id"],))),
        mentions=tuple(handle for (handle,) in other.execute(handles, (row["id"],))),
        links=tuple(Link(*each) for each in other.execute(links, (row["id"],))),
        media=tuple(Media(*each) for each in other.execute(media, (row["id"],))),
    )


def _told(row: Row) -> Told:
    """What an answer told of a post."""
    told = _text(row, text="text", lang="lang", handle="handle", author_name="author_name")
    return Told(
        replace(_posts.from_told(str(row["told"])), **told),
        str(row["endpoint"]),
        counts=tuple(json.loads(str(row["counts"])).items()),
        relations=tuple(_relation(each) for each in json.loads(str(row["relations"]))),
        is_truncated=bool(row["is_truncated"]),
        edited_at=_moment(row["edited_at"]),
        **_text(row, user_id="user_id"),
    )


def _relation(told: Row) -> Relation:
    return Relation(str(told["kind"]), replace(_posts.from_told(as_json(told["post"])), **_text(told, handle="handle")))


def _columns(into: sqlite3.Connection, table: str) -> str:
    return ", ".join(name for _, name, *_ in into.execute(f"pragma table_info({table})"))


def _paged(other: sqlite3.Connection, table: str, columns: str = "*") -> Iterator[Row]:
    """All rows of a table by id, a few at a time, so that other queries may run between them."""
    at = -1
    while rows := list(_rows(other, f"select {columns} from {table} where id > ? order by id limit {_PAGE}", at)):  # noqa: S608
        yield from rows
        at = int(str(rows[-1]["id"]))


def _rows(other: sqlite3.Connection, sql: str, *given: Any) -> Iterator[Row]:
    cursor = other.execute(sql, given[0] if given and isinstance(given[0], dict) else given)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def _text(row: Row, **columns: str) -> dict[str, Any]:
    """Values of columns by the names of fields."""
    return {field: row[column] for field, column in columns.items()}


def _listed(told: object) -> list[str]:
    return json.loads(told) if isinstance(told, str) else []


def _moment(told: object) -> datetime | None:
    return datetime.fromisoformat(str(told)) if told is not None else None


_OF_PAGE = tuple(
    "url url_source outlet site_name title byline description section published_source published_precision lang".split()
)
_OF_EMBED = tuple("text lang handle url_handle author_name date_shown".split())
_OF_POST = tuple(
    "platform platform_id permalink handle author_name author_url text lang time_source time_precision".split()
)
_PAGES = """select pages.*, outlets.domain as outlet, outlets.name as site_name
    from pages left join outlets on outlets.id = pages.outlet_id where pages.id = ?"""
_POSTS = """select posts.*, authors.handle, authors.name as author_name, authors.url as author_url
    from posts left join authors on authors.id = posts.author_id where posts.id = ?"""
_EMBEDS = """select * from embeds where page_id = :page and id in (
        select id from embeds where first_capture_id = :capture
        union select id from embeds where last_capture_id = :capture
    ) order by occurrence, position, id"""
_ANSWERS = "select * from answers where capture_id = ? order by id"
