"""Posts to rows: one row a post, enriched, never erased."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from archiver.clocks import between, uploaded
from archiver.model import Link, Media, Page, Post, utc
from archiver.store import _hashtags
from archiver.store._rows import Row, as_json, clean, fetch, insert, update
from archiver.told import TIME_SOURCE

__all__ = ["as_told", "author", "from_told", "key", "richer", "save", "settle"]

_EPOCH_2000 = 946684800
_SLOTS = 64  # ids to a second
_UNDATED = 6 * 365 * 86400 * _SLOTS  # ids below this (before 2006) are for posts of unknown time
_COLUMNS = ("text", "lang", "handle", "url_handle", "author_name", "date_shown")  # of a post, that an embed keeps
_SURE = ("id_snowflake", TIME_SOURCE)  # by what a time is best known
_PRECISIONS = ("millisecond", "second", "minute", "day")


def key(page: Page, post: Post) -> str:
    """The key by which a page tells a post: its natural key, else one of what this page shows of it."""
    told = (page.url, post.handle, post.author_name, post.date_shown, post.text)
    return post.key or f"{post.platform}:page-{_digest(as_json(told))}"


def save(c: sqlite3.Connection, key: str, post: Post, *, by_text: bool | None = None) -> tuple[int, bool]:
    """The id of the post that a page tells by a key, and whether it is new here.

    A sighting without an id, of a text that one post with an id is known for, is that post, and adds nothing to it.
    `by_text` says whether the key is that of a text, where the post cannot tell.
    """
    known = fetch(c, "select * from posts where key = ?", key)
    is_text = key == post.text_key if by_text is None else by_text
    if known is None and is_text and len(told := _claimants(c, key)) == 1:
        author(c, post)
        return told[0], False
    return _store(c, key, known, post), known is None


def settle(c: sqlite3.Connection, text_key: str) -> set[int]:
    """Gives embeds that are known by their text alone to the one post whose id some page tells for that text.

    Where no post claims the text, or more than one does, they belong to a post without id. What comes out depends on
    the embeds that are stored, not on the order in which they came. The ids of posts that are no more come back.
    """
    sql = "select distinct post_id from embeds where text_key = ? and identified_by = 'text'"
    homes = {post_id for (post_id,) in c.execute(sql, (text_key,))}
    if not homes:
        return set()
    told = _claimants(c, text_key)
    own = fetch(c, "select id, author_id from posts where key = ?", text_key) or {"id": 0}
    home = told[0] if len(told) == 1 else _apart(c, text_key, int(str(own["id"])))
    left = homes - {home}
    if not left:
        return set()
    c.execute("update embeds set post_id = ? where text_key = ? and identified_by = 'text'", (home, text_key))
    for post_id in (home, *sorted(left)):
        _hashtags.regather(c, post_id)
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    if own["id"] in (0, home):
        return set()
    _touch_author(c, own["author_id"])
    for table in ("post_hashtags", "mentions", "links", "media", "variants"):
        c.execute(f"delete from {table} where post_id = ?", (own["id"],))  # noqa: S608
    c.execute("delete from posts where id = ?", (own["id"],))
    return {int(str(own["id"]))}


def as_told(post: Post) -> str:
    """What a page tells of a post, as JSON, without what its embed keeps in columns."""
    told = {name: value for name, value in asdict(post).items() if value and name not in _COLUMNS}
    return as_json(told | ({"posted_at": post.posted_at.isoformat()} if post.posted_at else {}))


def richer(known: object, told: object) -> object:
    """Of two texts the whole one, then the longer, then the one first in the alphabet; whichever there is."""
    if not isinstance(known, str) or not isinstance(told, str):
        return known if told is None else told
    return min(known, told, key=lambda value: ("\ufffd" in value, -len(value), value))


def _store(c: sqlite3.Connection, key: str, known: Row | None, post: Post) -> int:
    """Adds what is told of a post to the row that is known, or makes it; its id."""
    author_id = author(c, post)
    values: Row = {
        "author_id": author_id,
        "author_signed": int(author_id is not None and post.author_name is not None),
        "text": post.text,
        "permalink": post.permalink,
        "lang": post.lang,
        "posted_at": utc(post.posted_at) if post.posted_at else None,
        "posted_year": post.posted_at.year if post.posted_at else None,
        "time_source": post.time_source,
        "time_precision": post.time_precision,
    }
    if known is None:
        post_id = _free_id(c, key, post.posted_at, whole_day=post.time_precision == "day")
        own = {"id": post_id, "key": key, "platform": post.platform, "platform_id": post.platform_id}
        insert(c, "posts", own | values | _between(post))
    else:
        post_id = int(str(known["id"]))
        _touch_author(c, known["author_id"])
        update(c, "posts", known, _enriched(c, known, values))
    _parts(c, post_id, post)
    return post_id


def _between(post: Post) -> Row:
    """Between which times an old tweet was written, whose id holds no clock; nothing for any other post."""
    known = between(post.platform_id) if post.platform == "twitter" and post.platform_id else None
    return {"posted_after": utc(known[0]), "posted_before": utc(known[1])} if known else {}


def _enriched(c: sqlite3.Connection, known: Row, told: Row) -> Row:
    """What is told added to what is known, so that the order in which pages are saved makes no difference."""
    better: Row = {name: richer(known[name], told[name]) for name in ("text", "permalink", "lang")}
    if told["author_id"] not in (None, known["author_id"]) or told["author_signed"]:
        best = min(known, told, key=lambda row: _claim(c, row))
        better |= {name: best[name] for name in ("author_id", "author_signed")}
    if _moment(told) < _moment(known):
        better |= {name: told[name] for name in ("posted_at", "posted_year", "time_source", "time_precision")}
    return better


def _claim(c: sqlite3.Connection, row: Row) -> tuple[bool, bool, str]:
    """The order of claims to a post: a signature goes before a URL, of two alike the handle first in the alphabet."""
    author = fetch(c, "select handle_key from authors where id = ?", row["author_id"])
    return author is None, not row["author_signed"], str(author and author["handle_key"])


def _moment(row: Row) -> tuple[bool, int, int, str, str]:
    """The order of times of a post: the platform's clock first, then its own word, then the finer, then the earlier."""
    source, precision = row["time_source"], row["time_precision"]
    rank = _SURE.index(source) if source in _SURE else len(_SURE)
    fineness = _PRECISIONS.index(precision) if precision in _PRECISIONS else len(_PRECISIONS)
    return row["posted_at"] is None, rank, fineness, str(row["posted_at"]), str(source)


