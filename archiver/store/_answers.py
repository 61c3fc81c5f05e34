"""Platforms' answers to rows, and from there to posts."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from archiver.model import Post, utc
from archiver.store import _posts
from archiver.store._rows import Row, as_json, clean, fetch, insert, update
from archiver.told import Relation, Told

__all__ = ["keys", "save", "settle"]

_ORDER = "captures.captured_at, captures.sha256, captures.id"


def save(c: sqlite3.Connection, capture_id: int, told: Iterable[Told], *, by_address: bool = False) -> int:
    """Keeps what an answer tells, for posts that pages embed or may embed yet; how many rows of it are new.

    A post without an id is kept where it has an address and `by_address` says so.

    No post changes before `settle`. What is kept already stays, with the earliest capture that tells it.
    """
    new = 0
    for each in told:
        for post in (each.post, *(_known_as(each.post, other) for other in each.also)):
            if post.key is not None and (post.platform_id is not None or (by_address and post.permalink is not None)):
                new += _answer(c, capture_id, post, each)
                c.execute("insert or ignore into touched_posts select id from posts where key = ?", (clean(post.key),))
    return new


def keys(told: Iterable[Told]) -> set[str]:
    """The keys of posts of which answers tell, as they are stored."""
    return {str(clean(each.post.key)) for each in told if each.post.key}


def settle(c: sqlite3.Connection, wanted: Iterable[str] = ()) -> None:
    """Brings what answers tell into the posts named in touched_posts, and makes the posts to which these relate.

    An answer to which no page leads makes no post, unless its key is wanted. What comes out depends on the pages and
    answers that are stored, not on the order in which they came.
    """
    sql = """select distinct posts.key from touched_posts cross join posts on posts.id = touched_posts.id
        join answers on answers.key = posts.key"""
    pending, seen = [*(key for (key,) in c.execute(sql).fetchall()), *wanted], set[str]()
    while pending:
        key = pending.pop()
        if key not in seen:
            seen.add(key)
            pending += _apply(c, key)


def _known_as(post: Post, other: Post) -> Post:
    """A post by another of its identities, with the time of that one's id where its own platform made it."""
    names = ["platform_id", "scope", "permalink"]
    names += ["posted_at", "time_source", "time_precision"] if other.time_source == "id_snowflake" else []
    told = {name: getattr(other, name) for name in names}
    known = {name: getattr(other, name) for name in ("handle", "author_url") if other.handle}
    return replace(post, **(told | known))


def _answer(c: sqlite3.Connection, capture_id: int, post: Post, told: Told) -> int:
    """Adds a row, or gives a known one the earlier capture; how many were added."""
    row: Row = {
        "key": post.key,
        "endpoint": told.endpoint,
        "text": post.text,
        "posted_at": utc(post.posted_at) if post.posted_at else None,
        "time_source": post.time_source,
        "time_precision": post.time_precision,
        "handle": post.handle,
        "author_name": post.author_name,
        "user_id": told.user_id,
        "lang": post.lang,
        "counts": as_json(dict(told.counts)),
        "relations": as_json([_relation(each) for each in told.relations]),
        "is_truncated": int(told.is_truncated),
        "edited_at": utc(told.edited_at) if told.edited_at else None,
        "told": _posts.as_told(post),
    }
    digest = hashlib.sha256(as_json(row).encode()).hexdigest()
    sql = "select id, capture_id from answers where key = ? and endpoint = ? and digest = ?"
    known = fetch(c, sql, row["key"], row["endpoint"], digest)
    if known is None:
        insert(c, "answers", row | {"capture_id": capture_id, "digest": digest})
        return 1
    first = fetch(c, f"select id from captures where id in (?, ?) order by {_ORDER}", known["capture_id"], capture_id)  # noqa: S608
    update(c, "answers", known, {"capture_id": first["id"]} if first else {})
    return 0


def _relation(relation: Relation) -> Row:
    post = relation.post
    return {"kind": relation.kind, "key": post.key, "handle": post.handle, "post": json.loads(_posts.as_told(post))}


def _apply(c: sqlite3.Connection, key: str) -> list[str]:
    """Brings what answers tell of a post into its rows; the keys of the posts to which it relates."""
    sql = f"""select answers.* from answers join captures on captures.id = answers.capture_id
        where key = ? order by {_ORDER}, answers.id"""  # noqa: S608
    cursor = c.execute(sql, (key,))
    names = [column[0] for column in cursor.description]
    rows: list[Row] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        if row["post_id"] is None:
            row["post_id"], _ = _posts.save(c, key, _post(row))
            update(c, "answers", row | {"post_id": None}, {"post_id": row["post_id"]})
    if not rows:
        return []
    post_id = int(str(rows[0]["post_id"]))
    _links(c, post_id)
    c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    return [_relate(c, post_id, row, each) for row in reversed(rows) for each in json.loads(str(row["relations"]))]


def _post(row: Row) -> Post:
    told = _posts.from_told(str(row["told"]))
    columns: dict[str, Any] = {name: row[name] for name in ("text", "lang", "handle", "author_name")}
    return replace(told, **columns)


def _links(c: sqlite3.Connection, post_id: int) -> None:
    """Leaves out a short link of which another row tells where it leads."""
    sql = """delete from links where post_id = ? and short is not null and expanded is null and exists (
        select 1 from links as whole
        where whole.post_id = links.post_id and whole.short = links.short and whole.expanded is not null)"""
    c.execute(sql, (post_id,))


def _relate(c: sqlite3.Connection, post_id: int, row: Row, told: Row) -> str:
    """Notes that a post relates to another, and makes that one where it is not known yet; its key."""
    key, handle = str(told["key"]), told["handle"]
    post = replace(_posts.from_told(as_json(told["post"])), handle=handle if isinstance(handle, str) else None)
    other_id, _ = _posts.save(c, key, post)
    c.execute("insert or ignore into touched_posts values (?)", (other_id,))
    sql = """insert into post_relations (post_id, kind, other_post_id, capture_id) values (?, ?, ?, ?)
        on conflict do update set capture_id = excluded.capture_id where capture_id <> excluded.capture_id"""
    c.execute(sql, (post_id, told["kind"], other_id, row["capture_id"]))
    return key
