"""Archives for tests: captures as a run makes them, with their bytes in WARC files."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archiver import __version__, answers, readers, sources, store
from archiver.evidence import warcs
from archiver.model import Capture, Exchange, Failed, Unchanged
from archiver.sources import Settings
from tests.pages import WHEN

__all__ = ["TWEET", "add", "live", "local"]

REQUEST = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"
TWEET = """<blockquote class="twitter-tweet"><p lang="en">{text}</p>&mdash; Ann (@ann_lee)
<a href="https://twitter.com/ann_lee/status/{id}">May 1, 2020</a></blockquote>"""


def live(url: str, html: str, *, ways: str = "", at: int = 0, kind: str = "text/html") -> Capture:
    """A page as it is fetched; `ways` may say that the answer is `chunked` and `gzip`, `at` is in seconds."""
    body = wire = html.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %s; charset=utf-8\r\n" % kind.encode()
    if "gzip" in ways:
        wire, head = gzip.compress(wire), head + b"Content-Encoding: gzip\r\n"
    if "chunked" in ways:
        halves = wire[: len(wire) // 2], wire[len(wire) // 2 :]
        wire = b"".join(b"%x\r\n%s\r\n" % (len(half), half) for half in halves if half) + b"0\r\n\r\n"
        head += b"Transfer-Encoding: chunked\r\n"
    when = WHEN + timedelta(seconds=at)
    exchange = Exchange(url, REQUEST, head + b"\r\n" + wire, when, "192.0.2.7")
    told = Capture(url, body, kind, "web", when + timedelta(seconds=1.25), url=url, final_url=url, encoding="utf-8")
    return replace(told, status=200, exchanges=(exchange,), seconds=1.25)


def local(*targets: str | Path) -> Iterator[Capture | Unchanged | Failed]:
    """What files hold; nothing is fetched."""
    return sources.read(
        map(str, targets), Settings(fetch=lambda _urls, _settings: iter(()), is_answer=answers.is_answer)
    )


def add(
    db: Path, received: Iterable[Capture | Unchanged | Failed], version: str = __version__, *, keep: bool = True
) -> sqlite3.Connection:
    """The archive at a path after a run that read these; `keep` says whether their bytes are kept."""
    archive = store.open_archive(db)
    run_id = store.start_run(archive, ["archive"], version, WHEN)
    with warcs.Writer(db) as writer:
        for each in received:
            kept = writer.keep(each) if keep else replace(each, exchanges=())
            writer.flush()
            store.save(archive, run_id, filter(None, readers.outcomes([kept])))
    return archive
