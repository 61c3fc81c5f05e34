"""The pages of the site, and how each of them misbehaves."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import brotli
import zstandard

__all__ = ["BOMB", "PACK", "PAGES", "Asked", "HangUp", "answer", "missing", "page"]

BOMB = 30_000_000  # bytes to which a small answer unpacks
_PHRASES = {200: "OK", 302: "Found", 304: "Not Modified", 404: "Not Found", 429: "Too Many Requests"}
PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": lambda body: zstandard.ZstdCompressor(write_content_size=False).compress(body),
    "identity": bytes,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the host asked, without its port; the path, its query apart; headers by their names in lower case.

    `at` is when it came, by the monotonic clock; `before` how often the same was asked before, `raw` the whole head.
    """

    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float
    before: int
    raw: bytes

    @property
    def rest(self) -> str:
        """What follows the first part of the path: /status/404 -> 404."""
        return self.path.lstrip("/").partition("/")[2]


class HangUp(Exception):  # noqa: N818
    """Ends a connection, whatever was sent so far."""


def answer(status: int, body: bytes = b"", kind: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    """A whole message; a header's name is written with _ for -."""
    told = {"Content-Type": kind, "Content-Length": str(len(body))}
    told |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Odd')}", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def page(name: str) -> bytes:
    """An article that embeds one post, whose id is made from the page's name."""
    number = 20_000_000 + int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    return f"""<!doctype html><html lang="en"><head><title>Article {name}</title></head><body><p>Words before.</p>
<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Post of {name}</p>&mdash; Someone (@someone)
<a href="https://twitter.com/someone/status/{number}">January 2, 2020</a></blockquote><p>Words after.</p>
</body></html>""".encode()


async def missing(_: Asked) -> AsyncIterator[bytes]:
    yield answer(404, b"<p>Nothing here")


async def _page(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, page(asked.host + asked.path))


async def _slow(asked: Asked) -> AsyncIterator[bytes]:
    await asyncio.sleep(float(asked.query.get("seconds", "0.2")))
    yield answer(200, page(asked.path))


async def _flaky(asked: Asked) -> AsyncIterator[bytes]:
    """/flaky/STATUS?times=N fails so often, and then works; the status 0 hangs up."""
    if asked.before >= int(asked.query["times"]):
        yield answer(200, page(asked.path))
    elif asked.rest == "0":
        raise HangUp
    else:
        told = {"retry_after": asked.query["after"]} if "after" in asked.query else {}
        yield answer(int(asked.rest), b"<p>Not now", **told)


async def _status(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(int(asked.rest), b"<p>No")


async def _loop(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(302, location="/loop/b" if asked.rest == "a" else "/loop/a")


async def _chain(asked: Asked) -> AsyncIterator[bytes]:
    """/chain/N redirects so often."""
    left = int(asked.rest)
    yield answer(302, location=f"/chain/{left - 1}") if left else answer(200, page(asked.path))


async def _to(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(302, location=asked.query["url"])


async def _charset(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, "<p>Grüße aus Köln".encode("cp1252"), f"text/html; charset={asked.rest}")


async def _type(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, asked.query.get("body", "<p>Words").encode(), asked.rest)


async def _huge(_: Asked) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    while True:
        yield b"<p>More and more words." * 1000


async def _drip(_: Asked) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    while True:
        yield b"<p>"
        await asyncio.sleep(0.02)


async def _silent(_: Asked) -> AsyncIterator[bytes]:
    await asyncio.sleep(3600)
    yield b""


async def _bomb(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, PACK[asked.rest](b"<p>" + b"0" * BOMB), content_encoding=asked.rest)


async def _coded(asked: Asked) -> AsyncIterator[bytes]:
    yield answer(200, PACK[asked.rest](page(asked.rest)), content_encoding=asked.rest)


async def _chunked(asked: Asked) -> AsyncIterator[bytes]:
    """/chunked/CODING sends a page in chunks of ten bytes."""
    body = PACK[asked.rest](page(asked.rest))
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {}\r\n\r\n"
    yield head.format(asked.rest).encode()
    for at in range(0, len(body), 10):
        yield b"%x;ext=1\r\n%b\r\n" % (len(body[at : at + 10]), body[at : at + 10])
    yield b"0\r\nTrailer-Field: told\r\n\r\n"


async def _cookies(asked: Asked) -> AsyncIterator[bytes]:
    """Asks for a cookie, which it gives, before it shows a page."""
    if "seen=1" in asked.headers.get("cookie", ""):
        yield answer(200, page(asked.path))
    else:
        yield answer(302, location=asked.path, set_cookie="seen=1; Path=/")


async def _conditional(asked: Asked) -> AsyncIterator[bytes]:
    await asyncio.sleep(float(asked.query.get("seconds", "0")))
    tag, when = f'"{asked.rest}"', "Wed, 21 Oct 2015 07:28:00 GMT"
    is_known = tag == asked.headers.get("if-none-match") or when == asked.headers.get("if-modified-since")
    yield answer(304 if is_known else 200, b"" if is_known else page(asked.path), etag=tag, last_modified=when)


async def _half(_: Asked) -> AsyncIterator[bytes]:
    yield answer(200, page("half"))[:-40]
    raise HangUp


async def _garbage(_: Asked) -> AsyncIterator[bytes]:
    yield b"\x00\x01 What is HTTP?\r\n\r\n"
    raise HangUp


async def _headers(_: Asked) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: " + b"x" * 1000 + b"\r\n"


async def _early(asked: Asked) -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" + answer(200, page(asked.path))


async def _more(asked: Asked) -> AsyncIterator[bytes]:
    """Sends an answer, and with it another that nobody asked for."""
    yield answer(200, page(asked.path)) + answer(200, b"<p>Words that nobody asked for")


async def _bare(asked: Asked) -> AsyncIterator[bytes]:
    """Ends its lines with a line feed alone, and the body with the connection."""
    yield b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + page(asked.path)
    raise HangUp


PAGES: dict[str, Callable[[Asked], AsyncIterator[bytes]]] = {
    "page": _page,
    "slow": _slow,
    "flaky": _flaky,
    "status": _status,
    "loop": _loop,
    "chain": _chain,
    "to": _to,
    "charset": _charset,
    "type": _type,
    "huge": _huge,
    "drip": _drip,
    "silent": _silent,
    "bomb": _bomb,
    "coded": _coded,
    "chunked": _chunked,
    "cookies": _cookies,
    "conditional": _conditional,
    "half": _half,
    "garbage": _garbage,
    "headers": _headers,
    "early": _early,
    "more": _more,
    "bare": _bare,
}
