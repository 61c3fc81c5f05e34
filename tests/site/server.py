"""Serves the site, from many hosts, and keeps a log of who asked for what and when."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.site import http2, pages
from tests.site.pages import Asked

__all__ = ["Site", "serving"]


class Site:
    """What the site was asked, and what a test wants it to answer.

    `robots` holds the robots.txt of a host, or the status that it answers; `answers` all that is sent on a connection,
    by path. `most` and `most_of` tell how many requests ran at once, in all and to each host.
    """

    def __init__(self) -> None:
        self.port = 0
        self.log: list[Asked] = []
        self.robots: dict[str, str | int] = {}
        self.answers: dict[str, bytes] = {}
        self.connections = 0
        self.most, self.most_of = 0, Counter[str]()
        self._running = Counter[str]()
        self._asked = Counter[tuple[str, str]]()
        self._lock = threading.Lock()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a page."""
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str | None = None) -> list[str]:
        """What was asked for, in this order, robots.txt apart; of one host only, if told."""
        return [a.path for a in self.log if a.path != "/robots.txt" and host in (None, a.host)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection."""
        self.connections += 1
        try:
            if http2.is_spoken(writer):
                await http2.serve(reader, writer, self.answer)
            while head := await _head(reader):
                async with aclosing(self.answer(head)) as pieces:
                    async for piece in pieces:
                        writer.write(piece)
                        await writer.drain()
        except (pages.HangUp, ConnectionError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def answer(self, head: bytes) -> AsyncGenerator[bytes, None]:
        """What is answered to a request of that head, in pieces."""
        asked = self._noted(head)
        try:
            async for piece in self._pieces(asked):
                yield piece
        finally:
            with self._lock:
                self._running[asked.host] -= 1

    async def _pieces(self, asked: Asked) -> AsyncIterator[bytes]:
        if asked.path in self.answers:
            yield self.answers[asked.path]
            raise pages.HangUp
        elif asked.path == "/robots.txt":
            told = self.robots.get(asked.host, 404)
            yield pages.answer(told) if isinstance(told, int) else pages.answer(200, told.encode(), "text/plain")
        else:
            page = pages.PAGES.get(asked.path.split("/")[1], pages.missing)
            async for piece in page(asked):
                yield piece

    def _noted(self, head: bytes) -> Asked:
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        host, parts = headers["host"].rpartition(":")[0] or headers["host"], urlsplit(first.split()[1])
        with self._lock:
            before = self._asked[host, parts.path]
            asked = Asked(host, parts.path, dict(parse_qsl(parts.query)), headers, time.monotonic(), before, head)
            self.log.append(asked)
            self._asked[host, parts.path] += 1
            self._running[host] += 1
            self.most_of[host] = max(self.most_of[host], self._running[host])
            self.most = max(self.most, self._running.total())
        return asked


@contextmanager
def serving(hosts: Sequence[str] = ("127.0.0.1",), tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """The site, on one free port of all these loopback addresses; over TLS, and HTTP/2, where a context is given."""
    site, loop, is_up = Site(), asyncio.new_event_loop(), threading.Event()

    async def run() -> None:
        first = await asyncio.start_server(site.serve, hosts[0], 0, ssl=tls)
        site.port = first.sockets[0].getsockname()[1]
        servers = [first, *[await asyncio.start_server(site.serve, host, site.port, ssl=tls) for host in hosts[1:]]]
        is_up.set()
        await stopped.wait()
        for server in servers:
            server.close()

    stopped = asyncio.Event()
    thread = threading.Thread(target=_run, args=(loop, run()), daemon=True)
    thread.start()
    assert is_up.wait(10)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, job: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(job)


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
