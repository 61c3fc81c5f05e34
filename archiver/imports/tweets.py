"""Tweets as twarc and Twitter's interfaces write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from archiver.answers import records
from archiver.imports import _values
from archiver.imports._base import Bad, Head, Kind, Source
from archiver.told import Imported

__all__ = ["KIND"]


def _fits(head: Head) -> bool:
    return any(next(records.tweets(value), None) is not None for value in head.values)


def _read(source: Source) -> Iterator[Imported | Bad]:
    for record in _values.read(source.path, source.is_read):
        if isinstance(record, Bad):
            yield record
            continue
        found = _values.elements(record.value)
        told = tuple(each for value in found for each in records.tweets(value))
        if told:
            capture = source.capture(record.place, record.body)
            yield Imported(capture.target, capture, told, _retrieved(found[0]))
        elif not all(map(records.is_notice, found)):
            yield Bad(record.place, "holds no tweet")


def _retrieved(value: object) -> datetime | None:
    """When twarc got a record, which it notes in it."""
    told = value.get("__twarc") if isinstance(value, dict) else None
    at = told.get("retrieved_at") if isinstance(told, dict) else None
    try:
        found = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found and found.tzinfo else None


KIND = Kind("tweets", "tweets as JSON (twarc, Twitter's interfaces v1.1 and v2)", _fits, _read)
