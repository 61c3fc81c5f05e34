"""Connections to public addresses only."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from archiver.errors import RefusedError
from archiver.sources._settings import Settings
from archiver.sources.web._wire import Tapped

__all__ = ["client", "is_public", "public_address", "transport"]

# Beside what `ipaddress` calls not global: all IPv6 but the unicast space in use, which leaves out each form that holds
# an IPv4 address; documentation (RFC 9637); the relays of 6to4; what is kept for protocols (a cloud's metadata lies
# there); and the inner host of a large cloud.
_NOT_PUBLIC = [
    ipaddress.ip_network(n)
    for n in ("::/3", "4000::/2", "8000::/1", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24", "168.63.129.16")
]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = {0x00005EFE, 0x02005EFE}  # RFC 5214: these, and an IPv4 address, are the lower half of the address
_LAST_PORT = 0xFFFF
_KEPT = 5.0  # seconds that an idle connection is kept


def transport(settings: Settings, connections: int = 10) -> httpx.AsyncBaseTransport:
    """How requests reach the network: `settings.transport`, else a pool of at most so many connections.

    Connections are opened to public addresses only, unless `settings.allow_private`; a request that leads elsewhere
    raises RefusedError. Use it in one event loop, and close it, unless it is `settings.transport`.
    """
    return settings.transport or _Transport(settings.allow_private, connections)


def client(settings: Settings, connections: int = 10) -> httpx.AsyncClient:
    """An httpx client over `transport`, with our user agent; it follows no redirects of its own."""
    return httpx.AsyncClient(
        transport=transport(settings, connections),
        timeout=settings.timeout,
        headers={b"user-agent": settings.user_agent.encode(), b"accept-encoding": b"gzip"},
        trust_env=False,
    )


def public_address(host: str, port: int) -> str:
    """An address of the host, when all that it has are public. Raises RefusedError, or OSError where it has none."""
    return _addresses(host, port, allow_private=False)[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also of IPv4 addresses inside IPv6 ones."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner is not None and (not is_public(str(inner)) or ip.ipv4_mapped or ip in _NAT64):
            return is_public(str(inner))
    if any(ip in network for network in _NOT_PUBLIC if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address holds, None where it holds none."""
    last = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _NAT64 or (int(ip) >> 32 & 0xFFFFFFFF) in _ISATAP:
        return last
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Where a host is, each address once. Raises RefusedError where one of them is not public, OSError for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a host that is no name
        raise OSError(f"no address for {host}") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not allow_private and not is_public(address):
            wrong = "is a private address" if host == address else f"{host} leads to the private address {address}"
            raise RefusedError(host, wrong, "--allow-private permits such requests")
    return addresses


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own transport, on a pool whose connections are checked and tapped."""

    def __init__(self, allow_private: bool, connections: int) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEPT,
            http2=True,
            network_backend=_Checked(allow_private),
        )


class _Checked(httpcore.AsyncNetworkBackend):
    """Resolves a name once, and connects to the very addresses that were checked."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if port > _LAST_PORT:
            raise httpcore.ConnectError(f"{port} is no port")
        try:
            async with asyncio.timeout(timeout):
                addresses = await asyncio.to_thread(_addresses, host, port, allow_private=self._allow_private)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no address for {host} in time") from error
        except OSError as error:
            raise httpcore.ConnectError(f"no address for {host}") from error
        for address in addresses[:-1]:
            try:
                stream = await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return Tapped(stream, address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        stream = await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
        return Tapped(stream, addresses[-1])

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
