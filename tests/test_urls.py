"""Addresses: canonical form, outlet, archive prefixes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import urls


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.ORG:443/a?utm_source=x&id=2&fbclid=y#z", "https://news.example.org/a?id=2"),
        ("http://example.org", "http://example.org/"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://web.archive.org/web/20200501120000id_/https://example.org/a", "https://example.org/a"),
        ("http://example.org:8080/a?b=1&b=2", "http://example.org:8080/a?b=1&b=2"),
    ],
)
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert urls.canonical(url) == canonical


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.news.example.co.uk/a", "example.co.uk"),
        ("https://ann.github.io/a", "ann.github.io"),
        ("https://co.uk/", None),
        ("http://192.168.1.1/a", None),
        ("http://[::1]/a", None),
        ("file:///home/a.html", None),
        ("https://bücher.example/a", "xn--bcher-kva.example"),
    ],
)
def test_an_outlet_is_the_registrable_domain(url: str, outlet: str | None) -> None:
    assert urls.outlet(url) == outlet


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://", "http://a b/", "ftp://x/", "//x/y", None, "", "http://[x"]
)
def test_only_http_addresses_with_a_host_are_of_the_web(url: str | None) -> None:
    assert not urls.is_web(url)


@given(st.text())
def test_no_text_makes_a_question_raise(text: str) -> None:
    for ask in (urls.is_web, urls.host, urls.unwrap, urls.canonical, urls.outlet, urls.without_credentials):
        ask(text)
        ask("http://" + text)
    urls.join("https://example.org/", text)


@given(st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z0-9/?&=#]{0,30}", fullmatch=True))
def test_a_canonical_address_is_its_own(url: str) -> None:
    assert urls.canonical(urls.canonical(url)) == urls.canonical(url)


def test_the_time_of_an_archives_capture_is_read_from_its_addresses() -> None:
    assert urls.archived_at("x /web/20200501120000if_/https://example.org/") == datetime(2020, 5, 1, 12, tzinfo=UTC)
    assert urls.archived_at("https://web.archive.org/web/2020/https://example.org/") is None
    assert urls.archived_at("https://web.archive.org/web/20209901120000/https://example.org/") is None
