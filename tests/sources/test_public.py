"""No request reaches an address that is not public, however it is written or whatever leads there."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import FetchError, RefusedError
from archiver.model import Capture, Failed
from archiver.sources import Settings, web
from archiver.sources.web import public
from tests.site import Site, serving

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "127.255.255.255", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1",
    "172.31.255.255", "192.168.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "::127.0.0.1", "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1", "::ffff:a00:1", "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1",
    "100::1", "2001::1", "2001:db8::1", "2001:20::1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "3fff::1", "5f00::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]

# What stands for a host in a URL and leads to this machine or its network.
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7F.1", "0x7f.0.0.0x1", "017700000001",
    "0177.0.0.1", "0177.1", "127.000.000.001", "0", "0.0.0.0", "0x0", "00", "10.0.0.1", "167772161", "0xa000001",
    "172.16.0.1", "192.168.1", "3232235777", "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "localhost", "LOCALHOST", "localhost.", "%31%32%37.0.0.1",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1", "loc%61lhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::0001]",
    "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:7F00:0001]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fd00:ec2::254]", "[fec0::1]",
    "[ff02::1]", "user@127.0.0.1", "example.org@127.0.0.1", "example.org:80@localhost",
]  # fmt: skip


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses to which connections are opened, none of which leads anywhere."""
    addresses: list[str] = []

    async def connect_tcp(_: object, host: str, *__: Any) -> httpcore.AsyncNetworkStream:
        addresses.append(host)
        raise httpcore.ConnectError("nobody is there")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return addresses


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site at 127.0.0.1, which counts as public here; 127.0.0.2 serves it too, and does not."""
    is_public = public.is_public
    monkeypatch.setattr(public, "is_public", lambda address: address == "127.0.0.1" or is_public(address))
    with serving(["127.0.0.1", "127.0.0.2"]) as served:
        yield served


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Lets names be resolved to these addresses, one answer after the other; the names that were asked for."""
    left, asked = iter(answers), list[str]()

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(left)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def fetched(url: str, **told: Any) -> Capture | Failed:
    (outcome,) = web.fetch([url], Settings(**{"delay": 0.0, "retries": 0, "ignore_robots": True, **told}))
    assert isinstance(outcome, Capture | Failed)
    return outcome


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_known(address: str) -> None:
    assert not public.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_known(address: str) -> None:
    assert public.is_public(address)


@given(st.sampled_from([ipaddress.ip_network(n) for n in ("127.0.0.0/8", "10.0.0.0/8", "169.254.0.0/16")]), st.data())
def test_no_form_of_ipv6_hides_a_private_address(network: ipaddress.IPv4Network, data: st.DataObject) -> None:
    inner = data.draw(st.ip_addresses(network=network))
    for form in (0xFFFF << 32, 0, 0xFFFF << 48, 0x64FF9B << 96, 0x26064700 << 96 | 0x5EFE << 32):
        assert not public.is_public(str(ipaddress.IPv6Address(form | int(inner))))
    assert not public.is_public(str(ipaddress.IPv6Address(0x2002 << 112 | int(inner) << 80 | 1)))
    assert not public.is_public(str(ipaddress.IPv6Address(0x20010000 << 96 | (int(inner) ^ 0xFFFFFFFF))))


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("ignore_robots", [True, False])
def test_a_private_address_is_refused_however_it_is_spelled(
    host: str, ignore_robots: bool, connected: list[str]
) -> None:
    outcome = fetched(f"http://{host}/", ignore_robots=ignore_robots)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, RefusedError | FetchError)
    if isinstance(outcome.error, FetchError):  # no address at all
        assert any(words in str(outcome.error) for words in ("is no valid URL", "no address for", "is no http"))
    else:
        assert "private address" in str(outcome.error)
        assert "--allow-private" in str(outcome.error)
    assert connected == []


def test_most_spellings_are_refused_for_where_they_lead(connected: list[str]) -> None:
    outcomes = [fetched(f"http://{host}/") for host in SPELLINGS]
    assert sum(isinstance(o, Failed) and isinstance(o.error, RefusedError) for o in outcomes) >= 40
    assert connected == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{}/page/1", "http://2130706434:{}/", "http://[::1]:{}/", "http://10.0.0.1:{}/",
     "//127.0.0.2:{}/","http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.2]:{}/", "http://me@127.0.0.2:{}/"],
)  # fmt: skip
def test_no_redirect_leads_to_a_private_address(site: Site, target: str) -> None:
    outcome = fetched(site.url(f"/to?url={target.format(site.port)}"))
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, RefusedError)
    assert site.paths("127.0.0.1") == ["/to"]
    assert site.paths("127.0.0.2") == []
    assert site.connections == 1


def test_no_redirect_of_robots_txt_leads_to_a_private_address(site: Site) -> None:
    location = f"http://127.0.0.2:{site.port}/robots.txt"
    site.answers["/robots.txt"] = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    outcome = fetched(site.url("/page/1"), ignore_robots=False)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, RefusedError)
    assert [asked.host for asked in site.log] == ["127.0.0.1"]


def test_the_address_that_was_checked_is_the_one_connected_to(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    names = resolving(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    first, second = fetched("http://rebind.example/"), fetched("http://rebind.example/")
    assert isinstance(first, Failed)
    assert isinstance(second, Failed)
    assert "nobody is there" in str(first.error)
    assert isinstance(second.error, RefusedError)
    assert "rebind.example leads to the private address 127.0.0.1" in str(second.error)
    assert (connected, names) == (["93.184.216.34"], ["rebind.example"] * 2)


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    resolving(monkeypatch, ["93.184.216.34", "10.0.0.1"], ["93.184.216.34", "10.0.0.1"])
    outcome = fetched("https://mixed.example/")
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, RefusedError)
    assert connected == []
    with pytest.raises(RefusedError, match=r"mixed.example leads to the private address 10.0.0.1"):
        public.public_address("mixed.example", 443)


def test_a_name_that_changes_its_address_between_tries_is_refused(
    monkeypatch: pytest.MonkeyPatch, connected: list[str]
) -> None:
    resolving(monkeypatch, ["93.184.216.34"], ["169.254.169.254"])
    monkeypatch.setattr("archiver.sources.web._chain._PAUSE", 0.0)
    outcome = fetched("http://rebind.example/", retries=1)
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, RefusedError)
    assert connected == ["93.184.216.34"]


def test_each_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    resolving(monkeypatch, ["93.184.216.34", "8.8.8.8"], ["93.184.216.34"])
    assert isinstance(fetched("http://two.example/"), Failed)
    assert connected == ["93.184.216.34", "8.8.8.8"]
    assert public.public_address("two.example", 80) == "93.184.216.34"


def test_a_private_address_is_fetched_when_asked_for(site: Site) -> None:
    assert isinstance(fetched(site.url("/page/1", "127.0.0.2"), allow_private=True), Capture)


def test_a_client_for_others_keeps_the_same_rules(site: Site) -> None:
    async def status(url: str) -> int:
        async with public.client(Settings()) as client:
            return (await client.get(url)).status_code

    assert asyncio.run(status(site.url("/page/1"))) == 200
    with pytest.raises(RefusedError, match=r"127\.0\.0\.2: is a private address"):
        asyncio.run(status(site.url("/page/1", "127.0.0.2")))


def test_a_transport_of_the_callers_takes_the_place_of_the_network() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, html="<p>Words"))
    assert public.transport(Settings(transport=transport)) is transport
    outcome = fetched("http://127.0.0.1/", transport=transport)
    assert isinstance(outcome, Capture)
    assert outcome.exchanges[0].response.endswith(b"\r\n\r\n<p>Words")
