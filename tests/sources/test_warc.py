from __future__ import annotations

import gzip
import hashlib
import io
import itertools
import struct
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.page import read_page
from archiver.sources._settings import Settings
from archiver.sources.archives import warc as source
from tests.sources.archives import DATE, HTML, PACKED, http, page, pages, record, warc

SETTINGS = Settings(is_answer=lambda url, _: "tweet-result" in url)
PAGE = page(0)
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
WARC = CORPUS / "warc" / "tests__next_page_of_article.warc.gz"


class Writer(WARCWriter):  # type: ignore[misc]
    """warcio's, which leaves its temporary files open, without any."""

    def _create_temp_file(self) -> io.BytesIO:
        return io.BytesIO()


def read(data: bytes, tmp_path: Path, settings: Settings = SETTINGS) -> list[Capture | Failed]:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    return list(source.read(str(path), settings))


def captures(data: bytes, tmp_path: Path, settings: Settings = SETTINGS) -> list[Capture]:
    found = read(data, tmp_path, settings)
    assert [each for each in found if isinstance(each, Failed)] == []
    return [each for each in found if isinstance(each, Capture)]


def one(block: bytes, tmp_path: Path, kind: str = "response", extra: str = "", **told: object) -> Capture:
    (capture,) = captures(warc([record(block, 0, kind, extra, **told)]), tmp_path)
    return capture


def apart(found: list[Capture | Failed]) -> tuple[list[str], list[str]]:
    """The paths of the captured URLs, and what is wrong with the failures."""
    urls = [(each.url or "").removeprefix("https://example.com/") for each in found if isinstance(each, Capture)]
    return urls, [each.error.wrong for each in found if isinstance(each, Failed)]


def none(data: bytes, tmp_path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read(data, tmp_path)
    return caught.value


@pytest.mark.parametrize("form", PACKED)
def test_each_page_is_cited_by_the_bytes_of_its_record(form: str, tmp_path: Path) -> None:
    data = warc(pages(), form)
    found = captures(data, tmp_path)
    assert [each.body for each in found] == [page(number) for number in range(20)]
    path = str(tmp_path / "a.warc.gz")
    for each, lies in zip(found, pages()[1:], strict=True):
        assert each.warc_offset is not None
        assert each.warc_length is not None
        member = data[each.warc_offset : each.warc_offset + each.warc_length]
        assert member == PACKED[form](lies)
        assert (each.target, each.warc_file) == (f"{path}#{each.warc_offset}", path)


@pytest.mark.parametrize("is_packed", [True, False])
def test_warcio_finds_the_same_pages_at_the_same_places(is_packed: bool, tmp_path: Path) -> None:
    file = io.BytesIO()
    writer = Writer(file, gzip=is_packed)
    for number in range(30):
        head = StatusAndHeaders("200 OK", [("Content-Type", HTML)], protocol="HTTP/1.1")
        payload = io.BytesIO(page(number, 40 * number))
        address = f"https://example.com/{number}"
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.com")], is_http_request=True)
        writer.write_record(writer.create_warc_record(address, "request", http_headers=asked))
        writer.write_record(writer.create_warc_record(address, "response", payload=payload, http_headers=head))
    file.write(PACKED["warc.gz" if is_packed else "warc"](record(http(page(30) * 2000), 30)))  # of several megabytes
    found = captures(file.getvalue(), tmp_path)
    file.seek(0)
    oracle = ArchiveIterator(file)
    told = []
    for each in oracle:
        body = each.content_stream().read()
        if each.rec_type == "response":
            told.append((each.rec_headers["WARC-Target-URI"], oracle.get_record_offset(), body))
            told[-1] += (oracle.get_record_length(),)
    assert len(told) == 31
    assert [(c.url, c.warc_offset, c.body) for c in found] == [each[:3] for each in told]
    if is_packed:
        assert [c.warc_length for c in found] == [each[3] for each in told]
    for capture in found:
        assert capture.warc_offset is not None
        assert capture.warc_length is not None
        cited = file.getvalue()[capture.warc_offset : capture.warc_offset + capture.warc_length]
        (again,) = ArchiveIterator(io.BytesIO(cited))
        assert (again.rec_headers["WARC-Target-URI"], again.rec_type) == (capture.url, "response")


def test_a_page_is_told_with_all_that_its_record_tells(tmp_path: Path) -> None:
    url = "<https://user:secret@example.com/a b>"
    found = one(http(PAGE, "Text/HTML; Charset='ISO-8859-2'"), tmp_path, url=url, date="2024-03-01T12:00:00.123456789Z")
    assert found.url == "https://example.com/a%20b"
    assert (found.source, found.status, found.media_type, found.encoding) == ("warc", 200, "text/html", "ISO-8859-2")
    assert found.captured_at == datetime(2024, 3, 1, 12, 0, 0, 123456, UTC)
    assert found.final_url is None


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-05", datetime(2024, 3, 5, tzinfo=UTC)),
        ("2024-03-05T07:08Z", datetime(2024, 3, 5, 7, 8, tzinfo=UTC)),
        ("2024-03-05T07:08:09.5Z", datetime(2024, 3, 5, 7, 8, 9, 500_000, UTC)),
    ],
)
def test_a_date_may_be_less_exact_than_a_second_or_more(date: str, moment: datetime, tmp_path: Path) -> None:
    assert one(http(PAGE), tmp_path, date=date).captured_at == moment


