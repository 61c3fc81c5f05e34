"""Databases that twitter-to-sqlite wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archiver import entities
from archiver.answers import records
from archiver.imports._base import Bad, Head, Kind, Source, as_bytes, cell, row_text
from archiver.model import Link, Media, Post
from archiver.store import foreign
from archiver.store.foreign import Foreign, Row
from archiver.told import TIME_SOURCE, Imported, Relation, Told

__all__ = ["KIND"]

_TWEET = (
    *("id", "user", "created_at", "full_text", "retweeted_status", "quoted_status", "in_reply_to_status_id"),
    *("in_reply_to_screen_name", "favorite_count", "retweet_count", "lang", "truncated"),
)
_USER = ("screen_name", "name")
_MEDIA = ("type", "media_url_https", "media_url", "ext_alt_text")
_KINDS = {"photo": "photo", "video": "video", "animated_gif": "gif"}
_COUNTS = (("favorite_count", "likes"), ("retweet_count", "reposts"))


def _fits(head: Head) -> bool:
    has_words = {"id", "full_text", "user"} <= head.tables.get("tweets", frozenset())
    return has_words and "screen_name" in head.tables.get("users", frozenset())


def _read(source: Source) -> Iterator[Imported | Bad]:
    with foreign.opened(source.path) as database:
        has_media = {"media_id", "tweets_id"} <= database.columns("media_tweets") and "id" in database.columns("media")
        unread = database.gather("media_tweets", "tweets_id", "media_id") if has_media else 0
        if unread:
            yield Bad("media_tweets", f"has {unread} rows that cannot be read")
        for row in database.rows("tweets", _TWEET):
            place = f"tweets/{row.number}"
            if row.wrong is not None:
                yield Bad(place, f"cannot be read: {row.wrong}")
            elif not source.is_read(place):
                media = database.gathered(row.values["id"]) if has_media else []
                yield _imported(source, place, row, database, media)


def _imported(source: Source, place: str, row: Row, database: Foreign, media_ids: list[str]) -> Imported | Bad:
    told = row.values
    author = _account(database, told["user"])
    post = records.identified(cell(told["id"]), author.get("screen_name"))
    if post is None:
        return Bad(place, "holds no tweet's id")
    media = [found.values for each in media_ids if (found := database.row("media", _MEDIA, "id", _id(each)))]
    capture = source.capture(place, as_bytes({**told, "author": author, "media": media}))
    return Imported(capture.target, capture, (_told(post, told, author, media, database),))


def _told(
    post: Post, told: dict[str, object], author: dict[str, str], media: list[dict[str, object]], database: Foreign
) -> Told:
    text = records.unescaped(row_text(told["full_text"]))
    own = f"/status/{post.platform_id}/"
    links = [Link(None, None, url) for url in entities.links(text or "") if url.startswith("http") and own not in url]
    at = records.moment(told["created_at"])
    if at and post.time_source != "id_snowflake":
        post = replace(post, posted_at=at.at, time_source=TIME_SOURCE, time_precision=at.precision)
    post = replace(
        post,
        text=text,
        lang=cell(told["lang"]),
        author_name=author.get("name"),
        hashtags=tuple(dict.fromkeys(entities.hashtags(text or ""))),
        mentions=tuple(dict.fromkeys(entities.mentions(text or ""))),
        links=tuple(links),
        media=tuple(dict.fromkeys(found for each in media if (found := _medium(each)))),
    )
    counts = [(ours, n) for name, ours in _COUNTS if isinstance(n := told[name], int) and 0 <= n < 1 << 62]
    return Told(
        post,
        "twitter-to-sqlite",
        user_id=cell(told["user"]),
        counts=tuple(sorted(counts)),
        relations=tuple(_relations(post, told, database)),
        is_truncated=told["truncated"] == 1,
    )


def _relations(post: Post, told: dict[str, object], database: Foreign) -> Iterator[Relation]:
    replied = records.identified(cell(told["in_reply_to_status_id"]), cell(told["in_reply_to_screen_name"]))
    others = [("parent", replied)]
    for kind, column in (("quoted", "quoted_status"), ("repost", "retweeted_status")):
        if told[column] is not None:
            other = database.row("tweets", ("user",), "id", told[column])
            handle = _account(database, other.values["user"]).get("screen_name") if other else None
            others.append((kind, records.identified(cell(told[column]), handle)))
    for kind, known in others:
        if known is not None and known.key != post.key:
            yield Relation(kind, known)


def _account(database: Foreign, user: object) -> dict[str, str]:
    found = database.row("users", _USER, "id", user) if isinstance(user, str | int) else None
    values = {name: cell(value) for name, value in found.values.items()} if found else {}
    return {name: value for name, value in values.items() if value}


def _medium(told: dict[str, object]) -> Media | None:
    address = cell(told["media_url_https"]) or cell(told["media_url"])
    return Media(_KINDS.get(cell(told["type"]) or ""), address, row_text(told["ext_alt_text"])) if address else None


def _id(value: str) -> object:
    """An id as its column has it, a number where it is one."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else value


KIND = Kind("twitter-to-sqlite", "a database of twitter-to-sqlite", _fits, _read, is_database=True)
