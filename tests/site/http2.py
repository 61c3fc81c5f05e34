"""Speaks HTTP/2 for the site, whose pages are written as HTTP/1.1."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

__all__ = ["CERTIFICATE", "context", "is_spoken", "serve"]

CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""A key, for nothing but these tests, and a certificate for localhost and 127.0.0.1 that it signs itself."""


def context() -> ssl.SSLContext:
    """What a server needs to speak HTTP/2 under the certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE)
    made.set_alpn_protocols(["h2", "http/1.1"])
    return made


def is_spoken(writer: asyncio.StreamWriter) -> bool:
    """Whether both ends agreed on HTTP/2."""
    tls = writer.get_extra_info("ssl_object")
    return tls is not None and tls.selected_alpn_protocol() == "h2"


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Callable[[bytes], AsyncIterator[bytes]]
) -> None:
    """Answers the requests of one connection, one after the other."""
    connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await reader.read(65536):
        for event in connection.receive_data(data):
            if isinstance(event, RequestReceived):
                await _answer(connection, event, answer)
        writer.write(connection.data_to_send())
        await writer.drain()


async def _answer(
    connection: H2Connection, asked: RequestReceived, answer: Callable[[bytes], AsyncIterator[bytes]]
) -> None:
    told = dict(asked.headers)
    lines = [f"GET {told[':path']} HTTP/2", f"Host: {told[':authority']}"]
    lines += [f"{name}: {value}" for name, value in told.items() if not name.startswith(":")]
    message = b"".join([piece async for piece in answer("\r\n".join([*lines, "", ""]).encode())])
    head, _, body = message.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in rest)]
    connection.send_headers(asked.stream_id, [(":status", first.split()[1]), *headers])
    connection.send_data(asked.stream_id, body, end_stream=True)
