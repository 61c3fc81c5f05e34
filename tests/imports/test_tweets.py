from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import imports, store
from archiver.imports import _streams, _values
from archiver.model import Dataset, Failed
from archiver.told import Imported
from tests.imports.samples import ID, OTHER, flattened, imported, page_two, rows, tweet, written

_POSTS = "select key, text, posted_at, time_source, hashtags, n_embeds from posts order by key"


def test_a_tweet_of_version_1_1_is_a_post_with_all_that_it_tells(archive: sqlite3.Connection, tmp_path: Path) -> None:
    media = [{"type": "photo", "media_url_https": "https://pbs.twimg.com/media/a.jpg", "ext_alt_text": "A heron"}]
    _, counts = imported(archive, written(tmp_path / "a.jsonl", tweet(extended_entities={"media": media})))
    assert (counts.posts_new, counts.posts_known, counts.pages, counts.embeds, counts.failures) == (1, 0, 0, 0, 0)
    words = "Herons & #Grey ones https://t.co/a1"
    assert rows(archive, _POSTS) == [
        (f"twitter:{ID}", words, "2018-10-10T20:19:24.211Z", "id_snowflake", '["Grey"]', 0)
    ]
    assert rows(archive, "select handle, name, n_posts from authors") == [("nora_b", "Nora Berg", 0)]
    assert rows(archive, "select short, expanded from links") == [("https://t.co/a1", "https://pond.example/a")]
    assert rows(archive, "select kind, alt from media") == [("photo", "A heron")]
    assert rows(archive, "select endpoint, counts, user_id, post_id is null from answers") == [
        ("api v1.1", '{"likes":3}', "77", 0)
    ]