@pytest.mark.parametrize("date", ["yesterday", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "", "٢٠٢٤", "0000"])
def test_of_an_invalid_date_the_server_s_stands_in_else_none(date: str, tmp_path: Path) -> None:
    served = http(PAGE, extra="Date: Fri, 01 Mar 2024 12:00:00 GMT\r\n")
    assert one(served, tmp_path, date=date).captured_at == datetime(2024, 3, 1, 12, tzinfo=UTC)
    for extra in ("", "Date: never\r\n", "Date: Fri, 99 Mar 99999999 12:00:00 GMT\r\n"):
        (failed,) = read(warc([record(http(PAGE, extra=extra), date=date)]), tmp_path)
        assert isinstance(failed, Failed)
        assert failed.error.wrong == "does not tell when it was captured"


def _chunked(body: bytes) -> bytes:
    parts = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("extra", "pack"),
    [
        ("Transfer-Encoding: chunked\r\n", _chunked),
        ("Content-Encoding: gzip\r\n", gzip.compress),
        ("content-encoding:x-gzip\r\n", gzip.compress),
        ("Content-Encoding: br\r\n", brotli.compress),
        ("Content-Encoding: zstd\r\n", zstandard.compress),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", lambda body: _chunked(gzip.compress(body))),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: br\r\n", lambda body: _chunked(brotli.compress(body))),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", bytes),  # headers that lie, all of them
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", _chunked),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", gzip.compress),
        ("Content-Encoding: utf-8\r\n", bytes),
    ],
)
def test_bodies_are_unpacked_and_the_next_record_is_there(
    extra: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    records = [record(http(pack(page(n)), extra=extra), n) for n in range(3)]
    assert [each.body for each in captures(warc(records), tmp_path)] == [page(n) for n in range(3)]


def test_a_bomb_and_a_giant_are_failures_and_the_next_page_is_read(tmp_path: Path) -> None:
    bomb = record(http(gzip.compress(bytes(50 << 20)), extra="Content-Encoding: gzip\r\n"), 0)
    giant = record(http(b"<html>" + b"a" * (8 << 20)), 1)
    data = warc([bomb, giant, record(http(PAGE), 2)])
    few = Settings(largest=2 << 20)
    assert apart(read(data, tmp_path, few)) == (["2"], ["is larger than 2 MB", "is larger than 2 MB"])
    assert apart(read(warc([giant, record(http(PAGE), 2)], "warc"), tmp_path, few))[0] == ["2"]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (PAGE, "application/xhtml+xml", "text/html"),
        (PAGE, None, "text/html"),
        (b"A text of some words.", "text/plain", "text/plain"),
        (b'<rss version="2.0"><channel/></rss>', "text/xml", "application/xml"),
        (
            b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>',
            "application/atom+xml",
            "application/xml",
        ),
    ],
)
def test_pages_texts_and_feeds_are_read(body: bytes, content_type: str | None, kind: str, tmp_path: Path) -> None:
    assert one(http(body, content_type), tmp_path).media_type == kind


