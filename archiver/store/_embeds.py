"""Embeds to rows, each with the words around it."""

from __future__ import annotations

import sqlite3

from archiver.model import DATASET, Embed
from archiver.store import _phrases, _posts
from archiver.store._rows import Row, as_json, clean, fetch, insert, update

__all__ = ["save"]


def save(
    c: sqlite3.Connection,
    place: Row,
    capture_id: int,
    embed: Embed,
    text_key: str | None,
    *,
    follows: int | None = None,
    is_new: bool = True,
) -> bool:
    """Adds an embed, or what it tells to the row that is known; whether it was added.

    The place is its `page_id`, `post_id` and `occurrence`. The capture becomes the last of a known embed where it is
    new and its bytes are others than those of the last, or where it `follows` that one.
    """
    post = embed.post
    told: Row = {
        "text": post.text,
        "lang": post.lang,
        "handle": post.handle,
        "url_handle": post.url_handle,
        "author_name": post.author_name,
        "date_shown": post.date_shown,
        "heading": embed.heading,
        "html": embed.html,
        "text_key": text_key if _phrases.GONE not in (post.text or "") else None,
    }
    identified_by = "id" if post.platform_id else "permalink" if post.permalink else "text"
    told_by: object = place["post_id"] if identified_by != "text" or text_key is None else text_key
    sql = """select * from embeds where page_id = ?
        and ifnull(iif(identified_by = 'text', text_key, null), post_id) = ? and occurrence >= ?
        and (text is null or ifnull(?, text) = text) order by occurrence limit 1"""
    known = fetch(c, sql, place["page_id"], told_by, place["occurrence"], clean(post.text))
    if known is None:  # also when the page has changed the wording, which is kept beside the former
        sql = """select max(occurrence) + 1 as next from embeds where page_id = ?
            and ifnull(iif(identified_by = 'text', text_key, null), post_id) = ? and occurrence >= ?"""
        later = fetch(c, sql, place["page_id"], told_by, place["occurrence"]) or {"next": None}
        place = place | {"occurrence": later["next"] or place["occurrence"]}
        own: Row = {
            "position": embed.position,
            "shape": embed.shape,
            "context_before": embed.context_before,
            "context_after": embed.context_after,
            "context_hashtags": as_json(embed.context_hashtags),
            "flags": as_json(embed.flags),
            "identified_by": identified_by,
            "told": _posts.as_told(post) if told_by == text_key else None,
            "first_capture_id": capture_id,
            "last_capture_id": capture_id,
        }
        insert(c, "embeds", place | own | told)
        return True
    better: Row = {name: value for name, value in told.items() if known[name] is None}
    place_in_page: Row = {
        "position": embed.position,
        "heading": embed.heading,
        "context_before": embed.context_before,
        "context_after": embed.context_after,
        "context_hashtags": as_json(embed.context_hashtags),
    }
    if embed.shape == DATASET != known["shape"]:  # whose word adds to that of a page's own capture, and moves nothing
        update(c, "embeds", known, better | ({"shape": DATASET} if known["shape"] == "link" else {}))
        return False
    if known["shape"] == DATASET != embed.shape:
        better = {name: value for name, value in told.items() if value is not None}
        better |= place_in_page | {"flags": as_json(embed.flags)}
        better |= {} if embed.shape == "link" else {"shape": embed.shape}
    elif known["shape"] == "link" and embed.shape != "link":  # what an earlier capture only linked to is embedded now
        better |= place_in_page | {"shape": embed.shape}
    last = known["last_capture_id"]
    if last == follows or (is_new and _differ(c, last, capture_id)):
        better |= {"last_capture_id": capture_id, "position": embed.position}
    update(c, "embeds", known, better)
    return False


def _differ(c: sqlite3.Connection, one: object, other: object) -> bool:
    """Whether the bytes of two captures are others."""
    sql = "select count(distinct sha256) as different from captures where id in (?, ?)"
    return fetch(c, sql, one, other) != {"different": 1}
