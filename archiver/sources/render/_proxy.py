"""A proxy for a browser that connects to approved addresses."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from archiver.errors import ArchiverError, FetchError, RefusedError

__all__ = ["Proxy"]

_HEAD = 256 * 1024  # bytes of a request's head at most
_PIECE = 64 * 1024
_WRONG = 10_000  # failures remembered at most
_HOP = re.compile(rb"(?:proxy-[\w-]+|connection|keep-alive)[ \t]*:", re.IGNORECASE)


class Proxy:
    """A forward proxy on loopback. A browser that has no other way out reaches only what `address` approves.

    `address(host, port)` gives the IP address to connect to, or raises RefusedError or FetchError; it may block. Each
    connection is made to the address that was approved for it, so a name that changes its mind gains nothing. `timeout`
    is in seconds, for connecting and for a request's head.
    """

    def __init__(self, address: Callable[[str, int], str], timeout: float) -> None:
        self._address, self._timeout = address, timeout
        self._wrong: dict[tuple[str, int], ArchiverError] = {}
        self._running: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_HEAD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        running = dict(self._running)
        for task, writer in running.items():
            writer.transport.abort()
            task.cancel()
        if running:
            await asyncio.wait(running)
            await asyncio.sleep(0)  # in which the transports tell their sockets

    @property
    def url(self) -> str:
        """Where it listens, as `http://127.0.0.1:PORT`."""
        port = self._server.sockets[0].getsockname()[1] if self._server else 0
        return f"http://127.0.0.1:{port}"

    def wrong(self, url: str) -> ArchiverError | None:
        """Why the server of a URL could last not be reached; None where it was, or was never asked for."""
        place = _place(url)
        return self._wrong.get(place) if place else None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser. When either side goes away, the other is told by the closing."""
        if task := asyncio.current_task():
            self._running[task] = writer
            task.add_done_callback(self._running.pop)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                await self._answer(reader, writer)
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(self._timeout):
            head = await reader.readuntil(b"\r\n\r\n")
        method, _, rest = head.partition(b" ")
        target, _, _ = rest.partition(b" ")
        is_tunnel = method == b"CONNECT"
        place = _place(("https://" if is_tunnel else "") + target.decode("latin-1"))
        if place is None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            server_reader, server_writer = await self._connect(*place)
        except RefusedError:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        except FetchError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        try:
            if is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server_writer.write(_origin_form(head))
            await _either(_pipe(reader, server_writer), _pipe(server_reader, writer))
        finally:
            server_writer.close()

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to an approved address. Raises RefusedError or FetchError, and remembers it."""
        try:
            async with asyncio.timeout(self._timeout):
                address = await asyncio.to_thread(self._address, host, port)
                connection = await asyncio.open_connection(address, port)
        except ArchiverError as error:
            self._remember(host, port, error)
            raise
        except OSError as error:  # TimeoutError is one
            named = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # below 0: of names
            wrong = named or str(error) or "no answer in time"
            failed = FetchError(host, f"cannot be reached: {wrong}")
            self._remember(host, port, failed)
            raise failed from error
        self._wrong.pop((host, port), None)
        return connection

    def _remember(self, host: str, port: int, error: ArchiverError) -> None:
        if len(self._wrong) >= _WRONG:
            self._wrong.clear()
        self._wrong[host, port] = error


def _place(url: str) -> tuple[str, int] | None:
    """The host and port of an absolute http(s) URL."""
    try:
        parts = urlsplit(url)
        default = {"http": 80, "https": 443}[parts.scheme]
        return (parts.hostname, parts.port or default) if parts.hostname else None
    except (ValueError, KeyError):
        return None


def _origin_form(head: bytes) -> bytes:
    """A request's head as a server wants it: no host before the path, one request a connection."""
    line, *fields = head[:-4].split(b"\r\n")
    method, target, version = [*line.split(b" "), b"", b""][:3]
    path = b"/" + target.split(b"/", 3)[3] if target.count(b"/") >= 3 else b"/"
    kept = [field for field in fields if not _HOP.match(field)]
    return b"\r\n".join([b" ".join((method, path, version)), *kept, b"Connection: close", b"", b""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


async def _either(*directions: Coroutine[Any, Any, None]) -> None:
    """Runs both directions until one of them ends. Raises what that one raises."""
    tasks = [asyncio.create_task(direction) for direction in directions]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