def test_all_else_is_passed_over_in_silence(tmp_path: Path) -> None:
    others = [
        *(record(http(PAGE, status=status), 1) for status in ("301 Moved", "404 Not Found", "206 Part", "500", "20")),
        *(record(http(PAGE, kind), 2) for kind in ("image/png", "text/css", "application/javascript", "video/mp4")),
        record(http(b'{"a": 1}', "application/json"), 3),
        record(http(b""), 4),
        record(http(b"\x89PNG\r\n\x1a\n" + bytes(100)), 5),  # a picture that is said to be a page
        record(http(b"<svg xmlns='a'/>", "text/xml"), 6),
        record(http(b"alone", None), 7),
        record(http(b"User-agent: *", "text/plain"), 8, url="https://example.com/robots.txt"),
        record(b"no answer at all", 9),
        record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html", 10),  # a head without end
        record(b"", 11),
        record(b"GET / HTTP/1.1\r\n\r\n", 12, "request"),
        record(b"a: b", 13, "metadata", content_type="application/warc-fields"),
        record(PAGE, 14, "resource", url="urn:text:https://example.com/"),
        record(PAGE, 15, "unheard-of"),
        record(b"example.com. A 192.0.2.1", 16, url="dns:example.com", content_type="text/dns"),
    ]
    (found,) = captures(warc([*others, record(http(PAGE), 17)]), tmp_path)
    assert found.url == "https://example.com/17"
    assert none(warc(others), tmp_path).wrong == "holds no page"


def test_resources_and_conversions_tell_their_type_themselves(tmp_path: Path) -> None:
    resource = one(PAGE, tmp_path, "resource", content_type="text/html; charset=latin-1")
    assert (resource.body, resource.status, resource.encoding) == (PAGE, None, "latin-1")
    text = one(b"Words of a page.", tmp_path, "conversion", content_type="text/plain")
    assert (text.body, text.media_type) == (b"Words of a page.", "text/plain")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "text/javascript", "text/plain"])
def test_a_platform_s_answer_is_read_as_json_and_other_json_is_not(content_type: str, tmp_path: Path) -> None:
    answer = record(http(b'{"id_str": "20"}', content_type), 1, url="https://cdn.example.com/tweet-result?id=20")
    other = record(http(b'{"id_str": "20"}', "application/json"), 2)
    (found,) = captures(warc([answer, other]), tmp_path)
    assert (found.media_type, found.body) == ("application/json", b'{"id_str": "20"}')
    assert none(warc([other]), tmp_path).wrong == "holds no page"


def test_a_revisit_has_the_body_of_the_record_that_it_repeats(tmp_path: Path) -> None:
    first = record(http(PAGE, "text/html; charset=latin-1"), 1)
    by_id = record(http(b""), 2, "revisit", "WARC-Refers-To: <urn:uuid:1>\r\n", date="2024-04-01T00:00:00Z")
    refers = f"WARC-Refers-To-Target-URI: https://example.com/1\r\nWARC-Refers-To-Date: {DATE}\r\n"
    by_address = record(http(b"", status="304 Not Modified"), 3, "revisit", refers)
    headless = record(b"", 4, "revisit", refers)
    chained = record(http(b""), 5, "revisit", "WARC-Refers-To: <urn:uuid:2>\r\n")
    for form in PACKED:
        found = captures(warc([first, by_id, by_address, headless, chained, record(http(page(6)), 6)], form), tmp_path)
        assert [each.body for each in found] == [PAGE] * 5 + [page(6)]
        assert [each.url for each in found] == [f"https://example.com/{n}" for n in range(1, 7)]
        assert {each.encoding for each in found[:5]} == {"latin-1"}
        assert {(each.warc_offset, each.warc_length) for each in found[:5]} == {(0, len(PACKED[form](first)))}
        assert len({each.target for each in found}) == 6
        assert found[1].captured_at == datetime(2024, 4, 1, tzinfo=UTC)


