"""Targets to captures, one kind of input a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from archiver.errors import ArchiverError
from archiver.model import Capture, Failed
from archiver.sources import _media, feeds, files, web
from archiver.sources.web import Settings, shown

__all__ = ["Settings", "read", "shown"]


def read(targets: Iterable[str], settings: Settings) -> Iterator[Capture | Failed]:
    """What each target holds: captures, and failures of those that hold nothing; one bad target stops no other."""
    for target in targets:
        yield from _each(target, settings)


def _each(target: str, settings: Settings) -> Iterator[Capture | Failed]:
    try:
        if target == "-":
            yield from _pages(files.read_stdin())
        elif web.is_url(target):
            yield from _pages(web.fetch(target, settings))
        else:
            yield from _folder_or_file(target)
    except ArchiverError as error:
        yield Failed(shown(target), error, datetime.now(UTC))


def _folder_or_file(target: str) -> Iterator[Capture | Failed]:
    for path in files.pages(target):
        try:
            yield from _pages(files.read(path))
        except ArchiverError as error:
            yield Failed(path, error, datetime.now(UTC))


def _pages(received: Capture) -> Iterator[Capture]:
    """The pages in what was received: one, or those of a feed's entries."""
    if received.media_type == _media.FEED:
        yield from feeds.entries(received)
    else:
        yield received
