"""How targets are read: settings for all sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.model import Capture, Failed, FileRead, Unchanged

if TYPE_CHECKING:
    import httpx

__all__ = ["USER_AGENT", "Request", "Settings"]

USER_AGENT = f"social-post-archiver/{__version__} (archives the posts that articles embed)"


@dataclass(frozen=True, slots=True)
class Request:
    """A page to fetch; with what an earlier capture of it was told, it is asked for only if it has changed since."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


def _never(_: str) -> bool:
    return False


def _never_json(_url: str, _media_type: str) -> bool:
    return False


def _always(_body: bytes | memoryview, _media_type: str, _url: str) -> bool:
    return True


def _unconditionally(url: str) -> Request:
    return Request(url)


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are fetched and lists are followed.

    `timeout` is in seconds for each wait, `largest` in bytes of a decoded body, `delay` in seconds between the starts
    of two requests to one host, `per_host` and `at_once` are how many requests may run at a time, `retries` how often
    what is worth it is tried again. `since` leaves out pages that a list calls older. `request` makes the request for a
    URL (conditional where it was captured before), `is_done` tells what need not be read again, `is_answer` which JSON
    in an archive is worth keeping, by its address and media type, `may_embed` which pages are worth reading, by their
    bytes, kind and address; the others are only counted. `is_read` tells of a web archive whether an earlier run read
    it whole; with it, each that is read is told of at its end. With `in_ranges`, a long WARC is told of instead of
    being read, for those who read it in several processes. With `tick`, None comes whenever the web has given nothing
    for so many seconds. `fetch` stands in the place of the plain fetcher: a browser does. `fallback` gets what an
    archive keeps of a page that is gone. `transport` replaces the network, for tests.
    """

    timeout: float = 30.0
    largest: int = 50 * 1024 * 1024
    redirects: int = 10
    user_agent: str = USER_AGENT
    headers: tuple[tuple[str, str], ...] = ()
    allow_private: bool = False
    ignore_robots: bool = False
    delay: float = 1.0
    per_host: int = 2
    at_once: int = 20
    retries: int = 2
    follow: bool = False
    since: datetime | None = None
    max_pages: int | None = None
    request: Callable[[str], Request] = _unconditionally
    is_done: Callable[[str], bool] = _never
    is_answer: Callable[[str, str], bool] = _never_json
    may_embed: Callable[[bytes | memoryview, str, str], bool] = _always
    is_read: Callable[[FileRead], bool] | None = None
    in_ranges: bool = False
    tick: float | None = None
    fetch: Callable[[Iterable[str], Settings], Iterator[Capture | Unchanged | Failed | None]] | None = None
    fallback: Callable[[str, Settings], Capture] | None = None
    transport: httpx.AsyncBaseTransport | None = None