def test_a_revisit_of_nothing_here_is_a_failure_where_it_was_a_page(tmp_path: Path) -> None:
    records = [
        record(http(PAGE), 1),
        record(http(b""), 2, "revisit", "WARC-Refers-To: <urn:uuid:99>\r\n"),
        record(http(b""), 3, "revisit", "WARC-Refers-To: <urn:uuid:3>\r\n"),  # itself
        record(http(b""), 4, "revisit", "WARC-Refers-To: <urn:uuid:5>\r\n"),  # each other
        record(http(b""), 5, "revisit", "WARC-Refers-To: <urn:uuid:4>\r\n"),
        record(http(b"", "image/png"), 6, "revisit", "WARC-Refers-To: <urn:uuid:99>\r\n"),
        record(b"", 7, "revisit"),
    ]
    found = apart(read(warc(records), tmp_path))
    assert found == (["1"], ["repeats a record that does not stand before it in this file"] * 4)


def test_a_zstd_file_with_a_dictionary_is_read_and_cited(tmp_path: Path) -> None:
    samples = [record(http(page(number, 30)), number) for number in range(200)]
    dictionary = zstandard.train_dictionary(8000, samples)
    pack = zstandard.ZstdCompressor(dict_data=dictionary)
    for data in (dictionary.as_bytes(), zstandard.compress(dictionary.as_bytes())):
        begin = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(data)) + data
        frames = [pack.compress(each) for each in samples]
        found = captures(begin + b"".join(frames), tmp_path)
        assert [each.body for each in found] == [page(number, 30) for number in range(200)]
        assert [each.warc_length for each in found] == [len(frame) for frame in frames]
    repeated = record(b"", 201, "revisit", "WARC-Refers-To: <urn:uuid:7>\r\n")
    assert captures(begin + b"".join(frames) + pack.compress(repeated), tmp_path)[-1].body == page(7, 30)


