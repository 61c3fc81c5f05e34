"""Feeds: entries to pages and links, what is no feed, hostile XML and JSON."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import sources
from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Exchange, Failed, Listed, Page
from archiver.page import read_page
from archiver.sources import Settings, _media, feeds
from tests.pages import WHEN, answering

TWEET = (
    '<blockquote class="twitter-tweet"><p lang="en" dir="ltr">Hello #rivers</p>&mdash; Ann Lee (@annlee) '
    '<a href="https://twitter.com/annlee/status/927949487731638276">November 7, 2017</a></blockquote>\n'
    '<script async src="https://platform.twitter.com/widgets.js"></script>'
)
FILM = '<iframe src="https://www.youtube.com/embed/w7Ft2ymGmfc"></iframe>'
RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- <made> by hand --><?xml-stylesheet href="feed.xsl"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>River News</title><link>https://example.org/</link><language>en</language>
<item><title>Wide &amp;amp; deep</title><link>https://example.org/wide?utm_source=rss</link>
<guid isPermaLink="false">example:1</guid><pubDate>Wed, 08 Nov 2017 00:30:00 +0100</pubDate>
<dc:creator>Zoë Li</dc:creator><category>Rivers</category><category>Walks</category>
<description>A summary.</description><content:encoded><![CDATA[<p>Before.</p>{TWEET}{FILM}]]></content:encoded></item>
<item><title>By its summary</title><guid>https://example.org/summary</guid>
<description>{escape(TWEET)}</description></item>
<item><description>Words alone.</description></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>River News</title><link href="https://example.org/"/>
<entry><title type="html">A &lt;b&gt;wide&lt;/b&gt; river</title><link rel="alternate" href="/wide"/><id>urn:1</id>
<published>2017-11-08T00:30:00Z</published><updated>2018-01-01T00:00:00Z</updated>
<author><name>Ann Lee</name></author><author><name>Bo Li</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{TWEET.replace("&mdash;", "—").replace("async", "")}
{FILM}</div></content></entry>
<entry><title>1 &lt; 2</title><link href="https://example.org/text"/><id>urn:2</id>
<content type="text">1 &lt; 2, and {escape("<b>no</b>")} markup</content></entry>
</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>River News</title></channel>
<item rdf:about="https://example.org/a"><title>A</title><link>https://example.org/a</link></item></rdf:RDF>"""
JSON: dict[str, object] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "River News",
    "home_page_url": "https://example.org/",
    "language": "en",
    "authors": [{"name": "The desk"}],
    "items": [
        {
            "id": "https://example.org/wide",
            "url": "/wide?utm_source=feed",
            "title": "Wide & <deep>",
            "content_html": f"<p>Before.</p>{TWEET}{FILM}",
            "authors": [{"name": "Zoë Li"}, {"url": "https://example.org/bo"}, {"name": "Bo Li"}],
            "date_published": "2017-11-08T00:30:00+01:00",
            "date_modified": "2018-01-01T00:00:00Z",
            "tags": ["Rivers", "Walks"],
            "language": "de",
        },
        {"id": 2, "content_text": "1 < 2, and <b>no</b> markup\n\nMore", "author": {"name": "Ann Lee"}},
        {"id": "https://example.org/third", "summary": "A summary."},
    ],
}
MANY = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghijkl", "bcdefghijklm", strict=True))
BOMB = f'<!DOCTYPE rss [<!ENTITY a "lol">{MANY}]>'
WIDE = f'<!DOCTYPE rss [\n<!ENTITY m "{"A" * 5000}">\n]>'


def entries(body: str | bytes, url: str | None = None, encoding: str | None = None) -> list[Capture]:
    data = body.encode() if isinstance(body, str) else body
    return list(feeds.entries(Capture("feed.xml", data, "application/xml", "file", WHEN, url=url, encoding=encoding)))


def json_feed(**told: object) -> Capture:
    body = json.dumps(JSON | told).encode()
    return Capture("feed.json", body, _media.JSON_FEED, "file", WHEN, url="file:///feed.json")


def pages(body: str | bytes) -> list[Page]:
    return [read_page(entry) for entry in entries(body)]


def seen(page: Page) -> list[tuple[str, str | None, str | None]]:
    return [(embed.shape, embed.post.platform_id, embed.post.text) for embed in page.embeds]


def write(folder: Path, **files: str | bytes) -> None:
    for name, body in files.items():
        (folder / name.replace("_", ".")).write_bytes(body if isinstance(body, bytes) else body.encode())


