"""URLs to captures, over httpx."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpcore
import httpx

from archiver import __version__, urls
from archiver.errors import FetchError, UnreadableError
from archiver.model import Capture
from archiver.sources import _media

__all__ = ["USER_AGENT", "Settings", "fetch", "is_url", "shown"]

USER_AGENT = f"social-post-archiver/{__version__} (archives the posts that articles embed)"

# Beside what `ipaddress` calls not global: all IPv6 but the unicast space in use, which leaves out each form that holds
# an IPv4 address; documentation (RFC 9637); the relays of 6to4; and the inner host of a large cloud.
_NOT_PUBLIC = [
    ipaddress.ip_network(n) for n in ("::/3", "4000::/2", "8000::/1", "3fff::/20", "192.88.99.0/24", "168.63.129.16")
]

_PAGES = {
    "text/html": _media.HTML,
    "application/xhtml+xml": _media.HTML,
    "text/plain": _media.TEXT,
    "text/markdown": _media.MARKDOWN,
    "application/rss+xml": _media.FEED,
    "application/atom+xml": _media.FEED,
    "application/rdf+xml": _media.FEED,
    "application/xml": _media.FEED,
    "text/xml": _media.FEED,
}
_PATIENCE = 10  # times the longest wait for an answer: as long may the whole answer take
_SCHEME = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)+//", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are fetched: seconds for each wait, most bytes of a body (decoded), most redirects.

    `transport` replaces the network, for tests.
    """

    timeout: float = 30.0
    largest: int = 50 * 1024 * 1024
    redirects: int = 10
    user_agent: str = USER_AGENT
    allow_private: bool = False
    transport: httpx.BaseTransport | None = None


def is_url(target: str) -> bool:
    """Whether a target is meant as a URL, of whatever scheme."""
    return bool(_SCHEME.match(target))


def shown(target: str) -> str:
    """The target as it may be stored and printed: a URL without its credentials."""
    return urls.without_credentials(target) if is_url(target) else target


def fetch(url: str, settings: Settings) -> Capture:
    """The capture of a page on the web.

    Raises FetchError when it cannot be had, UnreadableError when what comes is no page.
    """
    name = shown(url)
    if not urls.is_web(url):
        raise FetchError(name, "is no http or https URL", "only these can be fetched")
    try:
        with (
            httpx.Client(
                transport=settings.transport or _transport(settings),
                timeout=settings.timeout,
                follow_redirects=True,
                max_redirects=settings.redirects,
                headers={
                    "user-agent": settings.user_agent,
                    "accept": "text/html,application/xhtml+xml,text/plain;q=0.8,application/xml;q=0.7",
                    "accept-encoding": "gzip",
                },
                trust_env=False,
            ) as client,
            client.stream("GET", url) as response,
        ):
            return _capture(name, response, settings)
    except httpx.TooManyRedirects as error:
        raise FetchError(name, f"redirects more than {settings.redirects} times") from error
    except httpx.TimeoutException as error:
        raise FetchError(name, f"did not answer within {settings.timeout:g} seconds", "try again later") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # the last for a host that is no name
        wrong = re.sub(r"\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
        raise FetchError(name, f"cannot be fetched: {wrong}") from error


def _capture(name: str, response: httpx.Response, settings: Settings) -> Capture:
    if response.status_code != httpx.codes.OK:
        wrong = f"answered {response.status_code} {response.reason_phrase}".strip()
        raise FetchError(name, wrong, status=response.status_code)
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if told and told not in _PAGES:
        raise UnreadableError(name, f"is {told}, not a page", "give the URL of an article")
    body = _body(name, response, settings)
    return Capture(
        target=name,
        body=body,
        media_type=_media.kind(name, body, _PAGES.get(told)),
        source="web",
        captured_at=datetime.now(UTC),
        url=name,
        final_url=urls.without_credentials(str(response.url)),
        encoding=response.charset_encoding,
        status=response.status_code,
    )


def _body(name: str, response: httpx.Response, settings: Settings) -> bytes:
    """The body, never more of it in memory than is allowed, whatever a small answer unpacks to."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip", ""):
        raise UnreadableError(name, f"is encoded as {coding}", "only gzip was asked for")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    body, deadline = bytearray(), time.monotonic() + settings.timeout * _PATIENCE
    for chunk in response.iter_raw():
        try:
            body += unpack.decompress(chunk, settings.largest + 1 - len(body)) if unpack else chunk
        except zlib.error as error:
            raise UnreadableError(name, f"is no gzip, though it says so: {error}") from error
        if len(body) > settings.largest:
            raise UnreadableError(name, f"is larger than {settings.largest >> 20} MB")
        if time.monotonic() > deadline:
            raise FetchError(name, f"did not end within {settings.timeout * _PATIENCE:g} seconds", "try again later")
    return bytes(body)


def _transport(settings: Settings) -> httpx.BaseTransport:
    if settings.allow_private:
        return httpx.HTTPTransport(retries=1, trust_env=False)
    return _PublicTransport()


class _PublicTransport(httpx.HTTPTransport):
    """httpx's own transport on a pool that opens connections to public addresses only."""

    def __init__(self) -> None:
        super().__init__()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), retries=1, network_backend=_PublicOnly()
        )


class _PublicOnly(httpcore.SyncBackend):
    """Connects to public addresses only; the address that is checked is the one connected to."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = _public_address(host, port)
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


def _public_address(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"no address for {host}") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not _is_public(address):
            raise httpcore.ConnectError(
                f"{host} leads to the private address {address}; --allow-private permits such requests"
            )
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast
