"""Feeds to captures, one for each entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from archiver import lazily, urls
from archiver.errors import UnreadableError
from archiver.model import Capture, Listed
from archiver.sources import _media
from archiver.sources.feeds import _entry, _jsonfeed

if TYPE_CHECKING:
    from archiver.sources.feeds import _xmlfeed
else:
    _xmlfeed = lazily.module("archiver.sources.feeds._xmlfeed")

__all__ = ["entries", "links"]

_LONGEST_NAME = 2000  # characters; an entry with a longer id is known by its place


def entries(feed: Capture) -> Iterator[Capture]:
    """A page for each entry of an RSS, Atom or JSON feed: its content, as HTML, under the head that its fields make.

    The page's address is the entry's link, as the feed declares it; its target that of the feed, # and the entry's id.
    Each bears the fetch of the feed, which is kept once. Raises UnreadableError for a feed without entries.
    """
    told = _read(feed)
    base = _base(feed, told)
    for number, entry in enumerate(told.entries, 1):
        address = _address(entry.link, base)
        name = entry.name if 0 < len(entry.name) <= _LONGEST_NAME else address or str(number)
        yield replace(
            feed,
            target=f"{feed.target}#{name}",
            body=_entry.page(told, entry, address).encode("utf-8", "replace"),
            media_type=_media.HTML,
            source="feed",
            status=None,
            url=address,
            final_url=None,
            encoding="utf-8",
            etag=None,
            last_modified=None,
            seconds=feed.seconds if number == 1 else None,
        )


def links(feed: Capture) -> Iterator[Listed]:
    """The pages that a feed's entries link to, and when each was changed, or else published.

    Entries without a link are left out. Raises UnreadableError for a feed without entries.
    """
    told = _read(feed)
    base = _base(feed, told)
    for entry in told.entries:
        moment = entry.modified or entry.published
        if address := _address(entry.link, base):
            yield Listed(address, moment.at if moment else None)


def _read(feed: Capture) -> _entry.Feed:
    told = _jsonfeed.read(feed) if feed.media_type == _media.JSON_FEED else _xmlfeed.read(feed)
    if not told.entries:
        raise UnreadableError(feed.target, "is a feed without entries", "nothing to archive")
    return told


def _base(feed: Capture, told: _entry.Feed) -> str | None:
    """The address against which an entry's link is read."""
    at = feed.final_url or feed.url
    return at if urls.is_web(at) else told.link or None


def _address(link: str, base: str | None) -> str | None:
    """An entry's link as an address that may be stored; None where it is none."""
    link = urls.join(base, link) if link else ""
    return urls.without_credentials(link) if urls.is_web(link) else None
