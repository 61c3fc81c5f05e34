"""What each host is told: headers, credentials, cookies."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import unquote

import httpx

from archiver.sources._settings import Request, Settings
from archiver.sources.web._answers import Answer

__all__ = ["Headers"]

_ACCEPT = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,text/plain;q=0.8,text/markdown;q=0.8,"
    "text/csv;q=0.7,*/*;q=0.1"
)
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
_HARMLESS = frozenset({"accept", "accept-language", "accept-encoding", "cache-control", "dnt", "referer", "user-agent"})


class Headers:
    """The headers of one chain of requests, which starts at `start`.

    `secret` are the names of those whose values are not kept: what the user gives is secret unless known as harmless.
    Secrets go to the host that the chain starts at, and no other. Cookies live as long as the chain.
    """

    def __init__(self, settings: Settings, start: httpx.URL, request: Request) -> None:
        own = {name.lower(): value for name, value in settings.headers}
        self.etag, self.last_modified = request.etag, request.last_modified
        self.secret = _SECRET | (own.keys() - _HARMLESS)
        self._start = start
        conditions = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        told = {"user-agent": settings.user_agent, "accept": _ACCEPT, "accept-encoding": "gzip, br, zstd"} | own
        told |= {name: value for name, value in conditions.items() if value}
        self._private = {name: value for name, value in told.items() if name in self.secret}
        self._public = {name: value for name, value in told.items() if name not in self.secret}
        if start.userinfo:
            self._private["authorization"] = _basic(start.userinfo)
        self._cookies: httpx.Cookies | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether the page is asked for only if it has changed."""
        return bool(self.etag or self.last_modified)

    def to(self, url: httpx.URL) -> dict[str, str]:
        """What is sent to an address, by names in lower case."""
        told = self._public | (self._private if _is_same_origin(self._start, url) else {})
        if self._cookies is not None:
            request = httpx.Request("GET", url)
            request.headers.encoding = "utf-8"  # a site may set cookies of any letters
            self._cookies.set_cookie_header(request)
            cookies = [value for value in (told.get("cookie"), request.headers.get("cookie")) if value]
            if cookies:
                told["cookie"] = "; ".join(cookies)
        return told

    def keep_cookies(self, answer: Answer) -> None:
        """Keeps what cookies a redirect sets: many a site redirects those who have none for ever."""
        if "set-cookie" in answer.headers:
            self._cookies = self._cookies or httpx.Cookies()
            request = httpx.Request("GET", answer.url)
            self._cookies.extract_cookies(httpx.Response(answer.status, headers=answer.headers, request=request))


def _basic(userinfo: bytes) -> str:
    name, _, password = userinfo.decode().partition(":")
    return f"Basic {b64encode(f'{unquote(name)}:{unquote(password)}'.encode()).decode()}"


def _is_same_origin(first: httpx.URL, url: httpx.URL) -> bool:
    """Whether two URLs are of one origin, or the second is the https form of the first."""
    if (first.scheme, first.host, first.port) == (url.scheme, url.host, url.port):
        return True
    is_upgrade = (first.scheme, url.scheme, first.host) == ("http", "https", url.host)
    return is_upgrade and first.port is None and url.port is None
