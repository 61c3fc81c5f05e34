from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.sources._settings import Settings
from archiver.sources.archives import har

SETTINGS = Settings(largest=1 << 20, is_answer=lambda url, _: "tweet-result" in url)
PAGE = "<!doctype html><title>Zwölf</title><p>Ein Text."


def entry(text: Any = PAGE, url: Any = "https://example.com/", **told: Any) -> dict[str, Any]:
    content = {"size": 1, "mimeType": told.get("mime", "text/html; charset=utf-8"), "text": text}
    if "encoding" in told:
        content["encoding"] = told["encoding"]
    return {
        "startedDateTime": told.get("at", "2024-03-01T13:00:00.250+01:00"),
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {"status": told.get("status", 200), "content": content},
    }


def written(told: object, tmp_path: Path) -> str:
    path = tmp_path / "a.har"
    path.write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())
    return str(path)


def read(entries: list[Any], tmp_path: Path) -> list[Capture | Failed]:
    return list(har.read(written({"log": {"version": "1.2", "entries": entries}}, tmp_path), SETTINGS))


def refused(told: object, tmp_path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        list(har.read(written(told, tmp_path), SETTINGS))
    return caught.value


def test_a_page_is_told_with_all_that_its_entry_tells(tmp_path: Path) -> None:
    (found,) = read([entry(url="https://user:secret@example.com/a b")], tmp_path)
    assert isinstance(found, Capture)
    assert (found.body, found.encoding, found.media_type) == (PAGE.encode(), "utf-8", "text/html")
    assert (found.url, found.final_url, found.status) == ("https://example.com/a%20b", None, 200)
    assert (found.source, found.target) == ("har", str(tmp_path / "a.har#1"))
    assert found.captured_at == datetime(2024, 3, 1, 12, 0, 0, 250_000, UTC)


def test_base64_keeps_the_bytes_and_their_charset(tmp_path: Path) -> None:
    body = PAGE.encode("latin-1")
    text = base64.b64encode(body).decode()
    (found,) = read([entry(text, mime="text/html;charset=ISO-8859-1", encoding="base64")], tmp_path)
    assert isinstance(found, Capture)
    assert (found.body, found.encoding) == (body, "ISO-8859-1")


def test_a_text_holds_its_letters_whatever_charset_was_served(tmp_path: Path) -> None:
    (found,) = read([entry("<p>Zwölf \ud800", mime="text/html; charset=latin-1")], tmp_path)
    assert isinstance(found, Capture)
    assert (found.body, found.encoding) == ("<p>Zwölf ?".encode(), "utf-8")


def test_answers_of_platforms_are_read_and_all_else_is_passed_over(tmp_path: Path) -> None:
    others = [
        entry(status=404),
        entry(status=301),
        entry(status="200"),
        entry(mime="image/png"),
        entry(mime="text/css"),
        entry('{"a": 1}', mime="application/json"),
        entry(text=None),
        entry(text=5),
        entry(url="about:blank"),
        entry(url=None),
        entry(url="chrome-extension://a/b.html"),
        entry(""),
        entry("a", mime=""),
        {"request": {}},
        {},
        None,
        [],
        "entry",
        7,
    ]
    answer = entry('{"id_str": "20"}', "https://cdn.example.com/tweet-result?id=20", mime="application/json")
    found = [each for each in read([*others, answer, entry()], tmp_path) if isinstance(each, Capture)]
    assert [each.media_type for each in found] == ["application/json", "text/html"]
    assert [each.target.rpartition("#")[2] for each in found] == ["20", "21"]
    assert refused({"log": {"entries": others}}, tmp_path).wrong == "holds no page"


@pytest.mark.parametrize(
    ("bad", "wrong"),
    [
        (entry(at="yesterday"), "does not tell when it was captured"),
        (entry(at="2024-03-01T12:00:00"), "does not tell when it was captured"),
        (entry(at=None), "does not tell when it was captured"),
        (entry(at="0001-01-01T00:00:00+14:00"), "does not tell when it was captured"),
        (entry("a" * (2 << 20)), "is larger than 1 MB"),
        (entry("ü", encoding="base64"), "is no base64, though it says so"),
        (entry("abcde", encoding="base64"), "is no base64, though it says so"),
        (entry(base64.b64encode(b"\x89PNG\r\n").decode(), encoding="base64"), "is a PNG picture, not a page"),
    ],
)
def test_a_bad_entry_is_a_failure_and_stops_no_other(bad: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    failed, found = read([bad, entry()], tmp_path)
    assert isinstance(failed, Failed)
    assert failed.error.wrong.startswith(wrong)
    assert failed.target == str(tmp_path / "a.har#1")
    assert isinstance(found, Capture)


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (b"", "is no JSON"),
        (b"{", "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'{"log":' * 100_000, "is nested too deeply"),
        (b"9" * 10_000, "is no JSON"),
        (b"null", "is no HAR file"),
        ([], "is no HAR file"),
        ({"log": []}, "is no HAR file"),
        ({"log": {"entries": {}}}, "is no HAR file"),
        ({"log": {"entries": []}}, "holds no content"),
        ({"log": {"entries": [entry(text=None)]}}, "holds no content"),
    ],
)
def test_what_is_no_har_file_is_named(told: object, wrong: str, tmp_path: Path) -> None:
    assert refused(told, tmp_path).wrong.startswith(wrong)


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + json.dumps({"log": {"entries": [entry()]}}).encode()
    assert len(list(har.read(written(data, tmp_path), SETTINGS))) == 1


def test_a_file_that_is_too_large_or_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "large.har"
    with path.open("wb") as file:
        file.truncate((100 << 20) + 1)
    with pytest.raises(UnreadableError, match="is larger than 100 MB"):
        list(har.read(str(path), SETTINGS))
    with pytest.raises(TargetError, match="cannot be read: No such file"):
        list(har.read(str(tmp_path / "none.har"), SETTINGS))
    with pytest.raises(TargetError, match="cannot be read: Is a directory"):
        list(har.read(str(tmp_path), SETTINGS))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from([PAGE, "text/html", "base64", 200]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("request response content url status text mimeType encoding startedDateTime".split()), inner
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(entries=st.lists(VALUES, max_size=4))
def test_no_entry_is_more_than_a_failure(entries: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    found = read([*entries, entry()], tmp_path_factory.getbasetemp())
    assert isinstance(found[-1], Capture)
