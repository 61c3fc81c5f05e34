"""Lists: OPML, tables, bookmarks, plain lists; lines that name no page."""

from __future__ import annotations

import gzip
import io
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed, Listed
from archiver.sources import _media, lists
from tests.pages import WHEN

OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Rivers & walks"><outline text="A" type="rss" xmlUrl="https://example.org/a.rss" htmlUrl="https://example.org/"/>
<outline text="B" XMLURL="feed://example.org/b.rss"/><outline text="C" xmlUrl="feed:https://example.org/c.rss"/></outline>
<outline text="D" type="link" url="https://example.org/d"/><outline text="E" htmlUrl="https://example.org/e"/>
<outline text="Words alone"/></body></opml>"""
BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- This is an automatically generated file. -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8"><TITLE>Bookmarks</TITLE><H1>Bookmarks</H1>
<DL><p><DT><H3 ADD_DATE="1510099200">Rivers</H3><DL><p>
<DT><A HREF="https://example.org/a?x=1&amp;y=2" ADD_DATE="1510099200" ICON="data:image/png;base64,AA==">Zoë</A>
<DD>A note with a <a href="HTTPS://example.org/b">link</a>
<DT><A HREF="javascript:void(0)">Read later</A><DT><A HREF="place:sort=8">Recent</A><DT><A HREF="http://[">No</A>
</DL><p></DL>"""


def listed(body: str | bytes, kind: str) -> list[Listed | Failed]:
    data = body.encode() if isinstance(body, str) else body
    return list(lists.listed(Capture("x", data, kind, "file", WHEN)))


def names(body: str | bytes, kind: str) -> list[str]:
    return [each.url if isinstance(each, Listed) else str(each.error) for each in listed(body, kind)]


def test_the_feeds_of_an_opml_file_are_listed() -> None:
    assert _media.kind("x", OPML.encode()) == _media.OPML
    assert names(OPML, _media.OPML) == [
        "https://example.org/a.rss",
        "http://example.org/b.rss",
        "https://example.org/c.rss",
        "https://example.org/d",
        "https://example.org/e",
    ]


def test_a_broken_opml_file_is_read_up_to_the_break() -> None:
    half = OPML.partition('<outline text="D"')[0]
    *before, broken = names(half, _media.OPML)
    assert len(before) == 3
    assert broken == "x#4: line 4 is no XML: no element found; what stands before it was read"


def test_entities_of_an_opml_file_are_not_expanded() -> None:
    body = (
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + OPML.replace("a.rss", "&x;").partition("?>")[2]
    )
    assert names(body, _media.OPML)[0] == "https://example.org/&x;"


def test_bookmarks_are_listed_without_what_browsers_keep_for_themselves() -> None:
    assert _media.kind("x", BOOKMARKS.encode()) == _media.BOOKMARKS
    assert listed(BOOKMARKS, _media.BOOKMARKS)[:2] == [
        Listed("https://example.org/a?x=1&y=2"),
        Listed("HTTPS://example.org/b"),
    ]
    assert names(BOOKMARKS, _media.BOOKMARKS)[2:] == ["x#7: line 7 is no http or https URL: http://["]


@pytest.mark.parametrize("end", ["", "\n"])
def test_bookmarks_in_folders_without_end_are_read_in_time(end: str) -> None:
    body = (
        f"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n{f'<DL><p><DT>{end}' * 300_000}\n<A HREF='https://example.org/a'>A</A>"
    )
    begun = time.perf_counter()
    assert names(body, _media.BOOKMARKS)[-1] == "https://example.org/a"
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_has_one_address_a_line(encoding: str, end: str) -> None:
    lines = ["# pages", "", " https://example.org/é ", "\t<https://example.org/b>", "https://example.org/c  # a note"]
    assert names(end.join(lines).encode(encoding), _media.URLS) == [
        "https://example.org/é",
        "https://example.org/b",
        "https://example.org/c",
    ]


