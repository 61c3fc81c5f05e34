"""Lines of indexes: every form is read, nothing breaks the reader, and bounds mean what they say."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import TargetError, UnreadableError
from archiver.sources.services import cdx
from archiver.sources.services.cdx import Record

DIGEST = "VX3DYW7JESPU2HBZMTSYZTS5TV2BMSHB"
KEY, AT, URL = "com,example)/story", "20171015123000", "https://example.com/story"
WHOLE = Record(URL, AT, KEY, "text/html", 200, DIGEST, 1043, 333, "crawl-1.warc.gz")

FORMS = {
    "11 columns with a header": (
        " CDX N b a m s k r M S V g",
        f"{KEY} {AT} {URL} text/html 200 {DIGEST} - - 1043 333 crawl-1.warc.gz",
        WHOLE,
    ),
    "9 columns with a header": (
        " CDX N b a m s k r V g",
        f"{KEY} {AT} {URL} text/html 200 {DIGEST} - 333 crawl-1.warc.gz",
        Record(URL, AT, KEY, "text/html", 200, DIGEST, None, 333, "crawl-1.warc.gz"),
    ),
    "columns in another order": (" CDX a b s", f"{URL} {AT} 404", Record(URL, AT, status=404)),
    "11 columns": ("", f"{KEY} {AT} {URL} text/html 200 {DIGEST} - - 1043 333 crawl-1.warc.gz", WHOLE),
    "7 columns, as the Wayback Machine prints them": (
        "",
        f"{KEY} {AT} {URL} text/html 200 {DIGEST} 1043",
        Record(URL, AT, KEY, "text/html", 200, DIGEST, 1043),
    ),
    "CDXJ": (
        '!meta {"format": "cdxj"}',
        f'{KEY} {AT} {{"url": "{URL}", "mime": "text/html", "status": "200", "digest": "sha1:{DIGEST}", '
        '"length": "1043", "offset": "333", "filename": "crawl-1.warc.gz"}',
        WHOLE,
    ),
    "CDXJ with milliseconds and a brace in its key": (
        "",
        f'com,example)/{{a}} {AT}123 {{"url": "https://example.com/{{a}}", "status": 200}}',
        Record("https://example.com/{a}", AT, "com,example)/{a}", status=200),
    ),
    "what we print": ("", WHOLE.as_json(), WHOLE),
    "credentials in a URL": (
        "",
        f'{{"timestamp": "{AT}", "url": "https://u:pw@example.com/"}}',
        Record("https://example.com/", AT),
    ),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_each_form_of_a_file_is_read(name: str, is_packed: bool, tmp_path: Path) -> None:
    header, line, record = FORMS[name]
    text = "\n".join(filter(None, (header, line, line))) + "\n"
    file = tmp_path / "index.cdx"
    file.write_bytes(gzip.compress(text.encode()) if is_packed else text.encode())
    assert list(cdx.read(file)) == [record, record]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "words that are no index",
        f"{KEY} {AT} mailto:ann@example.com text/html 200 {DIGEST} 1043",
        f"{KEY} 20171315123000 {URL} text/html 200 {DIGEST} 1043",
        f"{KEY} {AT} {{broken",
        "{" * 100_000,
        '{"timestamp": ' + "9" * 5000 + "}",
        "[" * 100_000,
    ],
)
def test_a_line_that_names_no_capture_of_a_page_gives_none(line: str) -> None:
    assert cdx.line(line) is None


def test_a_bad_line_among_good_ones_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "index.cdxj"
    file.write_text(f"\x00\x01\n{WHOLE.as_json()}\n{{broken\n{WHOLE.as_json()}\n", encoding="utf-8")
    assert list(cdx.read(file)) == [WHOLE, WHOLE]


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Some words.\nAnd more of them.\n")
    with pytest.raises(UnreadableError, match="is no CDX file"):
        list(cdx.read(tmp_path / "a.txt"))
    with pytest.raises(TargetError, match="No such file"):
        list(cdx.read(tmp_path / "missing.cdx"))


@pytest.mark.parametrize("cut", [slice(0, -12), slice(0, 40)])
def test_of_a_file_that_breaks_off_what_can_be_read_is_given_first(cut: slice, tmp_path: Path) -> None:
    lines = "".join(f"{Record(f'{URL}/{n}', AT).as_json()}\n" for n in range(2000))
    (tmp_path / "a.cdxj.gz").write_bytes(gzip.compress(lines.encode())[cut])
    found = []
    with pytest.raises(UnreadableError, match="is damaged"):
        found.extend(cdx.read(tmp_path / "a.cdxj.gz"))
    assert [record.url for record in found] == [f"{URL}/{n}" for n in range(len(found))]


def test_an_answer_in_json_is_read_with_its_key() -> None:
    names = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
    row = [KEY, AT, URL, "text/html", "200", DIGEST, "1043"]
    record = Record(URL, AT, KEY, "text/html", 200, DIGEST, 1043)
    assert cdx.rows(json.dumps([names, row, row])) == ([record, record], None)
    assert cdx.rows(json.dumps([names, row, [], ["com,example)/+2017"]])) == ([record], "com,example)/+2017")
    assert cdx.rows(json.dumps([names, row[:3], [None] * 7, [1, 2, {}, [], 5, 6, 7], row])) == ([record], None)
    assert cdx.rows("[]") == cdx.rows("") == cdx.rows(" \n") == ([], None)


@pytest.mark.parametrize(
    "text", ["<html>", '{"a": 1}', '["a"]', "[[1, 2], [3", '[["a", "b"], ["c", "d"]]', "[" * 100_000]
)
def test_an_answer_that_is_no_list_raises_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        cdx.rows(text)


@given(st.text())
def test_nothing_breaks_the_readers(text: str) -> None:
    assert cdx.line(text) is None or isinstance(cdx.line(text), Record)
    try:
        found, _ = cdx.rows(text)
    except ValueError:
        return
    assert found == []


@given(
    st.builds(
        Record,
        st.from_regex(r"\Ahttps?://[a-z]{1,9}\.example/[a-z/{}%]{0,9}\Z"),
        st.datetimes().map(lambda at: f"{at:%Y%m%d%H%M%S}".zfill(14)),
        st.none() | st.from_regex(r"\A[a-z,]{1,9}\)/[a-z{}]{0,9}\Z"),
        st.none() | st.just("text/html"),
        st.none() | st.integers(100, 599),
        st.none() | st.just(DIGEST),
        st.none() | st.integers(0, 10**12),
        st.none() | st.integers(0, 10**12),
        st.none() | st.just("a/b.warc.gz"),
    )
)
def test_what_is_printed_is_read_again(record: Record) -> None:
    assert cdx.line(record.as_json()) == record


@pytest.mark.parametrize(
    ("told", "digits"),
    [
        ("2017", "2017"),
        ("2017-10", "201710"),
        ("201710", "201710"),
        ("2017-10-15", "20171015"),
        ("20171015123000", "20171015123000"),
        ("2017-10-15T12:30:00Z", "20171015123000"),
    ],
)
def test_a_bound_is_a_year_a_month_a_day_or_a_moment(told: str, digits: str) -> None:
    assert cdx.bound(told) == digits


@pytest.mark.parametrize("told", ["", "17", "2017-1", "2017-13", "2017-02-30", "last year", "20171015123060", "٢٠١٧"])
def test_what_is_no_date_is_no_bound(told: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        cdx.bound(told)


def test_bounds_include_the_whole_of_what_they_name() -> None:
    days = ["20161231235959", "20170101000000", "20171015120000", "20171231235959", "20180101000000"]
    records = [Record(URL, day) for day in days]

    def within(start: str | None, end: str | None) -> list[str]:
        return [record.timestamp for record in records if cdx.within(record, start, end)]

    assert within("2017", "2017") == days[1:4]
    assert within("201710", None) == days[2:]
    assert within(None, "20171015") == days[:3]
    assert within(None, None) == days


def test_captures_that_hold_the_same_as_the_one_before_are_left_out() -> None:
    def record(at: str, digest: str | None, key: str = KEY) -> Record:
        return Record(URL, at, key, digest=digest)

    a, again, b, back = (record(f"2017101512300{n}", d) for n, d in enumerate("AABA"))
    other, untold = record("20171015123009", "A", "com,example)/other"), record("20171015123010", None)
    assert list(cdx.collapsed([a, again, b, back, other, untold, untold])) == [a, b, back, other, untold, untold]


@pytest.mark.parametrize(
    ("wanted", "url", "kind"),
    [
        ("https://example.com/story?id=1", "https://example.com/story?id=1", "exact"),
        ("example.com/news/*", "example.com/news/", "prefix"),
        ("https://example.com/*", "https://example.com/", "prefix"),
        ("*.example.com", "example.com", "domain"),
        ("*.example.com/*", "example.com", "domain"),
        ("https://ann:secret@example.com/", "https://example.com/", "exact"),
    ],
)
def test_a_pattern_is_a_page_a_path_or_a_domain(wanted: str, url: str, kind: str) -> None:
    assert cdx.pattern(wanted) == (("url", url), ("matchType", kind))


@pytest.mark.parametrize(
    "wanted", ["", "*", "*.", "two words", "ftp://example.com/", "*.example.com/news/*", "file:///etc"]
)
def test_what_is_no_pattern_is_refused(wanted: str) -> None:
    with pytest.raises(TargetError, match="is no URL or pattern"):
        cdx.pattern(wanted)
