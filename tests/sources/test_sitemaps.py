"""Sitemaps: addresses and dates, indexes, broken and hostile XML."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.model import Capture, Failed, Listed
from archiver.sources import _media
from archiver.sources.lists import sitemaps
from tests.pages import WHEN

MAP = """<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="//example.org/main.xsl"?><!-- a <urlset> of ours -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://example.org/a </loc><lastmod>2017-11-08T00:30:00+01:00</lastmod><priority>0.5</priority>
  <xhtml:link rel="alternate" hreflang="de" href="https://example.org/de/a"/>
  <image:image><image:loc>https://example.org/a.jpg</image:loc>
  <image:title>A &nbsp; bridge</image:title></image:image></url>
<url><loc><![CDATA[https://example.org/b?x=1&y=2]]></loc><lastmod>2017-11-09</lastmod></url>
<url><loc>https://example.org/c?x=1&y=2&amp;z=3</loc>
  <news:news><news:publication><news:name>River News</news:name></news:publication>
  <news:publication_date>2017-11-10T08:00:00Z</news:publication_date>
  <news:title>Wide &amp; deep</news:title></news:news></url>
<url><loc>https://example.org/d</loc><lastmod>yesterday</lastmod></url>
</urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://example.org/1.xml.gz</loc><lastmod>2017-11-08</lastmod></sitemap>
<sitemap><loc>https://example.org/2.xml</loc></sitemap></sitemapindex>"""


def listed(body: str | bytes, url: str | None = None, encoding: str | None = None) -> list[Listed | Failed]:
    data = body.encode() if isinstance(body, str) else body
    return list(sitemaps.listed(Capture("map.xml", data, _media.SITEMAP, "file", WHEN, url=url, encoding=encoding)))


def names(body: str | bytes, url: str | None = None) -> list[str]:
    return [each.url if isinstance(each, Listed) else str(each.error) for each in listed(body, url)]


def pages(*addresses: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{address}</loc></url>' for address in addresses)}</urlset>"


def test_the_pages_of_a_sitemap_are_listed_with_their_dates() -> None:
    assert _media.kind("x", MAP.encode()) == _media.SITEMAP
    assert listed(MAP) == [
        Listed("https://example.org/a", datetime(2017, 11, 7, 23, 30, tzinfo=UTC)),
        Listed("https://example.org/b?x=1&y=2", datetime(2017, 11, 9, tzinfo=UTC)),
        Listed("https://example.org/c?x=1&y=2&z=3", datetime(2017, 11, 10, 8, tzinfo=UTC)),
        Listed("https://example.org/d"),
    ]


def test_the_date_of_a_change_comes_before_that_of_publication() -> None:
    news = "<n:news xmlns:n='x'><n:publication_date>2017-11-08</n:publication_date></n:news>"
    (page,) = listed(
        f"<urlset><url>{news}<loc>https://example.org/</loc><lastmod>2018-01-01T00:00Z</lastmod></url></urlset>"
    )
    assert page == Listed("https://example.org/", datetime(2018, 1, 1, tzinfo=UTC))


def test_the_sitemaps_of_an_index_are_listed() -> None:
    assert listed(INDEX) == [
        Listed("https://example.org/1.xml.gz", datetime(2017, 11, 8, tzinfo=UTC)),
        Listed("https://example.org/2.xml"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        pages("https://example.org/é").replace("loc>", "s:loc>").replace("url", "s:url"),
        pages("https://example.org/é").replace("urlset", "URLSET").replace("loc", "Loc"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + pages("https://example.org/é").encode("latin-1"),
        '<?xml version="1.0" encoding="windows-1252"?>' + pages("https://example.org/é"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + pages("https://example.org/é")).encode("utf-16"),
        ('<?xml version="1.0" encoding="UTF-16"?>' + pages("https://example.org/é")).encode("utf-16-be"),
        pages("https://example.org/é").encode("utf-8-sig"),
        pages("\x00https://example.org/\x0bé"),
        "\n" + pages("https://example.org/é") + "<!-- made in 0.1 s -->",
    ],
)
def test_other_prefixes_and_encodings_are_read(body: str | bytes) -> None:
    wrong = "https://example.org/Ã©"  # what a sitemap says that is UTF-8 and calls itself windows-1252
    assert names(body) in (["https://example.org/é"], [wrong])


def test_an_address_is_read_against_that_of_the_sitemap_and_loses_its_password() -> None:
    body = pages("/a", "//example.net/b", "https://ann:secret@example.org/c")
    assert names(body, "https://example.org/maps/1.xml") == [
        "https://example.org/a",
        "https://example.net/b",
        "https://example.org/c",
    ]


def test_an_entry_without_an_address_is_named_with_its_line_and_others_go_on() -> None:
    body = "<!-- one\ntwo -->\n" + pages("https://example.org/a", "\njavascript:alert(1)", "https://example.org/b", "")
    assert names(body) == [
        "https://example.org/a",
        "map.xml#4: line 4 is no http or https URL: javascript:alert(1)",
        "https://example.org/b",
        "map.xml#4: line 4 holds no URL",
    ]
    failure = listed(pages("ftp://ann:secret@example.org/"))[0]
    assert isinstance(failure, Failed)
    assert (failure.target, failure.at) == ("map.xml#1", WHEN)
    assert "secret" not in str(failure.error)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("<url><loc>https://example.org/c</lo", "unclosed token"),
        ("<url><loc>https://example.org/c</loc>", "no element found"),
        ("<url></loc>", "mismatched tag"),
        ("</urlset><urlset>", "junk after document element"),
        ("<url><loc>&#0;", "reference to invalid character number"),
        ("<url><![CDATA[x", "unclosed CDATA section"),
    ],
)
def test_what_stands_before_a_break_is_read_and_the_break_is_told(end: str, why: str) -> None:
    body = pages("https://example.org/a", "https://example.org/b").replace("</urlset>", "\n\n" + end)
    *before, broken = names(body)
    assert before == ["https://example.org/a", "https://example.org/b"]
    assert broken == f"map.xml#3: line 3 is no XML: {why}; what stands before it was read"


@pytest.mark.parametrize(
    "body", ["<urlset/>", "<sitemapindex></sitemapindex>", "<urlset><loc>https://e.org</loc></urlset>"]
)
def test_a_sitemap_of_nothing_is_a_failure(body: str) -> None:
    assert names(body) == ["map.xml: is a sitemap that names no page (nothing to archive)"]


MANY = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE urlset [<!ENTITY a "lol">{MANY}]>',
        '<!DOCTYPE urlset [<!ENTITY m SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE urlset [<!ENTITY m SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x">',
        '<!DOCTYPE urlset [<!ENTITY % m SYSTEM "http://127.0.0.1:9/x"> %m;]>',
        '<!DOCTYPE urlset [<!ENTITY m "<b>lol</b>">]>',
    ],
)
def test_no_entity_is_expanded_or_fetched(prolog: str) -> None:
    assert names(prolog + pages("https://example.org/&m;")) == ["https://example.org/&m;"]


