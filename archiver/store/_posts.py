"""Posts to rows: one row a post, enriched, never erased."""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import datetime

from archiver.model import Embed, Page, Post, utc
from archiver.store import _hashtags
from archiver.store._rows import Row, as_json, clean, fetch, insert, update

__all__ = ["richer", "save", "settle"]

_EPOCH_2000 = 946684800
_SLOTS = 64  # ids to a second
_UNDATED = 6 * 365 * 86400 * _SLOTS  # ids below this (before 2006) are for posts of unknown time


def save(c: sqlite3.Connection, page: Page, embed: Embed) -> tuple[int, bool]:
    """The id of an embed's post, and whether it is new here.

    A sighting without an id, of a text that one post with an id is known for, is that post, and adds nothing to it.
    """
    post = embed.post
    key = post.key or _key_of_unknown(page, post)
    known = fetch(c, "select * from posts where key = ?", key)
    if known is None and key == post.text_key and len(told := _claimants(c, key)) == 1:
        return told[0], False
    author_id = _author(c, post)
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
        insert(c, "posts", own | values)
    else:
        post_id = int(str(known["id"]))
        update(c, "posts", known, _enriched(known, values))
    _parts(c, post_id, post)
    return post_id, known is None


def settle(c: sqlite3.Connection, text_key: str) -> None:
    """Gives embeds that are known by their text alone to the one post whose id some page tells for that text.

    Where no post claims the text, or more than one does, they belong to a post without id. What comes out depends on
    the embeds that are stored, not on the order in which they came.
    """
    sql = "select id, post_id from embeds where text_key = ? and identified_by = 'text' order by id"
    by_text = c.execute(sql, (text_key,)).fetchall()
    if not by_text:
        return
    told = _claimants(c, text_key)
    own = c.execute("select id from posts where key = ?", (text_key,)).fetchone()
    home = told[0] if len(told) == 1 else own[0] if own else _split(c, text_key, by_text[0][0])
    left = {post_id for _, post_id in by_text} - {home}
    if not left:
        return
    for embed_id, post_id in by_text:
        if post_id != home:
            _move(c, embed_id, home)
    for post_id in (home, *sorted(left)):
        _hashtags.regather(c, post_id)
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    if own and home != own[0]:
        for table in ("post_hashtags", "mentions", "links", "media"):
            c.execute(f"delete from {table} where post_id = ?", own)  # noqa: S608
        c.execute("delete from posts where id = ?", own)


def richer(known: object, told: object) -> object:
    """The longer of two texts; of two as long the one first in the alphabet; whichever there is."""
    if not isinstance(known, str) or not isinstance(told, str):
        return known if told is None else told
    return min(known, told, key=lambda value: (-len(value), value))


def _enriched(known: Row, told: Row) -> Row:
    """What is told added to what is known, so that the order in which pages are saved makes no difference."""
    better: Row = {name: richer(known[name], told[name]) for name in ("text", "permalink", "lang")}
    if told["author_id"] is not None and _claim(told) < _claim(known):
        better |= {name: told[name] for name in ("author_id", "author_signed")}
    if known["posted_at"] is None:
        better |= {name: told[name] for name in ("posted_at", "posted_year", "time_source", "time_precision")}
    return better


def _claim(row: Row) -> tuple[bool, bool, int]:
    """The order of claims to a post: a signature goes before a URL, the account known longer before the other."""
    author_id = row["author_id"]
    return author_id is None, not row["author_signed"], author_id if isinstance(author_id, int) else 0


def _author(c: sqlite3.Connection, post: Post) -> int | None:
    if not post.handle:
        return None
    own: Row = {"platform": post.platform, "handle_key": post.handle.casefold()}
    told: Row = {"handle": post.handle, "name": post.author_name, "url": post.author_url}
    known = fetch(c, "select * from authors where platform = ? and handle_key = ?", *own.values())
    if known is None:
        return insert(c, "authors", own | told)
    update(c, "authors", known, {name: richer(known[name], value) for name, value in told.items()})
    return int(str(known["id"]))


def _parts(c: sqlite3.Connection, post_id: int, post: Post) -> None:
    for tag in post.hashtags:
        _hashtags.in_post(c, post_id, tag)
    for handle in post.mentions:
        sql = "insert or ignore into mentions (post_id, handle, handle_key) values (?, ?, ?)"
        c.execute(sql, (post_id, clean(handle), clean(handle.casefold())))
    for link in post.links:
        sql = "insert or ignore into links (post_id, short, display, expanded) values (?, ?, ?, ?)"
        c.execute(sql, (post_id, clean(link.short), clean(link.display), clean(link.expanded)))
    for media in post.media:
        sql = "insert or ignore into media (post_id, kind, url, alt) values (?, ?, ?, ?)"
        c.execute(sql, (post_id, media.kind, clean(media.url), clean(media.alt)))


def _claimants(c: sqlite3.Connection, text_key: str) -> list[int]:
    """The posts with an id that some page shows with this text: at most two, for more makes no difference."""
    sql = "select distinct post_id from embeds where text_key = ? and identified_by <> 'text' limit 2"
    return [post_id for (post_id,) in c.execute(sql, (text_key,))]


def _move(c: sqlite3.Connection, embed_id: int, home: int) -> None:
    """Gives an embed to another post; where the same page embeds that post already, the two are one."""
    sql = """select there.id, there.first_capture_id, here.first_capture_id as earlier from embeds as here
        join embeds as there using (page_id, occurrence) where here.id = ? and there.post_id = ?"""
    there = fetch(c, sql, embed_id, home)
    if there is None:
        c.execute("update embeds set post_id = ? where id = ?", (home, embed_id))
        return
    first = min(int(str(there["first_capture_id"])), int(str(there["earlier"])))
    update(c, "embeds", there, {"first_capture_id": first})
    c.execute("delete from embeds where id = ?", (embed_id,))


def _split(c: sqlite3.Connection, text_key: str, embed_id: int) -> int:
    """Makes the post without id for embeds that a second post now claims; its id."""
    sql = """select posts.*, embeds.text as shown from embeds join posts on posts.id = embeds.post_id
        where embeds.id = ?"""
    known = fetch(c, sql, embed_id) or {}
    day = f"{known['posted_at'][:10]}T00:00:00Z" if isinstance(known["posted_at"], str) else None
    kept = (
        "author_id",
        "author_signed",
        "platform",
        "posted_year",
        "hashtags",
        "context_hashtags",
        "outlets",
    )
    post_id = _free_id(c, text_key, datetime.fromisoformat(day) if day else None, whole_day=True)
    own: Row = {"id": post_id, "key": text_key, "text": known["shown"], "posted_at": day}
    dated: Row = {"time_source": "embed_text_utc_day", "time_precision": "day"} if day else {}
    insert(c, "posts", own | dated | {name: known[name] for name in kept})
    for table, columns in (
        ("mentions", "handle, handle_key"),
        ("links", "short, display, expanded"),
        ("media", "kind, url, alt"),
        ("post_hashtags", "hashtag_id, in_post, spelling"),
    ):
        sql = f"insert into {table} (post_id, {columns}) select ?, {columns} from {table} where post_id = ?"  # noqa: S608
        c.execute(sql, (post_id, known["id"]))
    return post_id


def _key_of_unknown(page: Page, post: Post) -> str:
    """The key of a post that nothing identifies: what this page shows of it."""
    told = (page.url, post.handle, post.author_name, post.date_shown, post.text)
    return f"{post.platform}:page-{_digest(as_json(told))}"


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