def test_a_record_can_be_cited_by_file_line_and_digest(archive: sqlite3.Connection, tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", tweet(), page_two())
    imported(archive, file)
    target = str(file)
    sql = "select target, source, outcome, bytes, archived_at from captures order by id"
    lines = file.read_bytes().splitlines()
    assert rows(archive, sql) == [
        (f"{target}#1", "import", "read", len(lines[0]), None),
        (f"{target}#2", "import", "read", len(lines[1]), "2021-03-01T10:00:00Z"),
        (target, "import", "read", file.stat().st_size, None),
    ]
    sql = """select captures.target from answers join captures on captures.id = capture_id
        where key = 'twitter:1067094924124872705'"""
    assert rows(archive, sql) == [(f"{target}#2",)]
    assert rows(archive, "select argv from runs") == [(json.dumps(["import", target], separators=(",", ":")),)]


@pytest.mark.parametrize("value", [page_two(), flattened()], ids=["page", "flattened"])
def test_a_tweet_of_version_2_has_its_author_time_and_relations(
    archive: sqlite3.Connection, tmp_path: Path, value: dict[str, Any]
) -> None:
    imported(archive, written(tmp_path / "a.jsonl", value))
    sql = """select handle, text, posted_at, hashtags from posts join authors on authors.id = author_id
        where text like 'J%'"""
    told = rows(archive, sql)
    assert told == [("ole_s", "Just #Two", "2018-11-26T16:37:10.233Z", '["Two"]')]
    sql = """select own.platform_id, kind, other.platform_id from post_relations
        join posts as own on own.id = post_id join posts as other on other.id = other_post_id"""
    assert rows(archive, sql) == [(OTHER, "quoted", ID)]
    assert rows(archive, "select number, counted_at from post_counts") == [(2, "2021-03-01T10:00:00Z")]


FORMS: dict[str, tuple[dict[str, Any], dict[str, tuple[str, int]]]] = {
    "streamed, whole": (
        tweet(full_text=None, text="Cut…", truncated=True, extended_tweet={"full_text": "Whole words", "entities": {}}),
        {ID: ("Whole words", 0)},
    ),
    "compatible, cut": (
        tweet(full_text=None, text="Cut… https://t.co/x", truncated=True),
        {ID: ("Cut… https://t.co/x", 1)},
    ),
    "retweet": (
        tweet(OTHER, full_text="RT @nora_b: Gr…", retweeted_status=tweet(full_text="Grey")),
        {ID: ("Grey", 0), OTHER: ("RT @nora_b: Gr…", 0)},
    ),
    "quote": (
        tweet(OTHER, full_text="See", quoted_status=tweet(full_text="Grey"), quoted_status_id_str=ID),
        {ID: ("Grey", 0), OTHER: ("See", 0)},
    ),
    "page of a search": ({"statuses": [tweet(full_text="One")], "search_metadata": {}}, {ID: ("One", 0)}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_version_1_1_is_read(archive: sqlite3.Connection, tmp_path: Path, form: str) -> None:
    value, expected = FORMS[form]
    imported(archive, written(tmp_path / "a.jsonl", value))
    sql = "select platform_id, posts.text, is_truncated from posts join answers on post_id = posts.id"
    assert {number: (text, cut) for number, text, cut in rows(archive, sql)} == expected


def _packed(path: Path, value: bytes, kind: str) -> Path:
    if kind == "gz":
        path.write_bytes(gzip.compress(value[:200]) + gzip.compress(value[200:]))
    elif kind == "zst":
        path.write_bytes(zstandard.compress(value[:200]) + zstandard.compress(value[200:]))
    else:
        path.write_bytes(value)
    return path


LAYOUTS = {
    "lines": "".join(f"{json.dumps(each)}\n" for each in (tweet(), page_two())),
    "lines, the first bad": "".join(f"{each}\n" for each in ("{bad", json.dumps(tweet()), json.dumps(page_two()))),
    "array": json.dumps([tweet(), page_two()]),
    "array over lines": json.dumps([tweet(), page_two()], indent=2),
    "one behind the other": json.dumps(tweet(), indent=1) + json.dumps(page_two(), indent=1),
    "with a mark and Windows' line ends": "\ufeff" + json.dumps(tweet()) + "\r\n\r\n" + json.dumps(page_two()) + "\r\n",
}


@pytest.mark.parametrize("packed", ["plain", "gz", "zst"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_stand_in_a_file_in_any_way(
    archive: sqlite3.Connection, tmp_path: Path, layout: str, packed: str
) -> None:
    imported(archive, _packed(tmp_path / "tweets", LAYOUTS[layout].encode(), packed))
    assert [row[0] for row in rows(archive, _POSTS)] == [f"twitter:{ID}", f"twitter:{OTHER}"]


@pytest.mark.parametrize("packed", ["gz", "zst"])
def test_what_stands_before_damage_is_read_and_the_damage_told(tmp_path: Path, packed: str) -> None:
    lines = "".join(f"{json.dumps(tweet(str(int(ID) + n)))}\n" for n in range(2000)).encode()
    whole = gzip.compress(lines) if packed == "gz" else zstandard.ZstdCompressor(write_checksum=True).compress(lines)
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2] + b"\xff" * 40 + whole[len(whole) // 2 + 40 :])
    found = list(imports.read([str(tmp_path / "a")], imports.Settings("tweets")))
    assert 0 < sum(isinstance(each, Imported) for each in found) < 2000
    assert any(isinstance(each, Failed) and "cannot be unpacked" in str(each.error) for each in found)


def test_bad_lines_are_failures_with_their_numbers_and_stop_no_other(
    archive: sqlite3.Connection, tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        json.dumps(tweet()),
        "{",
        '{"a": 1}',
        "[" * 100_000,
        json.dumps({"limit": {"track": 3}}),
        "null",
        json.dumps(page_two()),
    ]
    file.write_text("\n".join(lines))
    found, counts = imported(archive, file)
    failed = [each for each in found if isinstance(each, Failed)]
    assert [(f.target.rpartition("#")[2], f.error.wrong.partition(":")[0]) for f in failed] == [
        ("2", "is no JSON"),
        ("3", "holds no tweet"),
        ("4", "is no JSON"),
        ("6", "holds no tweet"),
    ]
    assert (counts.posts_new, counts.failures) == (2, 4)


def test_many_bad_lines_are_summed_up(archive: sqlite3.Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(tweet()) + "\n" + "{bad\n" * 1000)
    found, counts = imported(archive, file)
    assert counts.failures == 101
    last = found[-1]
    assert isinstance(last, Failed)
    assert str(last.error) == f"{file}#further: has 900 further records that cannot be read"
    assert len(rows(archive, "select 1 from failures")) == 101


def test_an_array_that_is_cut_off_gives_what_stands_before(archive: sqlite3.Connection, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([tweet(), page_two()], indent=1)[:-40])
    found, _ = imported(archive, file)
    assert [row[0] for row in rows(archive, _POSTS)] == [f"twitter:{ID}"]
    (failed,) = [each for each in found if isinstance(each, Failed)]
    assert "is no JSON from here on" in str(failed.error)


def test_hostile_values_are_kept_as_text_and_break_nothing(archive: sqlite3.Connection, tmp_path: Path) -> None:
    nasty = "\x1b[31m<script>=cmd()\x00 \ud800" + "x" * 200_000
    value = tweet(
        full_text=nasty, lang=7, user={"screen_name": {"a": 1}, "name": nasty}, entities=[1, 2], favorite_count="x"
    )
    imported(archive, written(tmp_path / "a.jsonl", value))
    ((text, author),) = rows(archive, "select text, author_id from posts")
    assert text.startswith("\x1b[31m<script>=cmd()\ufffd \ufffdxxx")
    assert len(text) <= 100_000
    assert author is None


def test_a_line_longer_than_any_record_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_streams, "LONGEST", 1000)
    (tmp_path / "a").write_bytes(b"a\n" + b"b" * 5000 + b"\nc\n")
    found = list(_streams.lines(tmp_path / "a"))
    assert [(each[0], each[1][:14]) for each in found] == [(1, b"a"), ("2", "is longer than"), (3, b"c")]


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    values=st.lists(st.dictionaries(st.text(max_size=5), _JSON, max_size=4), min_size=1, max_size=6),
    indent=st.sampled_from([None, 0, 2]),
)
@settings(max_examples=60, deadline=None)
def test_an_array_gives_its_values_whatever_they_are(values: list[dict[str, object]], indent: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.json"
        path.write_text(json.dumps(values, indent=indent), encoding="utf-8")
        found = list(_values.read(path, lambda _: False))
    assert not any(isinstance(each, _streams.Bad) for each in found)
    assert [v for each in found if isinstance(each, _values.Record) for v in _values.elements(each.value)] == values
    assert len({each.place for each in found}) == len(found)


_FIELDS = st.dictionaries(
    st.sampled_from([*tweet(), "text", "data", "includes", "retweeted_status", "extended_tweet"]),
    _JSON,
    max_size=6,
)


@given(changed=st.lists(_FIELDS, max_size=4))
@settings(max_examples=20, deadline=None)
def test_no_record_however_odd_stops_the_import(changed: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder) / "a.jsonl", *(tweet() | fields for fields in changed), tweet(OTHER))
        with closing(store.open_archive(Path(folder) / "a.db")) as archive:
            found, counts = imported(archive, file, kind="tweets")
            assert rows(archive, f"select 1 from posts where platform_id = '{OTHER}'") == [(1,)]
    assert sum(isinstance(each, Imported) for each in found) + counts.failures <= len(changed) + 1
    assert isinstance(found[-1], Dataset)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file of which each line is read only when the one before was taken."""
    line = json.dumps(tweet()) + "\n"
    with io.BytesIO() as packed:
        with gzip.open(packed, "wt") as file:
            for _ in range(3000):
                file.write(line)
        (tmp_path / "a.gz").write_bytes(packed.getvalue())
    taken = imports.read([str(tmp_path / "a.gz")], imports.Settings())
    assert isinstance(next(taken), Imported)
    assert sum(isinstance(each, Imported) for each in taken) == 2999
