"""Common Crawl: an index is searched page by page, and of a huge file only one record is read."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiverError, FetchError, TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.page import read_page
from archiver.sources._settings import Settings
from archiver.sources.services import _member, commoncrawl
from archiver.sources.services.cdx import Record
from archiver.sources.services.commoncrawl import Service
from tests.webarchive_server import Archive, Held, Reply, member, response, serving

NEW, OLD, EARLY = "CC-MAIN-2024-10", "CC-MAIN-2017-43", "CC-MAIN-2012"
NEWS = [Held(f"https://example.com/news/{n}", f"2024022{n}120000", b"<p>Page %d</p>" % n) for n in range(7)]
BEFORE = [Held(f"https://example.com/news/{n}", "20171016120000", b"<p>Before %d</p>" % n) for n in range(2)]
SPANS = {NEW: ("2024-02-20T23:00:05", "2024-03-05T16:35:45"), OLD: ("2017-10-16T20:01:00", "2017-10-25T00:00:00")}
SETTINGS = Settings(allow_private=True, timeout=5)
FAST = Service(searches_a_minute=60_000, records_a_second=1000, pause=0.05, backoff=0.01)
STORY = NEWS[3]


@pytest.fixture
def archive() -> Iterator[Archive]:
    with serving(crawls={NEW: NEWS, OLD: BEFORE, EARLY: []}, spans=SPANS) as archive:
        yield archive


def service(archive: Archive, **more: object) -> Service:
    return replace(FAST, index_url=archive.base, data_url=archive.base, **more)  # type: ignore[arg-type]


def found(archive: Archive, wanted: str = "example.com/news/*", crawl: object = None, **more: object) -> list[Record]:
    return list(commoncrawl.search(wanted, SETTINGS, crawl, service=service(archive), **more))  # type: ignore[arg-type]


def read(archive: Archive, records: list[Record], settings: Settings = SETTINGS) -> list[Capture | Failed]:
    received = list(commoncrawl.read(records, settings, service=service(archive)))
    return sorted(
        received, key=lambda each: [commoncrawl.address(r, service(archive)) for r in records].index(each.target)
    )


def test_the_newest_crawl_is_searched_page_by_page(archive: Archive) -> None:
    assert [record.url for record in found(archive)] == [held.url for held in NEWS]
    asked = [hit.asked for hit in archive.asked("index")]
    assert [a.get("page") or a.get("showNumPages") for a in asked] == [["true"], ["0"], ["1"], ["2"], ["3"]]
    assert {hit.path.partition("?")[0] for hit in archive.asked("index")} == {f"/{NEW}-index"}


def test_pages_of_an_index_are_asked_for_as_they_are_read(archive: Archive) -> None:
    records = commoncrawl.search("example.com/news/*", SETTINGS, service=service(archive))
    assert [next(records).url for _ in range(2)] == [held.url for held in NEWS[:2]]
    assert len(archive.asked("index")) == 2
    records.close()


def test_one_crawl_several_or_all_are_searched(archive: Archive) -> None:
    assert [r.url for r in found(archive, crawl=OLD)] == [held.url for held in BEFORE]
    assert archive.asked("collinfo") == []
    assert len(found(archive, crawl=[OLD, NEW])) == len(found(archive, crawl="all")) == 9


def test_bounds_choose_the_crawls_that_were_made_between_them(archive: Archive) -> None:
    assert [r.timestamp for r in found(archive, start="2017", end="2017")] == ["20171016120000"] * 2
    assert {hit.path.partition("?")[0] for hit in archive.asked("index")} == {f"/{OLD}-index", f"/{EARLY}-index"}
    assert [r.timestamp for r in found(archive, start="20240222", end="20240223")] == [
        NEWS[2].timestamp,
        NEWS[3].timestamp,
    ]
    assert found(archive, start="2025") == []


def test_limit_is_kept(archive: Archive) -> None:
    assert len(found(archive, limit=3)) == 3
    assert len(archive.asked("index")) == 3


def test_errors_pictures_and_repetitions_are_not_found(archive: Archive) -> None:
    archive.page_rows = 10
    archive.crawls[NEW] = [
        replace(STORY, timestamp="20240201000000"),
        replace(STORY, timestamp="20240202000000"),
        replace(STORY, timestamp="20240203000000", status=404),
        replace(STORY, timestamp="20240204000000", content_type="image/png"),
        replace(STORY, timestamp="20240205000000", body=b"<p>Changed"),
    ]
    assert [r.timestamp for r in found(archive)] == ["20240201000000", "20240205000000"]


def test_what_a_server_that_ignores_filters_sends_is_filtered_here(archive: Archive) -> None:
    row = {"urlkey": "k", "timestamp": "20240201000000", "url": "https://example.com/", "status": "404"}
    archive.then("index", Reply(200, b'{"pages": 1}'), Reply(200, json.dumps(row).encode()))
    assert found(archive) == []


@pytest.mark.parametrize(
    "replies",
    [
        [Reply(404, b'{"message": "No Captures found for: example.com/news/*"}')],
        [Reply(200, b'{"pages": 0}')],
        [Reply(200, b"1\n"), Reply(404, b'{"message": "No Captures found for: x"}')],
        [Reply(200, b"1"), Reply(200, b"")],
        [Reply(200, b"")],
    ],
)
def test_no_captures_are_an_empty_list_however_it_is_said(archive: Archive, replies: list[Reply]) -> None:
    archive.then("index", *replies)
    assert found(archive, crawl=NEW) == []
    assert len(archive.asked("index")) == len(replies)


BROKEN = b'{"urlkey": "k", "timestamp": "20240201000000", "url": "https://exa'


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, BROKEN),
        Reply(200, b'{"url": "x"}\n' + BROKEN),
        Reply(200, b"<html>Down"),
        Reply(503, b"Slow down"),
        Reply(504),
        Reply(500, b"Internal Server Error"),
        Reply(429),
    ],
)
def test_an_odd_answer_in_the_middle_of_a_search_is_asked_for_again(archive: Archive, reply: Reply) -> None:
    records = commoncrawl.search("example.com/news/*", SETTINGS, service=service(archive))
    got = [next(records).url for _ in range(2)]
    archive.then("index", reply, reply)
    assert got + [record.url for record in records] == [held.url for held in NEWS]


@pytest.mark.parametrize(
    ("kind", "reply", "tries", "words"),
    [
        ("index", Reply(200, BROKEN), 3, "is answered with no number of pages"),
        ("index", Reply(200, b'{"pages": "many"}'), 3, "is answered with no number of pages"),
        ("index", Reply(503), 3, "answered 503 Service Unavailable"),
        ("index", Reply(403, b"<html>Forbidden"), 1, r"answered 403: <html>Forbidden \(it shuts out who asks too much"),
        ("index", Reply(400, b'{"message": "invalid url"}'), 1, "answered 400: invalid url"),
        ("collinfo", Reply(200, b"[]"), 3, "the list of crawls: is answered with an empty list of crawls"),
        ("collinfo", Reply(200, b'[{"name": "x"}]'), 3, "the list of crawls: is answered with no list of crawls"),
        ("collinfo", Reply(200, b'[{"id": "../../etc"}]'), 3, "an empty list of crawls"),
        ("collinfo", Reply(404), 1, "the list of crawls: answered 404"),
    ],
)
def test_a_search_that_fails_says_how(archive: Archive, kind: str, reply: Reply, tries: int, words: str) -> None:
    archive.then(kind, *[reply] * 9)
    with pytest.raises(FetchError, match=words):
        found(archive)
    assert len(archive.asked(kind)) == tries


def test_a_crawl_that_is_none_is_told(archive: Archive) -> None:
    with pytest.raises(FetchError, match="in CC-MAIN-1999-01: answered 404: No handler for CC-MAIN-1999-01"):
        found(archive, crawl="CC-MAIN-1999-01")
    with pytest.raises(TargetError, match="is no name of a crawl"):
        found(archive, crawl="../collinfo.json?")


def test_the_crawls_are_listed_the_newest_first(archive: Archive) -> None:
    assert commoncrawl.crawls(SETTINGS, service=service(archive)) == [NEW, OLD, EARLY]


def test_a_record_is_read_by_its_range_alone(archive: Archive) -> None:
    record = found(archive)[3]
    (capture,) = read(archive, [record])
    assert isinstance(capture, Capture)
    assert (capture.body, capture.media_type, capture.encoding, capture.status) == (
        STORY.body,
        "text/html",
        "utf-8",
        200,
    )
    assert (capture.source, capture.url, capture.final_url) == ("commoncrawl", STORY.url, STORY.url)
    assert capture.captured_at == datetime(2024, 2, 23, 12, tzinfo=UTC)
    assert capture.warc_file == f"{archive.base}/{record.filename}"
    whole, places = archive.warc(NEW)
    assert (capture.warc_offset, capture.warc_length) == places[3]
    first, length = places[3]
    assert b"Page 3" in gzip.decompress(whole[first : first + length])
    assert archive.asked("data")[0].headers["range"] == f"bytes={first}-{first + length - 1}"
    page = read_page(capture)
    assert (page.url, page.archived_at) == (STORY.url, None)


@pytest.mark.parametrize(
    "held",
    [
        replace(STORY, body=gzip.compress(b"<p>Words</p>"), coding="gzip"),
        replace(STORY, body=gzip.compress(b"<p>Words</p>"), coding="gzip", chunked=True),
        replace(STORY, body=b"<p>Words</p>", chunked=True),
        replace(STORY, body=b"<p>Words</p>", coding="gzip"),
    ],
)
def test_a_body_is_without_chunks_and_compression(archive: Archive, held: Held) -> None:
    archive.crawls[NEW] = [held]
    (capture,) = read(archive, found(archive))
    assert isinstance(capture, Capture)
    assert capture.body == b"<p>Words</p>"


def test_the_digest_may_be_that_of_the_chunks(archive: Archive) -> None:
    held = replace(STORY, chunked=True)
    archive.crawls[NEW] = [held]
    chunked = replace(held, body=b"%x\r\n%s\r\n0\r\n\r\n" % (len(held.body), held.body))
    (capture,) = read(archive, [replace(found(archive)[0], digest=chunked.digest)])
    assert isinstance(capture, Capture)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digest": "A" * 32}, "is not what the index names: its digest is "),
        ({"url": "https://example.com/other"}, "holds another page than the index says: https://example.com/news/3"),
        ({"offset": 10**9}, "lies beyond the end of its file (index and file do not fit)"),
        ({"offset": None}, "has no place in the index"),
        ({"length": 0}, "has no place in the index"),
        ({"length": 10**9}, "is larger than"),
        ({"filename": None}, "has no place in the index"),
        ({"filename": "../../etc/passwd.gz"}, "is in no file of Common Crawl's"),
        ({"filename": "https://evil.example/x.gz"}, "is in no file of Common Crawl's"),
        ({"filename": "//evil.example/x.gz"}, "is in no file of Common Crawl's"),
        ({"filename": "a/b.gz?x=.gz"}, "is in no file of Common Crawl's"),
        ({"filename": "crawl-data/CC-MAIN-1999-01/x.warc.gz"}, "answered 404: <Error>"),
    ],
)
def test_what_the_index_says_wrongly_is_told_and_stops_no_other(
    archive: Archive, change: dict[str, object], words: str
) -> None:
    records = found(archive)
    records[3] = replace(records[3], **change)  # type: ignore[arg-type]
    received = read(archive, records)
    assert [type(each) for each in received] == [Capture] * 3 + [Failed] + [Capture] * 3
    assert words in str(error_of(received[3]))


def error_of(received: Capture | Failed) -> ArchiverError:
    assert isinstance(received, Failed)
    return received.error


HUGE = b"x" * 50_000_000


@pytest.mark.parametrize(
    ("reply", "tries", "words"),
    [
        (Reply(200, HUGE), 1, "is answered with the whole file, not the part that was asked for"),
        (
            Reply(206, b"abc", (("Content-Range", "bytes 0-2/9"),)),
            1,
            "is answered with other bytes than those asked for",
        ),
        (Reply(206, b"abc"), 1, "is answered with other bytes than those asked for"),
        (Reply(416), 1, "lies beyond the end of its file"),
        (Reply(404, b"NoSuchKey"), 1, "answered 404: NoSuchKey"),
        (Reply(500), 3, "answered 500"),
        (Reply(404, HUGE), 1, "is larger than 65536 bytes"),
    ],
)
def test_an_odd_answer_to_a_ranged_request_is_told(archive: Archive, reply: Reply, tries: int, words: str) -> None:
    record = found(archive)[3]
    archive.then("data", *[reply] * tries)
    (failed,) = read(archive, [record])
    assert words in str(error_of(failed))
    assert len(archive.asked("data")) == tries


@pytest.mark.parametrize("cut", [True, False])
def test_a_record_of_which_too_much_or_too_little_comes_is_asked_for_again(archive: Archive, cut: bool) -> None:
    record = found(archive)[3]
    first, length = record.offset or 0, record.length or 0
    told = (("Content-Range", f"bytes {first}-{first + length - 1}/{10**9}"),)
    archive.then("data", Reply(206, b"x" * 20, told, length=length if cut else None))
    assert isinstance(read(archive, [record])[0], Capture)
    assert len(archive.asked("data")) == 2


@pytest.mark.parametrize("status", [403, 429, 503])
def test_when_common_crawl_shuts_us_out_reading_ends_and_goes_on_where_it_was(archive: Archive, status: int) -> None:
    done: set[str] = set()
    settings = replace(SETTINGS, is_done=done.__contains__)
    records = found(archive)
    first = commoncrawl.read(records, settings, service=service(archive, at_once=1))
    done.update(next(first).target for _ in range(3))
    archive.then("data", *[Reply(status)] * 20)
    with pytest.raises(FetchError, match=f"answered {status}"):
        done.update(each.target for each in first)
    archive.odd.clear()
    rest = list(commoncrawl.read(records, settings, service=service(archive)))
    assert len(done) + len(rest) == 7
    assert not done & {each.target for each in rest}


def test_records_keep_their_pace_as_the_server_sees_it(archive: Archive) -> None:
    records = found(archive)
    list(commoncrawl.read(records, SETTINGS, service=service(archive, records_a_second=20)))
    at = [hit.at for hit in archive.asked("data")]
    assert at[-1] - at[0] >= 0.05 * (len(at) - 3)  # the first may have come late


RECORD = Record(STORY.url, STORY.timestamp, digest=STORY.digest, offset=5, length=9, filename="a.warc.gz")
URI = {"WARC-Type": "response", "WARC-Target-URI": STORY.url, "Content-Type": "application/http"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no WARC record"),
        (b"<html>no record", "is no WARC record"),
        (gzip.compress(b"<html>no record"), "is no WARC record"),
        (response(STORY)[:-30], "is cut off|is no WARC record"),
        (response(STORY)[:60] + b"\xff\xff\xff" + response(STORY)[63:], "is no WARC record, or a damaged one"),
        (member(URI | {"WARC-Type": "request"}, b"GET / HTTP/1.1\r\n\r\n"), "kind request, which holds no page"),
        (member(URI | {"WARC-Type": "revisit"}, b"HTTP/1.1 200 OK\r\n\r\n"), "kind revisit, which holds no page"),
        (member(URI, b"no head at all"), "is not what the index names|was answered None"),
        (response(replace(STORY, status=404)), "was answered 404 when it was captured"),
        (response(replace(STORY, content_type="image/png")), "is image/png, not a page"),
        (response(replace(STORY, url="https://example.com/other")), "holds another page"),
        (member({**URI, "WARC-Target-URI": "\x00\x01"}, b"HTTP/1.1 200 OK\r\n\r\n"), "holds another page"),
        (response(replace(STORY, body=b"<p>" + b"x" * 2_000_000)), "is larger than 1000000 bytes"),
    ],
)
def test_a_record_that_is_not_what_it_should_be_is_told(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        _member.capture(data, RECORD, "the record", "https://data.example", 1_000_000)


def test_a_resource_record_is_a_page() -> None:
    data = member(
        {"WARC-Type": "resource", "WARC-Target-URI": f"<{STORY.url}>", "Content-Type": "text/html; charset=latin-1"},
        STORY.body,
    )
    capture = _member.capture(data, RECORD, "the record", "https://data.example", 1000)
    assert (capture.body, capture.encoding, capture.url) == (STORY.body, "latin-1", STORY.url)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_no_bytes_break_the_reader_of_records(noise: bytes, place: int) -> None:
    whole = response(STORY)
    for data in (noise, whole[:place] + noise + whole[place:], whole[:place] + noise):
        try:
            capture = _member.capture(data, RECORD, "the record", "https://data.example", 100_000)
        except UnreadableError:
            continue
        assert capture.body == STORY.body
