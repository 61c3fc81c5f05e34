"""Pages on the web: what is fetched, what is refused, and why."""

from __future__ import annotations

import socket
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from archiver.errors import FetchError, UnreadableError
from archiver.sources import Settings, web
from tests.pages import answering


def test_a_page_is_received_with_its_final_address_and_encoding() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "social-post-archiver" in request.headers["user-agent"]
        if request.url.path == "/old":
            return httpx.Response(301, headers={"location": "/new"})
        return httpx.Response(200, content="é".encode("cp1252"), headers={"content-type": "text/html; charset=cp1252"})

    capture = web.fetch("https://user:secret@example.org/old", answering(answer))
    assert (capture.url, capture.final_url) == ("https://example.org/old", "https://example.org/new")
    assert (capture.status, capture.encoding, capture.media_type) == (200, "cp1252", "text/html")


@pytest.mark.parametrize(
    ("response", "error", "words"),
    [
        (httpx.Response(404), FetchError, "answered 404 Not Found"),
        (
            httpx.Response(200, content=b"%PDF-1.5", headers={"content-type": "application/pdf"}),
            UnreadableError,
            "is application/pdf",
        ),
        (httpx.Response(200, content=b"", headers={"content-type": "text/html"}), UnreadableError, "is empty"),
        (httpx.Response(302, headers={"location": "/again"}), FetchError, "redirects more than 10 times"),
        (httpx.Response(200, html="x" * 200), UnreadableError, "is larger than"),
    ],
)
def test_what_is_no_page_is_said_plainly(response: httpx.Response, error: type[Exception], words: str) -> None:
    settings = replace(answering(lambda _: response), largest=100)
    with pytest.raises(error, match=f"https://example.org/: {words}"):
        web.fetch("https://example.org/", settings)


@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "http://", "gopher://x"])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(FetchError, match="no http or https URL"):
        web.fetch(url, Settings())


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<p>Private words"
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f":{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_refused_however_it_is_spelled(server: str, host: str) -> None:
    with pytest.raises(FetchError, match=r"private address|no address|Invalid IPv4"):
        web.fetch(f"http://{host}{server}/", Settings())


def test_a_private_address_is_fetched_when_asked_for(server: str) -> None:
    assert web.fetch(f"http://127.0.0.1{server}/", Settings(allow_private=True)).body == b"<p>Private words"


def test_a_refused_connection_is_a_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(FetchError, match=f"{url}: cannot be fetched: .*refused"):
            web.fetch(url, Settings(allow_private=True))


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "169.254.169.254", "::1", "fe80::1%eth0", "fc00::1", "224.0.0.1", "ff02::1", "0.0.0.0", "100.64.0.1",
     "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "192.168.0.1", "172.16.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not web._is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8"])
def test_public_addresses_are_known(address: str) -> None:
    assert web._is_public(address)


@pytest.mark.parametrize(
    "address", ["::127.0.0.1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "fec0::1", "3fff::1", "168.63.129.16"]
)
def test_forms_that_hold_or_hide_a_private_address_are_not_public(address: str) -> None:
    assert not web._is_public(address)


def test_a_small_answer_that_unpacks_to_much_is_stopped_at_the_limit() -> None:
    packed = zlib.compressobj(wbits=31)
    bomb = packed.compress(b"<p>" + b"0" * 50_000_000) + packed.flush()
    headers = {"content-type": "text/html", "content-encoding": "gzip"}

    assert len(bomb) < 100_000
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=iter([bomb])))
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        web.fetch("https://example.org/", Settings(transport=transport, largest=1 << 20))


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
def test_an_encoding_that_nobody_asked_for_is_refused(coding: str) -> None:
    headers = {"content-type": "text/html", "content-encoding": coding}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=iter([b"x"])))
    with pytest.raises(UnreadableError, match=f"is encoded as {coding}"):
        web.fetch("https://example.org/", Settings(transport=transport))


@pytest.mark.parametrize("url", ["http://xn--a/", "http://xn--/", "http://a..b/", f"http://{'a' * 300}/"])
def test_a_host_that_is_no_name_is_a_clear_error(url: str) -> None:
    with pytest.raises(FetchError, match="cannot be fetched"):
        web.fetch(url, Settings())