def test_a_document_type_inside_is_a_break() -> None:
    inside = '<!DOCTYPE x [<!ENTITY m "lol">]>'
    *_, broken = names(pages("https://example.org/a", inside))
    assert "is no XML" in broken


@pytest.mark.parametrize(
    "body",
    [
        "<a>" * 3_000_000,
        "<urlset>" + "<url>" * 2_000_000,
        "<urlset" + "".join(f" a{n}='1'" for n in range(900_000)),
        "<urlset a='" + "x" * 10_000_000,
        "<urlset><url><loc>" + "x" * 10_000_000,
        "<urlset><!--" + "x" * 10_000_000,
        "<!--" * 2_000_000,
        "<urlset>" + "<![CDATA[" * 1_000_000,
        "<urlset>" + "&" * 5_000_000,
        "<urlset>" + "<url/>" * 200_000 + "</urlset>",
        "\n" * 10_000_000,
        "\x00" * 1_000_000,
    ],
)
def test_megabytes_of_malice_are_read_in_time(body: str) -> None:
    begun = time.perf_counter()
    found = listed(body)
    assert time.perf_counter() - begun < 10
    assert 0 < len(found) <= 101
    assert all(isinstance(each, Failed) for each in found)


def test_fifty_thousand_pages_are_listed() -> None:
    addresses = [f"https://example.org/{n}" for n in range(50_000)]
    assert names(pages(*addresses)) == addresses


@given(st.data())
def test_no_damaged_sitemap_makes_reading_raise(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([MAP, INDEX])).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        until = data.draw(st.integers(at, min(len(body), at + 40)))
        body[at:until] = data.draw(st.binary(max_size=12) | st.sampled_from([b"<url>", b"]]>", b"\x00", b"&", b"<!"]))
    assert all(isinstance(each, Failed) or each.url.startswith("http") for each in listed(bytes(body)))
