"""What goes over a connection, written down as it passes."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import httpcore

__all__ = ["HTTP_1", "HTTP_2", "RECORDING", "Recording", "Tapped"]

HTTP_1, HTTP_2 = "http/1.1", "h2"
_LARGEST = 256 << 20  # bytes


class Recording:
    """One request and its answer: the bytes of HTTP/1.1 as they pass; over HTTP/2 only where they went.

    `started` is called when the request begins to be sent, after all that opens a connection. `ended` tells whether the
    server closed it. An answer of more than `largest` bytes with all its heads and frames breaks off: of these a server
    may send without end, and never a body.
    """

    def __init__(self, started: Callable[[], None], largest: int = _LARGEST) -> None:
        self.started, self.largest = started, largest
        self.sent, self.received = bytearray(), bytearray()
        self.ip: str | None = None
        self.protocol = HTTP_1
        self.ended = False


# A task's own: a connection belongs to one request at a time, and the task that asks is the one that reads.
RECORDING: ContextVar[Recording | None] = ContextVar("RECORDING", default=None)


class Tapped(httpcore.AsyncNetworkStream):
    """A network stream to `ip` that writes down, in the recording of the task that uses it, what passes."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, ip: str) -> None:
        self._stream, self._ip = stream, ip
        tls = stream.get_extra_info("ssl_object")
        self._protocol = HTTP_2 if tls is not None and tls.selected_alpn_protocol() == "h2" else HTTP_1

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        recording = RECORDING.get()
        if recording is not None:
            recording.ended = not data
            if self._protocol == HTTP_1:
                recording.received += data
                if len(recording.received) > recording.largest:
                    raise httpcore.RemoteProtocolError(f"more than {recording.largest >> 20} MB were sent")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        recording = RECORDING.get()
        if recording is not None:
            recording.started()
            recording.ip, recording.protocol = self._ip, self._protocol
            if self._protocol == HTTP_1:
                recording.sent += buffer
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return Tapped(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._ip)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
