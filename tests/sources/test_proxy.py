"""The proxy through which a browser goes out: where it connects, and what it passes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from archiver.errors import FetchError, RefusedError
from archiver.sources.render._proxy import Proxy


def ask(request: Callable[[int], bytes], address: Callable[[str, int], str]) -> tuple[bytes, bytes, Proxy, int]:
    """What the proxy answers to a request for the server's port, what the server got, the proxy, and the port."""

    async def run() -> tuple[bytes, bytes, Proxy, int]:
        got = bytearray()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.extend(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, Proxy(address, 2) as proxy:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
            writer.write(request(port))
            answer = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return answer, bytes(got), proxy, port

    return asyncio.run(run())


def here(_host: str, _port: int) -> str:
    return "127.0.0.1"


def refuse(host: str, _port: int) -> str:
    raise RefusedError(host, "leads to a private address")


def test_a_request_reaches_the_address_that_was_approved_for_its_name() -> None:
    asked = []

    def address(host: str, port: int) -> str:
        asked.append((host, port))
        return "127.0.0.1" if len(asked) == 1 else "127.0.0.2"

    answer, got, _, port = ask(
        lambda port: (
            f"GET http://no-such-name.test:{port}/a?b=http://c/d HTTP/1.1\r\nHost: no-such-name.test:{port}\r\n"
            "Proxy-Connection: keep-alive\r\nConnection: x\r\nProxy-Authorization: y\r\nAccept: */*\r\n\r\n"
        ).encode(),
        address,
    )
    assert asked == [("no-such-name.test", port)]
    assert answer.endswith(b"\r\n\r\nHello")
    head = f"GET /a?b=http://c/d HTTP/1.1\r\nHost: no-such-name.test:{port}\r\nAccept: */*\r\n"
    assert got == f"{head}Connection: close\r\n\r\n".encode()


def test_a_tunnel_passes_on_what_it_is_given() -> None:
    answer, got, _, _ = ask(
        lambda port: f"CONNECT name.test:{port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n".encode(), here
    )
    assert answer == b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
    assert got == b"GET / HTTP/1.1\r\nA: b\r\n\r\n"


@pytest.mark.parametrize("line", ["CONNECT name.test:{} HTTP/1.1", "GET http://name.test:{}/x HTTP/1.1"])
def test_what_is_refused_is_not_connected_to_and_the_reason_is_kept(line: str) -> None:
    answer, got, proxy, port = ask(lambda port: (line.format(port) + "\r\n\r\n").encode(), refuse)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert got == b""
    assert isinstance(proxy.wrong(f"http://name.test:{port}/other"), RefusedError)
    assert proxy.wrong("http://name.test/") is None


def test_a_server_that_is_not_there_is_told_of() -> None:
    answer, _, proxy, _ = ask(lambda _: b"CONNECT name.test:1 HTTP/1.1\r\n\r\n", here)
    wrong = proxy.wrong("https://name.test:1/")
    assert answer.startswith(b"HTTP/1.1 502 ")
    assert isinstance(wrong, FetchError)
    assert "refused" in str(wrong)


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\n\r\n", b"GET ftp://a/ HTTP/1.1\r\n\r\n", b"CONNECT [ HTTP/1.1\r\n\r\n",
                 b"CONNECT a:99999 HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"\xff \xff \xff\r\n\r\n"]
)  # fmt: skip
def test_what_is_no_proxy_request_is_answered_so(request_: bytes) -> None:
    answer, got, _, _ = ask(lambda _: request_, here)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert got == b""


@pytest.mark.parametrize("part", [b"GET http://a", b"x" * 400_000])
def test_a_head_that_never_ends_is_not_waited_for(part: bytes) -> None:
    async def run() -> bytes:
        async with Proxy(here, 0.1) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
            writer.write(part)
            try:
                return await asyncio.wait_for(reader.read(), 5)
            except ConnectionError:
                return b""
            finally:
                writer.close()

    assert asyncio.run(run()) == b""


def test_what_is_open_ends_when_the_proxy_does() -> None:
    async def run() -> bytes:
        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Proxy(here, 2) as proxy:
                reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.url.rpartition(":")[2]))
                writer.write(f"CONNECT name.test:{port} HTTP/1.1\r\n\r\n".encode())
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            try:
                return await asyncio.wait_for(reader.read(), 5)
            except ConnectionError:
                return b""
            finally:
                writer.close()

    assert asyncio.run(run()) == b""