def test_a_file_packed_as_a_whole_is_read_but_its_records_have_no_length(tmp_path: Path) -> None:
    data = gzip.compress(warc(pages(30), "warc"))
    found = captures(data, tmp_path)
    assert [each.body for each in found] == [page(number) for number in range(30)]
    assert {each.warc_length for each in found} == {None}
    assert len({each.target for each in found}) == 30


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize("form", ["warc.gz", "warc.zst"])
def test_of_twenty_records_with_one_corrupt_nineteen_are_recovered(form: str, tmp_path: Path) -> None:
    pack = zstandard.ZstdCompressor(write_checksum=True).compress if form == "warc.zst" else gzip.compress
    members = [pack(each) for each in pages()]
    offsets = [0, *itertools.accumulate(len(member) for member in members)]
    for which in (1, 2, 10, 19, 20):
        for at in (0, 5, 15, len(members[which]) // 2, len(members[which]) - 3):
            data = b"".join([*members[:which], _flipped(members[which], at), *members[which + 1 :]])
            found = read(data, tmp_path)
            urls, wrong = apart(found)
            expected = [str(number) for number in range(20) if number != which - 1]
            if len(urls) == 20:  # a byte of a header that means nothing: the time, or the system
                assert at < 16
                continue
            assert urls == expected, (which, at)
            (failed,) = [each for each in found if isinstance(each, Failed)]
            assert failed.target.endswith(f"#{offsets[which]}")
            assert f"; {len(members[which])} bytes were passed over" in wrong[0]


@pytest.mark.parametrize("form", PACKED)
def test_garbage_between_records_is_told_with_its_place_and_size(form: str, tmp_path: Path) -> None:
    first, second = warc(pages()[:10], form), warc(pages()[10:], form)
    garbage = b"garbage \x1f\x8b\x08\x00 \x28\xb5\x2f\xfd WARC/1.0 " * 50
    found = read(first + garbage + second, tmp_path)
    urls, wrong = apart(found)
    assert urls == [str(number) for number in range(20)]
    assert wrong == [f"holds something that is no record; {len(garbage)} bytes were passed over"]
    assert next(each.target for each in found if isinstance(each, Failed)).endswith(f"#{len(first)}")
    assert str(found[9].error).startswith(f"{tmp_path}/a.warc.gz#{len(first)}: holds")  # type: ignore[union-attr]


@pytest.mark.parametrize("form", PACKED)
def test_garbage_before_the_first_record_and_after_the_last_is_no_end(form: str, tmp_path: Path) -> None:
    whole = [str(number) for number in range(20)]
    assert apart(read(warc(pages(), form) + b"\x00" * 700, tmp_path))[0] == whole
    urls, wrong = apart(read(b"\x00" * 700 + warc(pages(), form), tmp_path))
    assert urls == whole
    assert wrong == ["holds something that is no record; 700 bytes were passed over"]


@pytest.mark.parametrize("form", PACKED)
def test_a_file_cut_off_is_read_as_far_as_it_goes(form: str, tmp_path: Path) -> None:
    data = warc(pages(5), form)
    last = len(data) - len(PACKED[form](pages(5)[5]))
    for end in (last + 2, last + 9, last + 60, last + 900, len(data) - 20, len(data) - 5):
        urls, wrong = apart(read(data[:end], tmp_path))
        assert urls[:4] == ["0", "1", "2", "3"], end
        assert wrong == [f"ends in the middle of the record at byte {last}"] or (form == "warc" and end == last + 2), (
            end
        )
    found = read(warc([record(http(PAGE * 50), 0)], "warc")[:-9000], tmp_path)
    assert isinstance(found[0], Capture)
    assert len(found[0].body) > 1000
    assert (PAGE * 50).startswith(found[0].body)
    found = read(warc([record(http(PAGE * 50), 0)])[:-90], tmp_path)
    assert isinstance(found[0], Capture)
    assert (PAGE * 50).startswith(found[0].body)


@pytest.mark.parametrize("size", ["9", "99999", "999999999999999999", "9999999999999999999999", "-5", "1e3", "", "ten"])
@pytest.mark.parametrize("form", PACKED)
def test_a_wrong_length_costs_no_other_record(size: str, form: str, tmp_path: Path) -> None:
    records = pages(5)
    records[3] = record(http(page(2)), 2, size=size)
    urls, wrong = apart(read(warc(records, form), tmp_path))
    assert [url for url in urls if url != "2"] == ["0", "1", "3", "4"]
    assert len(wrong) == 1


def test_a_length_that_is_too_large_leaves_the_page_as_it_is(tmp_path: Path) -> None:
    records = pages(5)
    records[3] = record(http(page(2)), 2, size=99999)
    for form in ("warc", "warc.gz"):
        found = read(warc(records, form), tmp_path)
        assert [each.body.rstrip(b"\r\n") for each in found if isinstance(each, Capture)] == [page(n) for n in range(5)]


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is no archive\n" * 99,
        bytes(5000),
        b"\x1f\x8b\x08",
        gzip.compress(b"no archive\n" * 99),
    ],
)
def test_what_is_no_warc_file_is_named(data: bytes, tmp_path: Path) -> None:
    assert none(data, tmp_path).wrong == "is no WARC file"


def test_an_empty_file_a_missing_one_and_one_without_pages_say_so(tmp_path: Path) -> None:
    assert none(b"", tmp_path).wrong == "is empty"
    assert none(gzip.compress(b"no archive"), tmp_path).wrong == "is no WARC file"
    assert none(warc(pages(0)), tmp_path).wrong == "holds no page"
    with pytest.raises(TargetError, match=r"cannot be read: No such file"):
        list(source.read(str(tmp_path / "none.warc.gz"), SETTINGS))


@pytest.mark.parametrize("form", PACKED)
def test_enormous_heads_are_no_records(form: str, tmp_path: Path) -> None:
    records = pages(3)
    records.insert(2, record(http(PAGE), 99, extra="X: " + "a" * 1_000_000 + "\r\n"))
    urls, wrong = apart(read(warc(records, form), tmp_path))
    assert [url for url in urls if url != "99"] == ["0", "1", "2"]
    assert all(each.startswith("holds something that is no record") for each in wrong)
    inner = record(http(PAGE, extra="X: " + "a" * 1_000_000 + "\r\n"), 99)
    assert apart(read(warc([*pages(3), inner], form), tmp_path)) == (["0", "1", "2"], [])


