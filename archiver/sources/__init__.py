"""Targets to captures, one kind of input a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from archiver.errors import ArchiverError, FetchError, TargetError
from archiver.model import Capture, Failed, FileKnown, FileRead, Listed, Passed, Unchanged
from archiver.sources import _media, feeds, files, lists, web
from archiver.sources._settings import Request, Settings
from archiver.sources.archives import har, ranges, wacz, warc
from archiver.sources.archives.ranges import Long
from archiver.sources.lists import sitemaps
from archiver.sources.web import shown

__all__ = ["Long", "Received", "Request", "Settings", "pages_of", "read", "shown"]

Received = Capture | Unchanged | Failed | Passed | FileRead | FileKnown | Long

_LISTS: dict[str, Callable[[Capture], Iterator[Listed | Failed]]] = {
    _media.SITEMAP: sitemaps.listed,
    _media.OPML: lists.listed,
    _media.TABLE: lists.listed,
    _media.BOOKMARKS: lists.listed,
    _media.URLS: lists.listed,
}
_Archive = Callable[[str, Settings], Iterator[Capture | Failed | Passed]]
_ARCHIVES: dict[str, _Archive] = {
    _media.WARC: warc.read,
    _media.WACZ: wacz.read,
    _media.HAR: har.read,
}
_FEEDS = {_media.FEED, _media.JSON_FEED}
_GONE, _TOO_MANY = {404, 410}, 429
_DEEPEST = 5  # lists of lists: an index of sitemaps, of feeds


def read(targets: Iterable[str], settings: Settings, lists: Iterable[str] = ()) -> Iterator[Received | None]:
    """What each target holds: captures, and failures of those that hold nothing; one bad target stops no other.

    `lists` are files of URLs, or - for standard input. What lists name is fetched after all that the targets are, each
    address once. With `settings.tick`, None comes while the web gives nothing.
    """
    reading = _Reading(settings)
    for target in targets:
        yield from reading.each(target)
    for name in lists:
        yield from reading.addresses(name)
    yield from reading.the_web()


def pages_of(held: Iterable[Capture | Failed | Passed], settings: Settings) -> Iterator[Received]:
    """The pages in what a web archive holds, which for a feed are those of its entries; nothing is fetched."""
    return _Reading(settings).held(held)


class _Reading:
    """One reading of targets, and the addresses that are still to be fetched."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: set[str] = set()
        self._next: list[str] = []
        self._pages = 0

    def each(self, target: str) -> Iterator[Received]:
        """What a target on this machine holds; one on the web is noted."""
        try:
            if target == "-":
                yield from self._pages_of(files.read_stdin())
            elif web.is_url(target):
                self._note(target)
            else:
                yield from self._folder_or_file(target)
        except ArchiverError as error:
            yield Failed(shown(target), error, datetime.now(UTC))

    def addresses(self, name: str) -> Iterator[Failed]:
        """Notes the addresses in a file of URLs."""
        try:
            if web.is_url(name):
                raise TargetError(shown(name), "is a URL, not a file", "give it as a target")
            yield from self._list(lists.urls_in(name))
        except ArchiverError as error:
            yield Failed(shown(name), error, datetime.now(UTC))

    def the_web(self) -> Iterator[Received | None]:
        """What the noted addresses hold, and then those that they list."""
        fetch = self._settings.fetch or web.fetch
        for _ in range(_DEEPEST):
            most = self._settings.max_pages
            urls, self._next = self._next, []
            if not urls:
                break  # a fetcher takes a while to begin
            for outcome in fetch(islice(urls, None if most is None else max(0, most - self._pages)), self._settings):
                yield from self._fetched(outcome) if outcome is not None else (None,)

    def _folder_or_file(self, target: str) -> Iterator[Received]:
        for path in files.pages(target):
            try:
                archive = _ARCHIVES.get(files.kind_of(path))
                if archive is None:
                    yield from self._pages_of(files.read(path, is_named=path == target))
                else:
                    yield from self._archive(path, archive)
            except ArchiverError as error:
                yield Failed(path, error, datetime.now(UTC))

    def _archive(self, path: str, read: _Archive) -> Iterator[Received]:
        """What a web archive holds, and that it was read; only its path where it had been."""
        is_read = self._settings.is_read
        file = files.identity(path) if is_read else None
        if is_read and file and is_read(file):
            yield FileKnown(path)
            return
        if read is warc.read and (long := ranges.found(path, self._settings, file)):
            yield long
            return
        yield from self.held(read(path, self._settings))
        if file:
            yield file

    def _fetched(self, outcome: Received) -> Iterator[Received]:
        if isinstance(outcome, Failed) and self._settings.fallback is not None and _is_gone(outcome):
            yield outcome
            try:
                outcome = self._settings.fallback(outcome.target, self._settings)
            except ArchiverError as error:
                if error.status == _TOO_MANY:
                    self._settings = replace(self._settings, fallback=None)
                outcome = Failed(outcome.target, error, datetime.now(UTC))
        yield from self._pages_or_failure(outcome) if isinstance(outcome, Capture) else (outcome,)

    def _pages_or_failure(self, received: Capture) -> Iterator[Received]:
        try:
            yield from self._pages_of(received)
        except ArchiverError as error:
            yield Failed(received.target, error, received.captured_at, exchanges=received.exchanges)

    def held(self, received: Iterable[Capture | Failed | Passed]) -> Iterator[Received]:
        """What a web archive holds; a feed in it is pages."""
        for each in received:
            yield from self._pages_or_failure(each) if isinstance(each, Capture) else (each,)

    def _pages_of(self, received: Capture) -> Iterator[Received]:
        """The pages in what was received: one, those of a feed's entries, or none; addresses in lists are noted."""
        listed = _LISTS.get(received.media_type)
        if listed is not None:
            yield from self._list(listed(received))
        elif received.media_type in _FEEDS:
            yield from self._to_read(feeds.entries(received))
            if self._settings.follow:
                yield from self._list(feeds.links(received))
        else:
            self._pages += 1
            yield from self._to_read([received])

    def _list(self, listed: Iterable[Listed | Failed]) -> Iterator[Failed]:
        since = self._settings.since
        for each in listed:
            if isinstance(each, Failed):
                yield each
            elif since is None or each.at is None or each.at >= since:
                self._note(each.url)

    def _note(self, url: str) -> None:
        if url not in self._seen and not self._settings.is_done(shown(url)):
            self._next.append(url)
        self._seen.add(url)

    def _to_read(self, received: Iterable[Capture | Failed]) -> Iterator[Capture | Failed | Passed]:
        """What is not done; pages that cannot embed a post, where those are passed over, only counted."""
        for each in received:
            if not self._settings.is_done(each.target):
                yield each if isinstance(each, Failed) or self._is_worth_it(each) else Passed()

    def _is_worth_it(self, page: Capture) -> bool:
        return self._settings.may_embed(page.body, page.media_type, page.url or "")


def _is_gone(failed: Failed) -> bool:
    """Whether a page is no more at its address, or no server answers there."""
    return isinstance(failed.error, FetchError) and (failed.error.status is None or failed.error.status in _GONE)