def test_a_line_that_names_no_page_is_named_and_others_go_on() -> None:
    body = (
        f"https://example.org/a\n\nexample.org/b\nftp://ann:secret@example.org/{'c' * 200}\nhttps://ann:x@example.org/d"
    )
    first, second, third, fourth = listed(body, _media.URLS)
    assert isinstance(second, Failed)
    assert isinstance(third, Failed)
    assert str(second.error) == "x#3: line 3 is no http or https URL: example.org/b"
    assert (second.target, second.at) == ("x#3", WHEN)
    assert "secret" not in str(third.error)
    assert len(str(third.error)) < 200
    assert (first, fourth) == (Listed("https://example.org/a"), Listed("https://ann:x@example.org/d"))


def test_of_many_bad_lines_the_first_hundred_are_named_and_the_others_counted() -> None:
    body = "no\n" * 150 + "https://example.org/a\n" + "no\n" * 150
    found = listed(body, _media.URLS)
    assert len(found) == 102
    assert found[100] == Listed("https://example.org/a")
    assert names(body, _media.URLS)[-1] == "x: has 200 further lines that name no page"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (_media.URLS, "a list"),
        (_media.OPML, "an OPML file"),
        (_media.BOOKMARKS, "a file of bookmarks"),
        (_media.TABLE, "a table"),
    ],
)
def test_a_list_of_nothing_is_a_failure(kind: str, what: str) -> None:
    body = {_media.OPML: "<opml/>", _media.TABLE: "url,title\n"}.get(kind, "# none\n")
    assert names(body, kind) == [f"x: is {what} that names no page (nothing to archive)"]


TABLES = {
    "a column by its name": "id,media_url,title,URL\n1,https://example.net/,A,https://example.org/a\n",
    "a name of two words": "Title;Page-URL\nA;https://example.org/a\n",
    "a column by its values": "title\tsource\n1\thttps://example.org/a\n2\tnone\n3\thttps://example.org/b\n",
    "no header": "1,https://example.org/a\n2,https://example.org/b\n",
    "one column": '"https://example.org/a,b"\nhttps://example.org/c;d\n',
    "one column with a name": "url\nhttps://example.org/a,b\nhttps://example.org/c\n",
    "quotes": 'title,link\n"A ""wide""\nriver, deep",https://example.org/a\n',
    "an address of a house": "address,site\n1 River Road,https://example.org/a\n2 River Road,https://example.org/b\n",
    "bars and empty rows": "url|title\r\n\r\nhttps://example.org/a|A\r\n||\r\nhttps://example.org/b|B\r\n",
    "a byte order mark": "\ufeffurl,title\nhttps://example.org/a,A\n",
}
TABLE_NAMES = {
    "a column by its values": [
        "https://example.org/a",
        "x#3: line 3 is no http or https URL: none",
        "https://example.org/b",
    ],
    "one column": ["https://example.org/a,b", "https://example.org/c;d"],
    "one column with a name": ["https://example.org/a,b", "https://example.org/c"],
    "no header": ["https://example.org/a", "https://example.org/b"],
    "an address of a house": ["https://example.org/a", "https://example.org/b"],
    "bars and empty rows": ["https://example.org/a", "https://example.org/b"],
}


@pytest.mark.parametrize("name", TABLES)
def test_the_addresses_of_a_table_are_listed(name: str) -> None:
    assert names(TABLES[name], _media.TABLE) == TABLE_NAMES.get(name, ["https://example.org/a"])
    assert names(TABLES[name].encode("utf-16"), _media.TABLE) == TABLE_NAMES.get(name, ["https://example.org/a"])


def test_a_table_tells_dates() -> None:
    body = (
        "url,title,Publish_Date\nhttps://example.org/a,A,2017-11-08T00:30:00+01:00\nhttps://example.org/b,B,soon\nx\n"
    )
    assert listed(body, _media.TABLE)[:2] == [
        Listed("https://example.org/a", datetime(2017, 11, 7, 23, 30, tzinfo=UTC)),
        Listed("https://example.org/b"),
    ]
    assert names(body, _media.TABLE)[2] == "x#4: line 4 is no http or https URL: x"