def test_what_a_header_smuggles_in_stays_where_it_is(tmp_path: Path) -> None:
    url = "https://example.com/\tWARC-Type: \x00x"
    found = one(http(PAGE, "text/html;charset=\x1b[31m", extra="X: Content-Type: image/png\r\n"), tmp_path, url=url)
    assert found.url == "https://example.com/%09WARC-Type:%20%00x"
    assert found.encoding is None
    body = PAGE + b"\r\n\r\n" + record(http(b"<html>inner"), 9)
    for form in PACKED:  # an archive in a page is the page's
        assert captures(warc([record(http(body), 1), *pages(1)], form), tmp_path)[0].body == body


def test_many_damaged_places_are_not_told_one_by_one(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(record(http(b"<html>"), n)) + b"garbage" for n in range(1200))
    found = read(data, tmp_path)
    urls, wrong = apart(found)
    assert len(urls) == 1200
    assert len(wrong) == 1001
    assert wrong[-1] == "is damaged at 1200 places; 8400 bytes were passed over in all"


def test_memory_stays_flat_whatever_lies_between_pages(tmp_path: Path) -> None:
    film = gzip.compress(record(http(bytes(32 << 20), "video/mp4"), 1), 1)
    data = film + warc([record(http(PAGE), 2)]) + film + warc([record(http(PAGE), 3)])
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    del film, data
    tracemalloc.start()
    try:
        assert len(list(source.read(str(path), SETTINGS))) == 2
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(sorted(PACKED)),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=6),
    end=st.integers(0, 10_000),
)
def test_no_damage_is_more_than_a_failure(form: str, changes: list[tuple[int, int]], end: int) -> None:
    data = bytearray(warc([record(http(page(number, 30)), number) for number in range(6)], form))
    for at, value in changes:
        data[at % len(data)] = value
    file = io.BytesIO(bytes(data[: len(data) - end * (end % 3 == 0) % len(data)]))
    try:
        found = list(source.captures(file, "a", SETTINGS))
    except UnreadableError:
        return
    assert len(found) <= 60
    urls = [each.url for each in found if isinstance(each, Capture)]
    assert len(urls) + 2 * len(changes) + 6 * (end % 3 == 0) >= 6


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
def test_the_pages_of_a_real_file_show_the_posts_of_their_extracted_copies() -> None:
    found = {each.url: each for each in source.read(str(WARC), SETTINGS) if isinstance(each, Capture)}
    copies = set()
    for line in (CORPUS / "manifest.tsv").read_text(encoding="utf-8").splitlines():
        name, path = line.split("\t")[1:3]
        if ".warc.gz!" in name and path.endswith(".html"):
            copies.add((name.partition("!")[2], path))
    assert len(found) == 25
    assert len(copies) == 5
    posts = 0
    for url, path in copies:
        inner = read_page(found[url])
        copy = replace(found[url], body=(CORPUS / path).read_bytes(), source="file", encoding=None)
        assert [embed.post for embed in inner.embeds] == [embed.post for embed in read_page(copy).embeds]
        posts += len(inner.embeds)
    assert posts > 10


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/corpus is not here")
def test_warcio_reads_the_same_of_a_real_file() -> None:
    with WARC.open("rb") as file:
        told = [
            (each.rec_headers["WARC-Target-URI"], hashlib.sha256(each.content_stream().read()).hexdigest())
            for each in ArchiveIterator(file)
            if each.rec_type == "response" and each.http_headers.get_statuscode() == "200"
        ]
    assert [(each.url, each.sha256) for each in source.read(str(WARC), SETTINGS) if isinstance(each, Capture)] == told


def test_the_head_ends_at_its_first_empty_line_however_lines_end(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<html><p>above\r\n\r\nbelow"
    head = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
    )
    (capture,) = read(head + b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(block), block), tmp_path)
    assert isinstance(capture, Capture)
    assert capture.body == b"<html><p>above\r\n\r\nbelow"


def test_a_date_beyond_the_last_year_is_none(tmp_path: Path) -> None:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nDate: Fri, 31 Dec 9999 23:59:59 -2300\r\n\r\n<html>"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
    (failed,) = read(head + b"Content-Length: %d\r\n\r\n%b\r\n\r\n" % (len(block), block), tmp_path)
    assert isinstance(failed, Failed)
    assert "does not tell when it was captured" in str(failed.error)
