"""What the Wayback Machine has, as it was captured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from archiver import urls
from archiver.errors import ArchiverError, FetchError
from archiver.model import Capture, Exchange, Failed
from archiver.sources._settings import Settings
from archiver.sources.services import _pace, cdx
from archiver.sources.services._held import CODING_THEN, Held
from archiver.sources.services._loop import Loop
from archiver.sources.services._pace import Answer, Client, Odd, Query, first_words
from archiver.sources.services.cdx import Record

__all__ = ["Record", "Service", "address", "nearest", "read", "search"]

_FIELDS = "urlkey,timestamp,original,mimetype,statuscode,digest,length"
_EXCLUDED = {
    "AdministrativeAccessControlException": "is excluded from the Wayback Machine",
    "RobotAccessControlException": "is excluded from the Wayback Machine by its robots.txt",
}
_SEARCH_PATIENCE = 4  # times as long as other answers, a search may take
_REDIRECTS = 5
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Service:
    """Where the Wayback Machine is, and how it may be asked.

    Its operators let an address search 30 times and fetch 600 captures a minute; we stay below that, and wait `pause`
    seconds where it says 429 without saying how long. `rows` is how many captures one search asks for, `at_once` how
    many are fetched at a time; of captures, those of the kind `mimetype` (a regular expression) are found.
    JSON is read only with `or_json`.
    """

    cdx_url: str = "https://web.archive.org/cdx/search/cdx"
    replay_url: str = "https://web.archive.org/web"
    searches_a_minute: float = 24
    captures_a_second: float = 8
    pause: float = 60
    backoff: float = 2
    rows: int = 5000
    at_once: int = 8
    mimetype: str = r"text/html|application/xhtml\+xml"
    or_json: bool = False


_WAYBACK = Service()


def search(
    wanted: str,
    settings: Settings,
    *,
    service: Service = _WAYBACK,
    start: str | None = None,
    end: str | None = None,
    limit: int | None = None,
) -> Iterator[Record]:
    """The captures of a page (`https://example.com/story`), of all below a path (`example.com/news/*`) or of a domain
    (`*.example.com`), as the index sorts them; of those that follow each other and hold the same, the first.

    `start` and `end` are bounds (`cdx.bound`), both included. The list is asked for in parts, as it is read. Raises
    TargetError for a pattern that is none, FetchError where the index does not tell.
    """
    fixed = (
        *cdx.pattern(wanted),
        *_told(("from", start), ("to", end)),
        ("filter", "statuscode:200"),
        ("filter", f"mimetype:{service.mimetype}"),
        ("collapse", "digest"),
        ("showResumeKey", "true"),
    )
    with _searching(settings, service) as (loop, client):
        found = cdx.collapsed(_pages(loop, client, wanted, service, fixed, limit))
        for count, record in enumerate(found, 1):
            yield record
            if count == limit:
                return


def read(records: Iterable[Record], settings: Settings, *, service: Service = _WAYBACK) -> Iterator[Capture | Failed]:
    """What the captures hold, as they come; those of which `settings.is_done` are left out.

    Raises FetchError where the archive asks for fewer requests, again and again.
    """
    wanted = (record for record in records if not settings.is_done(address(record, service)))
    with _replaying(settings, service) as (loop, client):

        async def fetched(record: Record) -> Capture | Failed:
            heard: list[Exchange] = []
            try:
                return await _capture(client, record, address(record, service), service, settings, heard)
            except ArchiverError as error:
                if error.status == _TOO_MANY and isinstance(error, FetchError):  # it is the archive that says so
                    raise
                return Failed(address(record, service), error, datetime.now(UTC), exchanges=tuple(heard))

        yield from loop.each(wanted, fetched, service.at_once)


def nearest(url: str, settings: Settings, at: str | None = None, *, service: Service = _WAYBACK) -> Capture:
    """The last good capture of a page; with `at` (a bound), the last one until then, or the first one after it.

    Its target is the URL. Raises FetchError where there is none, or it cannot be had.
    """
    fixed = (*_told(("url", url)), ("filter", "statuscode:200"), ("filter", f"mimetype:{service.mimetype}"))
    last, fast = (*fixed, *_told(("to", at)), ("limit", "-1")), (("fastLatest", "true"),)
    # The fast way looks at the end of the index only, where all captures may be bad ones.
    ways = [(*last, *fast), last, *([(*fixed, ("from", at), ("limit", "1"))] if at else [])]
    with _searching(settings, service) as (loop, client):
        record = next((found[-1] for way in ways if (found := loop.run(_rows(client, url, service, way))[0])), None)
    if record is None:
        raise FetchError(url, "has no good capture in the Wayback Machine")
    with _replaying(settings, service) as (loop, client):
        return loop.run(_capture(client, record, url, service, settings, []))


def address(record: Record, service: Service = _WAYBACK) -> str:
    """Where a capture is, its bytes as they were received (`id_`)."""
    return f"{service.replay_url}/{record.timestamp}id_/{record.url}"


def _searching(settings: Settings, service: Service) -> AbstractContextManager[tuple[Loop, Client]]:
    pace = _pace.shared(f"search {service.cdx_url}", service.searches_a_minute / 60)
    return _pace.asking(settings, pace, pause=service.pause, backoff=service.backoff)


def _replaying(settings: Settings, service: Service) -> AbstractContextManager[tuple[Loop, Client]]:
    pace = _pace.shared(f"replay {service.replay_url}", service.captures_a_second)
    return _pace.asking(settings, pace, pause=service.pause, backoff=service.backoff)


def _pages(
    loop: Loop, client: Client, name: str, service: Service, fixed: tuple[tuple[str, str], ...], limit: int | None
) -> Iterator[Record]:
    most, key = min(service.rows, limit or service.rows), None
    while True:
        asked = (*fixed, ("limit", str(most)), *_told(("resumeKey", key)))
        found, following = loop.run(_rows(client, name, service, asked))
        yield from found
        if following is None:
            return
        if following == key:
            raise FetchError(name, "is answered with a list that goes round in a circle", "try again later")
        key = following


async def _rows(
    client: Client, name: str, service: Service, parameters: tuple[tuple[str, str], ...]
) -> tuple[list[Record], str | None]:
    """The records of one answer, and the key by which the list goes on."""

    def told(answer: Answer) -> tuple[list[Record], str | None]:
        text = answer.text()
        _refuse_excluded(name, answer, text)
        if answer.status != 200:
            raise FetchError(name, f"answered {answer.status}: {first_words(text)}", status=answer.status)
        try:
            return cdx.rows(text)
        except ValueError as error:
            raise Odd(f"no list of captures: {first_words(text)}") from error

    query = Query(name, service.cdx_url, (*parameters, ("output", "json"), ("fl", _FIELDS)), patience=_SEARCH_PATIENCE)
    return await client.ask(query, told)


async def _capture(
    client: Client, record: Record, target: str, service: Service, settings: Settings, heard: list[Exchange]
) -> Capture:
    """A capture as the archive has it. Where it leads to another one, that one, under its own address.

    What was exchanged for it is added to `heard`, also where it fails.
    """
    original, at, seconds = record.url, address(record, service), 0.0
    for _ in range(_REDIRECTS):
        answer = await client.ask(Query(target, at, most=settings.largest, heard=heard.append), lambda told: told)
        seconds += answer.seconds
        if not answer.is_redirect:
            break
        original, at = _other(target, at, answer, service)
    else:
        raise FetchError(target, f"leads on more than {_REDIRECTS} times")
    if not answer.is_capture:
        _refuse(target, answer)
    told = answer.headers
    coding = told.get("content-encoding") or told.get(CODING_THEN)
    held = Held(answer.status, told.get("content-type", ""), coding, answer.body)
    body, kind = held.page(target, settings.largest, or_json=service.or_json)
    return Capture(
        target,
        body,
        kind,
        "wayback",
        datetime.now(UTC),
        url=original,
        final_url=at,
        encoding=held.charset,
        status=answer.status,
        exchanges=tuple(heard),
        seconds=seconds,
    )


def _other(target: str, at: str, answer: Answer, service: Service) -> tuple[str, str]:
    """The capture to which an answer leads: its original URL, and its address. Raises FetchError."""
    leads_to = urls.join(at, answer.headers.get("location", ""))
    base = re.escape(service.replay_url.partition("//")[2])
    found = re.fullmatch(rf"https?://{base}/(\d{{14}})(?:[a-z]{{2}}_)?/(.+)", leads_to, re.ASCII | re.IGNORECASE)
    if not found or not urls.is_web(found[2]):
        raise FetchError(target, f"leads out of the archive, to {first_words(leads_to) or 'nowhere'}")
    original = urls.without_credentials(found[2])
    return original, f"{service.replay_url}/{found[1]}id_/{original}"


def _refuse(target: str, answer: Answer) -> NoReturn:
    """Says why the archive itself answered, and not what it captured."""
    text = answer.text()
    _refuse_excluded(target, answer, text)
    if answer.status == 404:
        raise FetchError(target, "is not in the Wayback Machine, though its index has it", status=404)
    raise FetchError(
        target, f"is answered by the archive itself: {answer.status} {first_words(text)}", status=answer.status
    )


def _refuse_excluded(name: str, answer: Answer, text: str) -> None:
    told = answer.headers.get("x-archive-wayback-runtime-error", "") + text[:2000]
    for sign, wrong in _EXCLUDED.items():
        if sign in told:
            raise FetchError(name, wrong, "only its owner can change that", status=answer.status)


def _told(*parameters: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in parameters if value is not None)
