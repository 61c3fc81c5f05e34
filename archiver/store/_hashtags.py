"""Hashtags of posts and pages to rows."""

from __future__ import annotations

import json
import sqlite3

from archiver import entities
from archiver.store._rows import clean

__all__ = ["in_context", "in_page", "in_post", "regather"]


def in_post(c: sqlite3.Connection, post_id: int, spelling: str) -> None:
    """Notes that a post's own text has this tag."""
    sql = """insert into post_hashtags (hashtag_id, post_id, in_post, spelling) values (?, ?, 1, ?)
        on conflict do update set
            spelling = case when in_post then min(spelling, excluded.spelling) else excluded.spelling end,
            in_post = 1"""
    c.execute(sql, (_hashtag(c, spelling), post_id, clean(spelling)))


def in_context(c: sqlite3.Connection, post_id: int, spelling: str) -> None:
    """Notes that the words around an embed of a post have this tag."""
    sql = """insert into post_hashtags (hashtag_id, post_id, in_context, spelling) values (?, ?, 1, ?)
        on conflict do update set
            spelling = case when in_post then spelling else min(spelling, excluded.spelling) end,
            in_context = 1"""
    c.execute(sql, (_hashtag(c, spelling), post_id, clean(spelling)))


def in_page(c: sqlite3.Connection, page_id: int, spelling: str) -> None:
    """Notes that an article's own words have this tag."""
    sql = "insert or ignore into page_hashtags (hashtag_id, page_id, spelling) values (?, ?, ?)"
    c.execute(sql, (_hashtag(c, spelling), page_id, clean(spelling)))


def regather(c: sqlite3.Connection, post_id: int) -> None:
    """Notes anew which tags stand around a post, after its embeds have changed."""
    sql = """insert or ignore into touched_hashtags select id, display from hashtags
        where id in (select hashtag_id from post_hashtags where post_id = ?)"""
    c.execute(sql, (post_id,))
    c.execute("delete from post_hashtags where post_id = ? and not in_post", (post_id,))
    c.execute("update post_hashtags set in_context = 0 where post_id = ?", (post_id,))
    for (tags,) in c.execute("select context_hashtags from embeds where post_id = ?", (post_id,)).fetchall():
        for tag in json.loads(tags):
            in_context(c, post_id, tag)


def _hashtag(c: sqlite3.Connection, spelling: str) -> int:
    tag = clean(entities.tag_key(spelling))
    c.execute("insert or ignore into hashtags (tag, display) values (?, ?)", (tag, clean(spelling)))
    (hashtag_id, display) = c.execute("select id, display from hashtags where tag = ?", (tag,)).fetchone()
    c.execute("insert or ignore into touched_hashtags values (?, ?)", (hashtag_id, display))
    return int(hashtag_id)