def test_a_table_without_addresses_is_a_failure() -> None:
    assert names("title,year\nA,2017\n", _media.TABLE) == ["x#1: line 1 begins a table without a column of URLs"]


def test_a_cell_too_large_ends_a_table() -> None:
    body = f'url,title\nhttps://example.org/a,A\nhttps://example.org/b,"{"x" * 200_000}\n'
    first, broken = names(body, _media.TABLE)
    assert first == "https://example.org/a"
    assert "ends what can be read of the table" in broken


@pytest.mark.parametrize("kind", [_media.URLS, _media.TABLE, _media.OPML, _media.BOOKMARKS])
@pytest.mark.parametrize(
    "body",
    ["a" * 10_000_000, "," * 10_000_000, "\x00" * 5_000_000, "a\n" * 500_000, '"' * 10_000_000, "a,a\n" * 200_000],
)
def test_megabytes_of_malice_are_read_in_time(body: str, kind: str) -> None:
    begun = time.perf_counter()
    found = listed(body, kind)
    assert 0 < len(found) <= 101
    assert all(isinstance(each, Failed) for each in found)
    assert time.perf_counter() - begun < 10


def write(folder: Path, name: str, body: str | bytes) -> str:
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return str(path)


FEED = "<rss><channel><item><title>A</title><link>https://example.org/a.rss</link></item></channel></rss>"
SITEMAP = "<urlset><url><loc>https://example.org/a.rss</loc></url></urlset>"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.txt", "https://example.org/a.rss\n"),
        ("x", "https://example.org/a.rss and why"),
        ("x.urls", "https://example.org/a.rss"),
        ("x.csv", "title,url\nA,https://example.org/a.rss\n"),
        ("x.txt", "title,url\nA,https://example.org/a.rss\n"),
        ("x.csv.gz", gzip.compress(b"url\nhttps://example.org/a.rss\n")),
        ("x.opml", '<opml><body><outline xmlUrl="https://example.org/a.rss"/></body></opml>'),
        ("x.html", '<!DOCTYPE NETSCAPE-Bookmark-file-1><DT><A HREF="https://example.org/a.rss">A</A>'),
        ("x.xml", FEED),
        ("x.xml", SITEMAP),
        ("x.xml.gz", gzip.compress(SITEMAP.encode())),
        ("x.json", '{"version": "https://jsonfeed.org/version/1", "items": [{"url": "https://example.org/a.rss"}]}'),
    ],
)
def test_urls_come_from_a_file_of_any_kind_of_list(
    name: str, body: str | bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, name, body)
    assert list(lists.urls_in(path)) == [Listed("https://example.org/a.rss")]
    if not name.startswith("x.csv"):  # by its name alone is a table of one column known
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path(path).read_bytes())))
        assert list(lists.urls_in("-")) == [Listed("https://example.org/a.rss")]


def test_a_page_is_no_list_of_urls(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="is text/html, not a list of addresses"):
        lists.urls_in(write(tmp_path, "x.html", "<p>https://example.org/"))
    with pytest.raises(TargetError):
        lists.urls_in(str(tmp_path / "missing"))
    with pytest.raises(UnreadableError, match="is a PNG picture"):
        lists.urls_in(write(tmp_path, "x.txt", b"\x89PNG"))


@given(st.sampled_from([OPML, BOOKMARKS, *TABLES.values()]), st.binary(max_size=60), st.integers(0, 400), st.data())
def test_no_damaged_list_makes_reading_raise(body: str, scrap: bytes, at: int, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([_media.OPML, _media.BOOKMARKS, _media.TABLE, _media.URLS, _media.TEXT]))
    damaged = body.encode()[:at] + scrap + body.encode()[at + data.draw(st.integers(0, 80)) :]
    found = listed(damaged, kind)
    assert found
    assert all(isinstance(each, Failed) or each.url.lower().startswith("http") for each in found)


def test_bookmarks_with_broken_markup_are_read() -> None:
    body = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<![a <a href="http://a.example/">\n<a href="http://b.example/">'
    assert "http://b.example/" in names(body, _media.BOOKMARKS)
