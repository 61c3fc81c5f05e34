"""WARC files for crawls, a server that gives them by ranges, and crawls of them."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import psutil

from archiver.cluster import work
from archiver.cluster.manifest import Failure, Line
from archiver.cluster.work import Work
from tests.archives import TWEET
from tests.sources.archives import http, page, record, warc

EMBEDS = Path(__file__).parents[1] / "embeds"
FIRST = 927949487731638276


def tweeting(number: int, of: int = 0) -> bytes:
    """A page that embeds a tweet; pages of the same number embed the same one."""
    tweet = TWEET.format(text=f"Tweet {number} #tag{number % 3}", id=FIRST + number * 1_000_000)
    head = f"<!doctype html><html lang=en><title>Story {of}-{number}</title><meta name=author content='Ann Lee'>"
    return f"{head}<p>They say #OwnTag.</p>{tweet}<p>After.</p>".encode()


def held(of: int, pages: int = 6, plain: int = 10, padding: int = 0) -> bytes:
    """A WARC, gzipped by record: pages with embeds, pages without, a picture of so many bytes."""
    told = [record(http(page(each)), each, url=f"https://plain.example/{of}/{each}") for each in range(plain)]
    picture = record(http(os.urandom(padding), "image/png"), 500, url=f"https://pictures.example/{of}")
    told += [picture] if padding else []
    told += [
        record(http(tweeting(each, of)), 100 + each, url=f"https://www.news{of}.example/{each}")
        for each in range(pages)
    ]
    return warc(told)


def fixtures() -> bytes:
    """A WARC of all pages that show how posts are embedded."""
    paths = sorted(EMBEDS.glob("*/*.html"))
    assert len(paths) > 100
    return warc(
        record(http(path.read_bytes()), number, url=f"https://{path.parent.name}.example/{path.stem}")
        for number, path in enumerate(paths)
    )


def made(source: str | Path, out: Path) -> tuple[Line, Path]:
    """The part of a WARC, made in this process."""
    line = work.do(Work(str(source), str(out), work.ready()))
    assert isinstance(line, Line), line
    return line, out / line.part


def failed(source: str | Path, out: Path | str) -> Failure:
    """Why no part can be made."""
    failure = work.do(Work(str(source), str(out), work.ready()))
    assert isinstance(failure, Failure), failure
    return failure


def capture_rows(archive: sqlite3.Connection) -> list[tuple[object, ...]]:
    """The rows of captures with the page instead of the numbers that depend on the order of writing."""
    sql = "select captures.*, pages.url as page from captures left join pages on pages.id = page_id"
    cursor = archive.execute(sql)
    kept = [n for n, column in enumerate(cursor.description) if column[0] not in ("id", "run_id", "page_id")]
    return sorted((tuple(row[n] for n in kept) for row in cursor), key=repr)


class Served:
    """What a server gives: `files` by name. `asked` are the names and first bytes of the ranges that were asked for.

    `before` is called with those and the port of who asks; what it gives back is sent in the place of the range.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: dict[str, bytes] = {}
        self.before: Callable[[str, int, int], bytes | None] = lambda _name, _start, _port: None
        self.asked: list[tuple[str, int]] = []
        self.by_ranges = True
        self.head: Callable[[str], int | None] = lambda _: None  # the status with which a name is answered instead

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: ClassVar[Served]

    def do_HEAD(self) -> None:
        self._begin(200, self.served.files.get(self.path.removeprefix("/")))

    def do_GET(self) -> None:
        name = self.path.removeprefix("/")
        data = self.served.files.get(name)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
        if data is None or not wanted or not self.served.by_ranges:
            self._begin(200, data)
            self._send(data or b"")
            return
        start, stop = int(wanted[1]), min(int(wanted[2]) + 1, len(data))
        self.served.asked.append((name, start))
        body = self.served.before(name, start, self.client_address[1])
        body = data[start:stop] if body is None else body
        self._begin(206, body, f"bytes {start}-{stop - 1}/{len(data)}", data)
        self._send(body)

    def _begin(self, status: int, body: bytes | None, place: str | None = None, of: bytes | None = None) -> None:
        other = self.served.head(self.path.removeprefix("/"))
        self.send_response(404 if body is None else other or status)
        self.send_header("content-length", str(len(body or b"")))
        self.send_header("etag", f'"{zlib.crc32(of or body or b"")}"')
        if place:
            self.send_header("content-range", place)
        if self.served.by_ranges:
            self.send_header("accept-ranges", "bytes")
        self.end_headers()

    def _send(self, body: bytes) -> None:
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # of who was killed
            super().handle_error(request, client_address)


@contextmanager
def serving() -> Iterator[Served]:
    """A real server on loopback that answers ranges."""

    class Handler(_Handler):
        """One for each server."""

    with _Server(("127.0.0.1", 0), Handler) as server:
        Handler.served = Served(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Handler.served
        server.shutdown()
        thread.join()


def kill_who_asks(port: int) -> None:
    """Kills the process that holds the other end of a connection to this port, if it is not this one."""
    for each in psutil.net_connections("tcp4"):
        if each.laddr and each.laddr.port == port and each.pid not in (None, os.getpid()):
            os.kill(each.pid, signal.SIGKILL)
            return
    raise AssertionError("nobody asks")