def test_each_entry_of_rss_is_a_page_with_its_embeds() -> None:
    first, second, third = entries(RSS)
    assert (first.target, second.target, third.target) == (
        "feed.xml#example:1",
        "feed.xml#https://example.org/summary",
        "feed.xml#3",
    )
    assert (first.url, third.url) == ("https://example.org/wide?utm_source=rss", None)
    assert (first.source, first.captured_at, first.media_type) == ("feed", WHEN, "text/html")
    page = read_page(first)
    assert (page.url, page.url_source, page.outlet) == ("https://example.org/wide", "declared", "example.org")
    assert (page.title, page.byline, page.site_name) == ("Wide & deep", "Zoë Li", "River News")
    assert (page.keywords, page.lang) == (("Rivers", "Walks"), "en")
    assert page.published_at == datetime(2017, 11, 7, 23, 30, tzinfo=UTC)
    assert seen(page) == [
        ("blockquote", "927949487731638276", "Hello #rivers"),
        ("iframe", "w7Ft2ymGmfc", None),
    ]
    assert page.embeds[0].context_before == "Before."
    assert seen(read_page(second)) == [("blockquote", "927949487731638276", "Hello #rivers")]


def test_each_entry_of_atom_is_a_page_with_its_embeds() -> None:
    wide, text = pages(ATOM)
    assert (wide.url, wide.title, wide.byline) == ("https://example.org/wide", "A wide river", "Ann Lee, Bo Li")
    assert (wide.published_at, wide.modified_at) == (
        datetime(2017, 11, 8, 0, 30, tzinfo=UTC),
        datetime(2018, 1, 1, tzinfo=UTC),
    )
    assert [platform_id for _, platform_id, _ in seen(wide)] == ["927949487731638276", "w7Ft2ymGmfc"]
    assert (text.title, text.lang) == ("1 < 2", "de")
    assert b"1 &lt; 2, and &lt;b&gt;no&lt;/b&gt; markup" in entries(ATOM)[1].body


def test_rss_1_is_read() -> None:
    assert [page.url for page in pages(RDF)] == ["https://example.org/a"]


def test_each_item_of_a_json_feed_is_a_page_with_its_embeds() -> None:
    feed = json_feed()
    assert _media.kind("x", feed.body) == _media.JSON_FEED
    first, second, third = feeds.entries(feed)
    assert (first.target, second.target, third.target) == (
        "feed.json#https://example.org/wide",
        "feed.json#2",
        "feed.json#https://example.org/third",
    )
    assert (first.url, second.url, third.url) == (
        "https://example.org/wide?utm_source=feed",
        None,
        "https://example.org/third",
    )
    assert (first.source, first.captured_at, first.media_type, first.encoding) == ("feed", WHEN, "text/html", "utf-8")
    page = read_page(first)
    assert (page.url, page.url_source, page.site_name) == ("https://example.org/wide", "declared", "River News")
    assert (page.title, page.byline, page.lang) == ("Wide & <deep>", "Zoë Li, Bo Li", "de")
    assert page.keywords == ("Rivers", "Walks")
    assert page.published_at == datetime(2017, 11, 7, 23, 30, tzinfo=UTC)
    assert page.modified_at == datetime(2018, 1, 1, tzinfo=UTC)
    assert [platform_id for _, platform_id, _ in seen(page)] == ["927949487731638276", "w7Ft2ymGmfc"]
    assert (read_page(second).byline, read_page(third).byline, read_page(third).lang) == ("Ann Lee", "The desk", "en")
    assert b"<body><p>1 &lt; 2, and &lt;b&gt;no&lt;/b&gt; markup</p>\n<p>More</p></body>" in second.body
    assert b"<p>A summary.</p>" in third.body


