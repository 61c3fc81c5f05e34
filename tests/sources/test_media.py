"""What kind of document some bytes are."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UnreadableError
from archiver.sources import _magic, _media

ARTICLE = b"<!doctype html><title>A river</title><p>Words, and https://example.org/ in them."
RSS = b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>"
JSON_FEED = b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'
BOOKMARKS = b"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<META HTTP-EQUIV='Content-Type'><H1>Bookmarks</H1><DL><p>"
LIST = b"# two pages\n\nhttps://example.org/a\r\n <https://example.org/b> \n"
HAR = b'{"log": {"version": "1.2", "creator": {"name": "x"}, "entries": []}}'
WARC = b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n"


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "told", "kind"),
    [
        (ARTICLE, None, _media.HTML),
        (b"A walk by the river.", None, _media.TEXT),
        (RSS, None, _media.FEED),
        (RSS, "text/html", _media.FEED),
        (RSS, "text/plain", _media.FEED),
        (RSS.decode().encode("utf-16"), None, _media.FEED),
        (RSS.decode().encode("utf-16-le"), "application/xml", _media.FEED),
        (b"<!-- a --><a:feed xmlns:a='http://www.w3.org/2005/Atom'/>", None, _media.FEED),
        (b"<urlset/>", None, _media.SITEMAP),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<sm:urlset xmlns:sm='x'>", "text/plain", _media.SITEMAP),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><sitemapindex>", "application/xml", _media.SITEMAP),
        (b"<OPML version='2.0'>", "text/x-opml", _media.OPML),
        (JSON_FEED, "application/json", _media.JSON_FEED),
        (JSON_FEED.replace(b"/", b"\\/"), "text/plain", _media.JSON_FEED),
        (b'{"items": [%s], "version": "https://jsonfeed.org/version/1"}' % (b"1," * 9000), None, _media.JSON_FEED),
        (b'{"title": "A river"}', None, _media.JSON),
        (b'[{"title": "A river"}]', "application/json", _media.JSON),
        (BOOKMARKS, "text/html", _media.BOOKMARKS),
        (LIST, None, _media.URLS),
        (LIST, "text/plain", _media.URLS),
        (b"\xef\xbb\xbf" + LIST, None, _media.URLS),
        (LIST.decode().encode("utf-16"), None, _media.URLS),
        (b"url,title\nhttps://example.org/,A", "text/csv", _media.TABLE),
        (b"<html>Log in", "text/csv", _media.HTML),
        (b"# A river", "text/markdown", _media.MARKDOWN),
    ],
)
def test_a_kind_is_known(body: bytes, told: str | None, kind: str) -> None:
    assert _media.kind("x", body, told) == kind


@pytest.mark.parametrize(
    "body",
    [
        b"https://example.org/a\nRead this.",
        b"https://example.org/a and words",
        b"https://example.org/a https://example.org/b",
        b"# a heading\nprose",
        b"# a comment alone",
        b"url,title\nhttps://example.org/,A",
        b"ftp://example.org/",
        b"[[A river]] and [more]",
        b"[1] A note, and {braces}",
        b"{A} river {b}",
        b"The feed <rss> and the <urlset> are words here.",
        b"> <rss version='2.0'> as someone wrote",
        b"WARC/1.0 is a format of archives.",
        b"org,example)/ is a key",
        b"CDX is an index",
    ],
)
@pytest.mark.parametrize("told", [None, _media.TEXT])
def test_a_text_with_words_is_a_text(body: bytes, told: str | None) -> None:
    assert _media.kind("x", body, told) == _media.TEXT


@pytest.mark.parametrize("told", [None, _media.HTML])
@pytest.mark.parametrize(
    "body",
    [
        ARTICLE,
        b"<p>https://example.org/a",
        b"<html><!-- <rss> --><urlset>",
        b"<html>" + JSON_FEED,
        b"<!doctype html><!DOCTYPE NETSCAPE-Bookmark-file-1>",
    ],
)
def test_an_article_is_no_list(body: bytes, told: str | None) -> None:
    assert _media.kind("x", body, told) == _media.HTML


ARCHIVES: dict[str, tuple[bytes, str | None]] = {
    "WARC": (WARC, _media.WARC),
    "an old WARC": (WARC.replace(b"1.0", b"0.18"), _media.WARC),
    "gzip": (gzip.compress(WARC), _media.WARC),
    "members": (gzip.compress(WARC) + gzip.compress(b"more"), _media.WARC),
    "zstd": (zstandard.compress(WARC), _media.WARC),
    "zstd with a dictionary": (b"\x5d\x2a\x4d\x18\x04\x00\x00\x00abcd", _media.WARC),
    "WACZ": (packed("datapackage.json", "archive/data.warc.gz"), _media.WACZ),
    "WACZ without a package": (packed("archive/data.warc"), _media.WACZ),
    "HAR": (b"\xef\xbb\xbf\n" + HAR, _media.HAR),
    "CDX": (b" CDX N b a m s k r M S V g\norg,example)/ 2020", _media.CDX),
    "CDX without a head": (
        b"org,example)/a 20200101000000 http://example.org/a text/html 200 ABC - - 1 2 x",
        _media.CDX,
    ),
    "CDXJ": (b'org,example)/a 20200101000000 {"url": "http://example.org/a"}', _media.CDX),
    "a packed CDXJ": (gzip.compress(b"!meta 0 {}\n"), _media.CDX),
    "a ZIP": (packed("word/document.xml", "archive/readme.txt"), None),
    "half a ZIP": (packed("datapackage.json")[:40], None),
    "half a gzip": (b"\x1f\x8b\x08", None),
    "half a zstd": (b"\x28\xb5\x2f\xfd\x00", None),
    "JSON with a log": (b'{"log": {"level": "info"}}', None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_known_by_its_first_bytes(name: str) -> None:
    body, kind = ARCHIVES[name]
    assert _magic.archive(io.BytesIO(body)) == kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b" \n", "is empty"),
        (b"%PDF-1.7", "is a PDF, not a page"),
        (packed("word/document.xml"), "is a ZIP file, not a page"),
        (gzip.compress(b"x"), "is a gzip file, not a page"),
        (zstandard.compress(b"x"), "is a Zstandard file, not a page"),
        (bytes(range(256)), "is binary, not a page"),
        (gzip.compress(WARC), r"is a WARC file, not a page \(save it, and name the file\)"),
        (HAR, "is a HAR file"),
        (b"!meta 0 {}", r"is a CDX index, not a page \(it lists captures, and holds none\)"),
    ],
)
def test_what_is_no_page_is_said_plainly(body: bytes, words: str) -> None:
    for told in (None, _media.HTML, _media.TEXT, _media.TABLE, _media.URLS):
        with pytest.raises(UnreadableError, match=f"^x: {words}"):
            _media.kind("x", body, told)


@pytest.mark.parametrize("told", [_media.FEED, _media.OPML, _media.SITEMAP])
def test_xml_that_is_none_of_those_read_is_said_plainly(told: str) -> None:
    with pytest.raises(UnreadableError, match="is no feed"):
        _media.kind("x", b"<svg/>", told)


def test_a_document_in_gzip_is_unpacked_within_a_limit() -> None:
    assert _media.unpacked("x", gzip.compress(RSS), 1000) == RSS
    assert _media.unpacked("x", gzip.compress(RSS) + gzip.compress(b"<!-- -->"), 1000) == RSS + b"<!-- -->"
    assert _media.unpacked("x", RSS, 1) == RSS
    assert _media.unpacked("x", gzip.compress(WARC), 1) == gzip.compress(WARC)
    with pytest.raises(UnreadableError, match="x: is a gzip file that is larger than 5 MB"):
        _media.unpacked("x", gzip.compress(bytes(50 << 20)), 5 << 20)
    with pytest.raises(UnreadableError, match="x: is a gzip file that ends before its end"):
        _media.unpacked("x", gzip.compress(RSS)[:-9], 1000)


@pytest.mark.parametrize("mark", [b"<!---->", b"<!-- x -->\n", b"<?xml?>", b" \n"])
def test_thousands_of_comments_before_a_page_take_no_time(mark: bytes) -> None:
    assert _media.kind("x", mark * 20_000 + b"x") == _media.TEXT
    assert _media.kind("x", mark * 20 + b"<p>x") in (_media.HTML, _media.TEXT)


LONG: dict[str, Callable[[int], bytes]] = {
    "addresses": lambda size: b"https://example.org/\n" * (size // 21) + b"and a word",
    "one line": lambda size: b"https://example.org/" + b"a" * size,
    "versions": lambda size: b'{"' + b'version"   :  "' * (size // 15),
    "blanks": lambda size: b'{"version"' + b" " * size + b"}",
    "a key": lambda size: b"a" * size + b") 20200101000000 ",
    "CDX": lambda size: b"CDX" + b" a" * (size // 2),
    "brackets": lambda size: json.dumps([[]]).encode() * (size // 4),
}


@pytest.mark.parametrize("name", LONG)
def test_ten_megabytes_are_told_in_a_moment(name: str) -> None:
    body = LONG[name](10_000_000)
    begun = time.process_time()
    _media.kind("x", body)
    assert time.process_time() - begun < 10


@given(st.binary(max_size=300), st.sampled_from([None, *_media.TOLD.values()]))
def test_any_bytes_have_a_kind_or_are_refused(body: bytes, told: str | None) -> None:
    try:
        kind = _media.kind("x", body, told)
    except UnreadableError as error:
        kind = error.thing
    assert kind == "x" or kind in {*_media.TOLD.values(), *_media.LISTS}
