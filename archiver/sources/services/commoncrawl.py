"""Records of Common Crawl: one crawl's index, one range each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

import httpx

from archiver.errors import ArchiverError, FetchError, TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.sources._settings import Settings
from archiver.sources.services import _crawls, _member, _pace, cdx
from archiver.sources.services._loop import Loop
from archiver.sources.services._pace import Answer, Client, Odd, Query
from archiver.sources.services.cdx import Record

__all__ = ["Record", "Service", "address", "crawls", "read", "search"]

_FILE = re.compile(r"(?:[\w=+-][\w.=+-]*/)*[\w=+-][\w.=+-]*\.gz", re.ASCII)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(?:\d+|\*)", re.ASCII)
_MOST_WORDS = 65_536  # bytes of a refusal
_STOPS = frozenset({403, 429, 503})  # by these, an address is told that it asked too much


@dataclass(frozen=True, slots=True)
class Service:
    """Where Common Crawl is, and how it may be asked.

    Its index answers about one question a second of an address, its files are read a little faster; who asks for more
    is shut out for a day. `at_once` is how many records are fetched at a time; of captures, those of the kind
    `mimetype` (a regular expression) are found.
    """

    index_url: str = "https://index.commoncrawl.org"
    data_url: str = "https://data.commoncrawl.org"
    searches_a_minute: float = 60
    records_a_second: float = 1.8
    pause: float = 60
    backoff: float = 2
    at_once: int = 4
    mimetype: str = r"text/html|application/xhtml\+xml"


_COMMON_CRAWL = Service()


def crawls(settings: Settings, *, service: Service = _COMMON_CRAWL) -> list[str]:
    """The crawls that have an index, the newest first. Raises FetchError."""
    with _searching(settings, service) as (loop, client):
        return [crawl.name for crawl in loop.run(_crawls.crawls(client, service.index_url))]


def search(
    wanted: str,
    settings: Settings,
    crawl: str | Iterable[str] | None = None,
    *,
    service: Service = _COMMON_CRAWL,
    start: str | None = None,
    end: str | None = None,
    limit: int | None = None,
) -> Iterator[Record]:
    """The captures of a page, of all below a path or of a domain (see `wayback.search`) in one crawl or several.

    `crawl` is `CC-MAIN-2024-10`, several such names, or `all`; without it the newest crawl is searched, or, where
    `start` or `end` are told, those that were made between these bounds. Raises TargetError for a pattern or a name
    that is none, FetchError where the index does not tell.
    """
    asked = cdx.pattern(wanted)
    names = (
        [crawl] if isinstance(crawl, str) and crawl != "all" else [] if crawl in (None, "all") else list(crawl or ())
    )
    for name in names:
        if not _crawls.is_name(name):
            raise TargetError(name, "is no name of a crawl", "write it like CC-MAIN-2024-10, or all")
    fixed = (
        *asked,
        *((name, value) for name, value in (("from", start), ("to", end)) if value is not None),
        ("filter", "=status:200"),
        ("filter", f"~mime:{service.mimetype}"),
    )
    with _searching(settings, service) as (loop, client):
        if not names:
            known = loop.run(_crawls.crawls(client, service.index_url))
            if crawl is None:
                known = [each for each in known if each.overlaps(start, end)] if start or end else known[:1]
            names = [each.name for each in known]
        found = chain.from_iterable(
            _crawls.records(loop, client, f"{wanted} in {name}", f"{service.index_url}/{name}-index", fixed)
            for name in names
        )
        good = (r for r in found if r.status in (200, None) and cdx.within(r, start, end))
        for count, record in enumerate(cdx.collapsed(good), 1):
            yield record
            if count == limit:
                return


def read(
    records: Iterable[Record], settings: Settings, *, service: Service = _COMMON_CRAWL
) -> Iterator[Capture | Failed]:
    """What the records hold, as they come; those of which `settings.is_done` are left out.

    Of each, only its own bytes are asked for. Raises FetchError where Common Crawl asks for fewer requests, again and
    again, or shuts us out.
    """
    wanted = (record for record in records if not settings.is_done(address(record, service)))
    with _reading(settings, service) as (loop, client):

        async def fetched(record: Record) -> Capture | Failed:
            target = address(record, service)
            try:
                member = await _bytes(client, record, target, service, settings)
                return _member.capture(member, record, target, service.data_url, settings.largest)
            except ArchiverError as error:
                if error.status in _STOPS and isinstance(error, FetchError):
                    raise
                return Failed(target, error, datetime.now(UTC))

        yield from loop.each(wanted, fetched, service.at_once)


def address(record: Record, service: Service = _COMMON_CRAWL) -> str:
    """Where a record is: its file, and as a fragment the first and the last of its bytes, counted from 0."""
    first = record.offset or 0
    return f"{service.data_url}/{record.filename}#bytes={first}-{first + (record.length or 0) - 1}"


def _searching(settings: Settings, service: Service) -> AbstractContextManager[tuple[Loop, Client]]:
    pace = _pace.shared(f"search {service.index_url}", service.searches_a_minute / 60)
    return _pace.asking(settings, pace, pause=service.pause, backoff=service.backoff)


def _reading(settings: Settings, service: Service) -> AbstractContextManager[tuple[Loop, Client]]:
    pace = _pace.shared(f"data {service.data_url}", service.records_a_second)
    return _pace.asking(settings, pace, pause=service.pause, backoff=service.backoff)


async def _bytes(client: Client, record: Record, target: str, service: Service, settings: Settings) -> bytes:
    """The bytes of a record, as they lie in their file: one member of gzip."""
    first, length = record.offset, record.length
    if not record.filename or first is None or not length:
        raise UnreadableError(target, "has no place in the index", "the file, the offset and the length are needed")
    if not _FILE.fullmatch(record.filename):
        raise UnreadableError(target, "is in no file of Common Crawl's")
    if length > settings.largest:
        raise UnreadableError(target, f"is larger than {settings.largest} bytes")

    def read(answer: Answer) -> bytes:
        if answer.status != httpx.codes.PARTIAL_CONTENT:
            raise _crawls.refusal(target, answer, answer.body[:2000].decode("utf-8", "replace"))
        if len(answer.body) != length:
            raise Odd(f"{len(answer.body)} bytes instead of {length}")
        return answer.body

    where, last = f"{service.data_url}/{record.filename}", first + length - 1
    headers = (("range", f"bytes={first}-{last}"), ("accept-encoding", "identity"))
    query = Query(target, where, headers=headers, most=max(length, _MOST_WORDS), wanted=_range_of(target, first, last))
    return await client.ask(query, read)


def _range_of(target: str, first: int, last: int) -> Callable[[httpx.Response], None]:
    """Looks at the head of an answer: a file has a gigabyte, and is not read where more comes than was asked for."""

    def wanted(response: httpx.Response) -> None:
        if response.status_code == httpx.codes.OK:
            raise FetchError(target, "is answered with the whole file, not the part that was asked for")
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise FetchError(target, "lies beyond the end of its file", "index and file do not fit", status=416)
        told = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if response.is_success and (not told or (int(told[1]), int(told[2])) != (first, last)):
            raise FetchError(target, "is answered with other bytes than those asked for")

    return wanted
