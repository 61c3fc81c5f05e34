"""NELA-GT: a database of articles and the tweets in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from archiver import moments
from archiver.imports import _articles
from archiver.imports._base import Bad, Head, Kind, Source, as_bytes, cell, row_text
from archiver.model import DATASET, Archived
from archiver.store import foreign
from archiver.store.foreign import Row

__all__ = ["KIND"]

_ARTICLE = ("id", "date", "source", "title", "content", "author", "published", "published_utc", "collection_utc", "url")
_FIRST, _LAST = 631_152_000, 4_102_444_800  # 1990 to 2100, in seconds since 1970


def _fits(head: Head) -> bool:
    return {"id", "url"} <= head.tables.get("newsdata", frozenset())


def _read(source: Source) -> Iterator[Archived | Bad]:
    with foreign.opened(source.path) as database:
        has_tweets = {"article_id", "embedded_tweet"} <= database.columns("tweet")
        unread = database.gather("tweet", "article_id", "embedded_tweet") if has_tweets else 0
        if unread:
            yield Bad("tweet", f"has {unread} rows that cannot be read")
        for row in database.rows("newsdata", _ARTICLE):
            place = f"newsdata/{row.number}"
            if row.wrong is not None:
                yield Bad(place, f"cannot be read: {row.wrong}")
            elif not source.is_read(place):
                yield from _article(source, place, row, database.gathered(row.values["id"]) if has_tweets else [])


def _article(source: Source, place: str, row: Row, embedded: list[str]) -> Iterator[Archived | Bad]:
    told = row.values
    published, precision = _published(told)
    page = _articles.page(
        cell(told["url"]) or "",
        site_name=cell(told["source"]),
        title=cell(told["title"]),
        byline=cell(told["author"]),
        published_at=published,
        published_source=DATASET if published else None,
        published_precision=precision,
        archived_at=_seconds(told["collection_utc"]),
    )
    if page is None:
        yield Bad(place, f"tells no http or https address: {(cell(told['url']) or '')[:100]}")
        return
    capture = source.capture(place, as_bytes({**told, "embedded_tweet": embedded}))
    yield from _articles.archived(source, capture, page, row_text(told["content"]) or "", embedded)


def _published(told: dict[str, object]) -> tuple[datetime | None, str | None]:
    """When an article was published, by the clock or, where that is not told, by the day."""
    if at := _seconds(told["published_utc"]):
        return at, "second"
    day = moments.read(cell(told["date"]) or "")
    return (day.at.replace(hour=0, minute=0, second=0, microsecond=0), "day") if day else (None, None)


def _seconds(value: object) -> datetime | None:
    """A time in seconds since 1970, between 1990 and 2100."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    is_time = isinstance(value, int | float) and _FIRST <= value < _LAST
    return datetime.fromtimestamp(int(value), UTC) if is_time else None  # type: ignore[call-overload]


KIND = Kind("nela-gt", "a NELA-GT database", _fits, _read, is_database=True)