def author(c: sqlite3.Connection, post: Post) -> int | None:
    """The id of the account that a post names, which is made, or told what it does not know yet."""
    if not post.handle:
        return None
    own: Row = {"platform": post.platform, "handle_key": post.handle.casefold()}
    told: Row = {"handle": post.handle, "name": post.author_name, "url": post.author_url}
    known = fetch(c, "select * from authors where platform = ? and handle_key = ?", *own.values())
    if known is None:
        return insert(c, "authors", own | told)
    update(c, "authors", known, {name: richer(known[name], value) for name, value in told.items()})
    return int(str(known["id"]))


def _touch_author(c: sqlite3.Connection, author_id: object) -> None:
    if author_id is not None:
        c.execute("insert or ignore into touched_authors values (?)", (author_id,))


def _parts(c: sqlite3.Connection, post_id: int, post: Post) -> None:
    for tag in post.hashtags:
        _hashtags.in_post(c, post_id, tag)
    for handle in post.mentions:
        sql = """insert into mentions (post_id, handle, handle_key) values (?, ?, ?)
            on conflict do update set handle = excluded.handle where excluded.handle < handle"""
        c.execute(sql, (post_id, clean(handle), clean(handle.casefold())))
    for link in post.links:
        sql = "insert or ignore into links (post_id, short, display, expanded) values (?, ?, ?, ?)"
        c.execute(sql, (post_id, clean(link.short), clean(link.display), clean(link.expanded)))
    for media in post.media:
        told: Row = {"kind": media.kind, "alt": media.alt}
        known = fetch(c, "select * from media where post_id = ? and url = ?", post_id, media.url)
        if known is None:
            at = uploaded(media.url)
            own: Row = {"post_id": post_id, "url": media.url, "uploaded_at": utc(at) if at else None}
            insert(c, "media", own | told)
        else:
            update(c, "media", known, {name: richer(known[name], value) for name, value in told.items()})


def _claimants(c: sqlite3.Connection, text_key: str) -> list[int]:
    """The posts with an id that some page shows with this text: at most two, for more makes no difference."""
    sql = "select distinct post_id from embeds where text_key = ? and identified_by <> 'text' limit 2"
    return [post_id for (post_id,) in c.execute(sql, (text_key,))]


def _apart(c: sqlite3.Connection, text_key: str, own: int) -> int:
    """The post without id (0: not made yet) for embeds that no single post claims, with what they tell; its id."""
    sql = f"select told, {', '.join(_COLUMNS)} from embeds where text_key = ? and told <> '' and post_id <> ?"  # noqa: S608
    for told, *columns in c.execute(sql, (text_key, own)).fetchall():
        post = replace(from_told(told), **dict(zip(_COLUMNS, columns, strict=True)))
        own = _store(c, text_key, fetch(c, "select * from posts where key = ?", text_key), post)
    return own


def from_told(told: str) -> Post:
    """The post of which `as_told` made this JSON, without what an embed keeps in columns."""
    fields: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in json.loads(told).items()}
    if "posted_at" in fields:
        fields["posted_at"] = datetime.fromisoformat(fields["posted_at"])
    for name, read in (("links", Link), ("media", Media)):
        fields[name] = tuple(read(**each) for each in fields.get(name, ()))
    return Post(**fields)


def _free_id(c: sqlite3.Connection, key: str, posted_at: datetime | None, *, whole_day: bool) -> int:
    """An id that sorts by time: the posts of a day are spread over it, those of unknown time stand below all others."""
    spread = int(_digest(key), 16)
    if posted_at is None:
        wanted = 1 + spread % (_UNDATED - 1)
    else:
        seconds = int(posted_at.timestamp()) - _EPOCH_2000 + (spread // _SLOTS % 86400 if whole_day else 0)
        wanted = max(seconds * _SLOTS + spread % _SLOTS, _UNDATED)
    while c.execute("select 1 from posts where id = ?", (wanted,)).fetchone():
        wanted += 1
    return wanted


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