def test_a_day_of_a_json_feed_stays_a_day() -> None:
    (entry,) = feeds.entries(json_feed(items=[{"title": "A", "date_published": "2017-11-08"}]))
    page = read_page(entry)
    assert (page.published_at, page.published_precision) == (datetime(2017, 11, 8, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    "value", [None, True, 7, 1.5, "words", [], {}, [None], [[]], {"name": {}}, [{"name": 3}], "\ud800"]
)
def test_whatever_shape_a_json_feed_has_reading_goes_on(value: object) -> None:
    names = "id url title content_html content_text summary authors author tags language date_published date_modified"
    odd = dict.fromkeys(names.split(), value)
    entries = list(
        feeds.entries(json_feed(items=[odd, value, {"id": "last"}], title=value, authors=value, author=value))
    )
    assert entries[-1].target == "feed.json#last"
    for entry in entries:
        assert read_page(entry).embeds == ()
        assert entry.target.encode()


def test_an_id_does_not_fill_a_target_with_rubbish() -> None:
    first, second = feeds.entries(json_feed(items=[{"id": "a\x00\x1bb"}, {"id": "x" * 10_000}]))
    assert (first.target, second.target) == ("feed.json#ab", "feed.json#2")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "is no JSON .line 1: Expecting property name"),
        (b"[" * 200_000, "is no JSON .*recursion"),
        (b'{"items": [' + b"9" * 10_000 + b"]}", "is no JSON .*digits"),
        (b"[]", "is a feed without entries"),
        (b'{"items": {}}', "is a feed without entries"),
        (b'{"items": ["words"]}', "is a feed without entries"),
    ],
)
def test_json_that_is_no_feed_is_said_plainly(body: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=f"^feed.json: {words}"):
        list(feeds.entries(replace(json_feed(), body=body)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_json_feed_in_other_encodings_is_read(encoding: str) -> None:
    body = json.dumps(JSON, ensure_ascii=False).encode(encoding)
    assert "Zoë Li" in next(feeds.entries(replace(json_feed(), body=body))).body.decode()


def test_the_links_of_a_feed_are_listed_with_their_dates() -> None:
    def links(body: str) -> list[Listed]:
        return list(
            feeds.links(Capture("x", body.encode(), _media.FEED, "web", WHEN, final_url="https://example.org/f"))
        )

    wide = Listed("https://example.org/wide?utm_source=rss", datetime(2017, 11, 7, 23, 30, tzinfo=UTC))
    assert links(RSS) == [wide, Listed("https://example.org/summary")]
    assert links(ATOM) == [
        Listed("https://example.org/wide", datetime(2018, 1, 1, tzinfo=UTC)),
        Listed("https://example.org/text"),
    ]
    assert list(feeds.links(json_feed())) == [
        Listed("https://example.org/wide?utm_source=feed", datetime(2018, 1, 1, tzinfo=UTC)),
        Listed("https://example.org/third"),
    ]
    assert links("<rss><item><link>javascript:alert(1)</link></item></rss>") == []
    with pytest.raises(UnreadableError, match="is a feed without entries"):
        links("<rss/>")


def test_each_entry_bears_the_fetch_of_its_feed() -> None:
    exchange = Exchange("https://example.org/f", b"GET", b"200", WHEN)
    feed = replace(
        json_feed(), exchanges=(exchange,), etag='"1"', last_modified="then", seconds=0.5, warc_file="a.warc"
    )
    first, second, _ = feeds.entries(feed)
    assert (first.exchanges, first.seconds, first.warc_file) == ((exchange,), 0.5, "a.warc")
    assert (second.exchanges, second.seconds, second.warc_file) == ((exchange,), None, "a.warc")
    assert (first.etag, first.last_modified) == (None, None)


@pytest.mark.parametrize(
    "body",
    [
        RSS.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        RSS.replace("UTF-8", "UTF-16").encode("utf-16"),
        RSS.encode("utf-8-sig"),
        RSS.replace("</channel></rss>", "").replace("River News", "River &nbsp; & News"),
    ],
)
def test_other_encodings_and_broken_feeds_are_read(body: str | bytes) -> None:
    first, *others = pages(body)
    assert (first.byline, len(first.embeds), len(others)) == ("Zoë Li", 2, 2)


def test_an_encoding_that_the_server_tells_comes_first() -> None:
    body = RSS.replace("UTF-8", "ascii").encode("latin-1")
    assert "Zoë Li".encode() in entries(body, encoding="iso-8859-1")[0].body


@pytest.mark.parametrize("prolog", [BOMB, WIDE, BOMB.replace(">", ">\n")])
def test_entities_of_a_feed_are_not_expanded(prolog: str) -> None:
    attack = (
        f"{prolog}<rss><channel><item><title>T</title><description>{'&m;' * 5000}</description></item></channel></rss>"
    )
    (entry,) = entries(attack)
    assert len(entry.body) < 50_000
    assert b"lol" not in entry.body


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/secret"])
def test_external_entities_of_a_feed_are_not_fetched(address: str) -> None:
    item = "<rss><channel><item><title>T</title><description>[&x;]</description></item></channel></rss>"
    for kind in (f'[<!ENTITY x SYSTEM "{address}">]', f'[<!ENTITY % x SYSTEM "{address}"> %x;]', f'SYSTEM "{address}"'):
        (entry,) = entries(f"<!DOCTYPE rss {kind}>{item}")
        assert b"[&x;]" in entry.body


def test_an_entry_cannot_break_out_of_its_head() -> None:
    hostile = escape(escape(f"</title>{FILM}"))
    (page,) = pages(
        f"<rss><channel><item><title>{hostile}</title><category>{hostile}</category></item></channel></rss>"
    )
    assert page.embeds == ()


def test_a_link_with_a_password_or_another_scheme_is_no_address() -> None:
    def url(link: str) -> str | None:
        return entries(f"<rss><channel><item><title>T</title><link>{link}</link></item></channel></rss>")[0].url

    assert url("https://ann:secret@example.org/a") == "https://example.org/a"
    assert url("javascript:alert(1)") is None
    assert url("http://[") is None


def test_a_feed_is_told_by_its_name_and_its_first_bytes(tmp_path: Path) -> None:
    write(tmp_path, a_rss=RSS, b_atom=ATOM, c_xml=RDF, d_txt=RSS, e_xml="<svg><path/></svg>", f_rss="no feed")
    write(tmp_path, g_xml='<?xml version="1.0"?><html><body><p>A page of XHTML.</p></body></html>', h_xml=b"")
    found = list(sources.read([str(tmp_path)], Settings()))
    names = [each.target.removeprefix(str(tmp_path)).partition("#")[0] for each in found]
    assert names == ["/a.rss"] * 3 + ["/b.atom"] * 2 + ["/c.xml"] + ["/d.txt"] * 3
    failures = {name: next(sources.read([str(tmp_path / name)], Settings())) for name in ("e.xml", "f.rss", "h.xml")}
    assert all(isinstance(each, Failed) and isinstance(each.error, UnreadableError) for each in failures.values())
    assert "is no feed (of XML, RSS, Atom, sitemaps and OPML are read)" in str(getattr(failures["e.xml"], "error", ""))
    (page,) = sources.read([str(tmp_path / "g.xml")], Settings())
    assert isinstance(page, Capture)
    assert page.media_type == "text/html"


def test_a_folder_with_xml_that_is_no_feed_holds_no_page(tmp_path: Path) -> None:
    write(tmp_path, sitemap_xml="<urlset/>")
    (failure,) = sources.read([str(tmp_path)], Settings())
    assert isinstance(failure, Failed)
    assert isinstance(failure.error, TargetError)


def test_a_feed_without_entries_is_a_failure() -> None:
    with pytest.raises(UnreadableError, match="is a feed without entries"):
        entries("<rss><channel><title>Quiet</title></channel></rss>")


def test_a_feed_comes_through_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ATOM.encode())))
    assert [each.target for each in sources.read(["-"], Settings())] == ["-#urn:1", "-#urn:2"]


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml; charset=utf-8", "text/xml", "application/xml", ""]
)
def test_a_feed_comes_from_the_web(kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    settings = answering(lambda _: httpx.Response(200, content=ATOM.encode(), headers=headers))
    first, second = sources.read(["https://ann:secret@example.org/feed"], settings)
    assert isinstance(first, Capture)
    assert (first.target, first.url, first.status) == (
        "https://example.org/feed#urn:1",
        "https://example.org/wide",
        None,
    )
    assert (first.source, second.target) == ("feed", "https://example.org/feed#urn:2")


def test_xml_of_the_web_that_is_no_feed_is_a_failure_and_markdown_a_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a.md":
            return httpx.Response(200, content=b"# A river", headers={"content-type": "text/markdown"})
        return httpx.Response(200, content=b"<svg/>", headers={"content-type": "text/xml"})

    settings = answering(answer)
    failure, page = sources.read(["https://example.org/river.svg", "https://example.org/a.md"], settings)
    assert isinstance(failure, Failed)
    assert "is no feed" in str(failure.error)
    assert isinstance(page, Capture)
    assert read_page(page).title == "A river"


@given(st.data())
def test_no_damaged_feed_makes_reading_raise(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([RSS, ATOM, RDF])).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        until = data.draw(st.integers(at, min(len(body), at + 40)))
        body[at:until] = data.draw(st.binary(max_size=12) | st.sampled_from([b"<item>", b"]]>", b"\x00", b"&", b"<!"]))
    with suppress(UnreadableError):  # no entry is left
        assert all(page.url for page in pages(bytes(body)))


@pytest.mark.parametrize("reference", ["&#xD800;", "&#99999999999;", "&#x110000;", f"&#{'9' * 5000};", "&#55296"])
def test_a_reference_to_no_character_stops_no_feed(reference: str) -> None:
    (entry,) = entries(
        f"<rss><channel><item><title>a{reference} b</title><link>http://a.example/</item></channel></rss>"
    )
    assert "a\ufffd" in entry.body.decode()


def test_what_breaks_feedparser_is_a_failure() -> None:
    with pytest.raises(UnreadableError, match="is a feed that cannot be read"):
        entries("<rss><channel><item><gml:pos>1 2</gml:pos></item></channel></rss>")
