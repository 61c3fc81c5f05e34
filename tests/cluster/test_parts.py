from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import readers, sources, store
from archiver.cli.extract import line
from archiver.cluster import columns, loading, parts, whole
from archiver.cluster.parts import Facts
from archiver.errors import TargetError, UnreadableError
from archiver.model import Archived, Capture, Digest, Embed, Failed, Page, Post
from archiver.pipeline import Run, keep
from archiver.sources import Settings
from tests.cluster.files import capture_rows, fixtures, held, made
from tests.pages import WHEN
from tests.tables import natural, problems

FACTS = Facts("s", 1, None, "0", 0, 0, 0, 0, 0)
ROOT = Path(__file__).parents[2]


def written(path: Path, pages: list[Archived]) -> Path:
    with whole.writing(str(path)) as sink, parts.Writer(sink) as writer:
        for each in pages:
            writer.add(each)
        writer.end(replace(FACTS, pages_with_embeds=len(pages)))
    return path


def embedding(path: Path) -> list[Archived]:
    """The pages of a WARC that embed posts, as they are read from it."""
    found = readers.outcomes(sources.read([str(path)], Settings()))
    return [a for a in found if isinstance(a, Archived) and any(e.shape != "link" for e in a.page.embeds)]


def stored(path: Path, outcomes: Iterator[Archived | Failed] | list[Archived]) -> sqlite3.Connection:
    archive = store.open_archive(path)
    for _ in keep(outcomes, Run(archive, ["merge"])):
        pass
    return archive


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fixtures") / "fixtures.warc.gz"
    path.write_bytes(fixtures())
    return path


@pytest.fixture(scope="module")
def part(warc: Path) -> Path:
    return made(warc, warc.parent / "parts")[1]


def test_every_page_that_shows_how_posts_are_embedded_comes_back_from_a_part_as_it_was(warc: Path, part: Path) -> None:
    read = embedding(warc)
    assert len(read) > 80
    assert list(parts.outcomes(str(part))) == [replace(each, capture=each.capture.bodiless()) for each in read]


def test_a_part_loaded_makes_the_rows_that_its_warc_makes(warc: Path, part: Path, tmp_path: Path) -> None:
    archive = store.open_archive(tmp_path / "loaded.db")
    with closing(archive), closing(stored(tmp_path / "read.db", embedding(warc))) as other:
        for _ in keep(loading.missing(archive, [str(part)]), Run(archive, ["merge"])):
            pass
        assert natural(archive) == natural(other)
        assert capture_rows(archive) == capture_rows(other)
        assert len(capture_rows(archive)) > 80
        assert problems(archive) == []


def test_a_part_has_the_fields_that_extract_prints_and_in_its_order(part: Path) -> None:
    archived = next(parts.outcomes(str(part)))
    told = line(archived, archived.page.embeds[0])
    row = pq.read_table(part).slice(0, 1).to_pylist()[0]
    assert list(row)[: len(told)] == list(told)
    times = {name: value and value.isoformat().replace("+00:00", "Z") for name, value in row.items() if "_at" in name}
    assert {name: times.get(name, row[name]) for name in told if name != "posted_at"} == {
        name: value for name, value in told.items() if name != "posted_at"
    }


def test_the_columns_stand_in_the_docs() -> None:
    rows = [f"| `{c.name}` | {_kind(c.kind)} | {c.about} |" for c in columns.COLUMNS]
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    assert "\n".join(rows) in text


def test_the_queries_of_the_docs_answer(part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "parts").symlink_to(part.parent)
    text = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    found = list(parts.outcomes(str(part)))
    with duckdb.connect() as engine:
        handles, tags = (engine.sql(sql).fetchall() for sql in re.findall(r"```sql\n(.*?)```", text, re.DOTALL))
    shown = [e.post.handle for a in found for e in a.page.embeds if e.post.platform == "twitter" and e.shape != "link"]
    assert handles[0][0] in set(shown)
    assert handles[0][2] == max(Counter(shown).values())
    tagged = {(tag, a.page.url) for a in found for e in a.page.embeds for tag in e.post.hashtags}
    assert dict(tags) == Counter(tag for tag, _ in tagged)
    (python,) = (code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "read_parquet" in code)
    done = subprocess.run([sys.executable, "-W", "error", "-c", python], capture_output=True, text=True, check=True)
    assert "\ntwitter " in done.stdout


def test_the_same_pages_make_the_same_bytes(warc: Path, part: Path, tmp_path: Path) -> None:
    _, other = made(warc, tmp_path)
    assert other.read_bytes() == part.read_bytes()
    assert b"created" not in json.dumps(asdict(parts.facts(str(part)))).encode()


def test_a_part_tells_of_itself(warc: Path, part: Path) -> None:
    told = parts.facts(str(part))
    assert (told.source, told.source_bytes) == (str(warc), warc.stat().st_size)
    assert told.records == told.pages > told.pages_with_embeds == len(embedding(warc))
    assert told.embeds == sum(e.shape != "link" for a in embedding(warc) for e in a.page.embeds)
    assert told.skipped == 0


def test_what_of_a_warc_cannot_be_read_is_counted(tmp_path: Path) -> None:
    data = held(1, pages=4)
    (tmp_path / "cut.warc.gz").write_bytes(data[:-300])
    line, path = made(tmp_path / "cut.warc.gz", tmp_path / "parts")
    assert (line.facts.records, line.facts.pages, line.facts.pages_with_embeds, line.facts.skipped) == (13, 13, 3, 1)
    assert len(list(parts.outcomes(str(path)))) == 3


def _cut(data: bytes, at: float) -> bytes:
    return data[: int(len(data) * at)]


def _changed(data: bytes, at: float) -> bytes:
    place = int(len(data) * at)
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("harm", "at"), [(_cut, 0.0), (_cut, 0.5), (_cut, 0.99), (_changed, 0.1), (_changed, 0.4), (_changed, 0.9999)]
)
def test_a_part_that_is_cut_off_or_damaged_is_not_taken_for_whole(
    harm: Callable[[bytes, float], bytes], at: float, part: Path, tmp_path: Path
) -> None:
    broken = tmp_path / part.name
    broken.write_bytes(harm(part.read_bytes(), at))
    with pytest.raises(UnreadableError, match=r"is no part, or a damaged one.*archiver crawl again"):
        list(parts.outcomes(str(broken)))


def test_what_is_no_part_says_so(tmp_path: Path) -> None:
    table = pa.table({"a": [1]})
    pq.write_table(table, tmp_path / "other.parquet")
    with pytest.raises(UnreadableError, match="is a Parquet file, but no part of a crawl"):
        parts.facts(str(tmp_path / "other.parquet"))
    told = json.dumps(asdict(replace(FACTS, form=99)))
    pq.write_table(table.replace_schema_metadata({"archiver.part": told}), tmp_path / "later.parquet")
    with pytest.raises(UnreadableError, match="is of form 99, this version reads 1"):
        parts.facts(str(tmp_path / "later.parquet"))
    with pytest.raises(TargetError, match="holds no part"):
        parts.listed(str(tmp_path / "nothing"))


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_TIME = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  as it wants
_SIMPLE: dict[object, st.SearchStrategy[Any]] = {
    str: _TEXT,
    int: st.integers(0, 2**62),
    datetime: _TIME,
    bytes: st.binary(max_size=20),
}


def _any(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if isinstance(kind, UnionType):
        return st.one_of(st.none() if each is type(None) else _any(each) for each in get_args(kind))
    if args := get_args(kind):
        return st.lists(_any(args[0]), max_size=2).map(tuple)
    hints = get_type_hints(kind)
    left_out = {"exchanges", "seconds", "digest"} if kind is Capture else set()
    return st.builds(kind, **{f.name: _any(hints[f.name]) for f in fields(kind) if f.name not in left_out})


@st.composite
def _archived(draw: st.DrawFn) -> Archived:
    page = draw(_any(Page))
    embed = draw(_any(Embed))
    capture = draw(_any(Capture))
    return Archived(capture.target, capture, replace(page, embeds=(*page.embeds, embed)))


@settings(max_examples=15, deadline=None)
@given(st.lists(_archived(), max_size=3))
def test_whatever_a_page_tells_comes_back_from_a_part(
    tmp_path_factory: pytest.TempPathFactory, told: list[Archived]
) -> None:
    path = written(tmp_path_factory.mktemp("any") / "a.parquet", told)
    assert list(parts.outcomes(str(path))) == [replace(each, capture=each.capture.bodiless()) for each in told]


def test_texts_that_no_file_can_hold_are_cleaned_as_the_store_does(tmp_path: Path) -> None:
    embed = Embed(Post("twitter", "1", text="a\ud800b\0c", hashtags=("\udfff",)), "blockquote", 1, 1)
    archived = Archived("t", Capture("t", b"", "text/html", "warc", WHEN), Page("u", "fetched", embeds=(embed,)))
    (found,) = parts.outcomes(str(written(tmp_path / "a.parquet", [archived])))
    assert (found.page.embeds[0].post.text, found.page.embeds[0].post.hashtags) == ("a�b�c", ("�",))


def test_many_pages_are_written_in_groups_and_read_a_few_at_a_time(tmp_path: Path) -> None:
    embeds = tuple(Embed(Post("twitter", str(n), text="x" * 100), "blockquote", n, 1) for n in range(1, 8))
    capture = Capture("t", b"", "text/html", "warc", WHEN, digest=Digest("0", 0))
    pages = [Archived("t", replace(capture, url=str(n)), Page(str(n), "fetched", embeds=embeds)) for n in range(500)]
    path = written(tmp_path / "a.parquet", pages)
    assert pq.ParquetFile(path).metadata.num_row_groups == 4
    found = parts.outcomes(str(path))
    assert [each.page.url for each in found] == [each.page.url for each in pages]


def test_only_the_commands_of_the_cluster_load_what_they_need() -> None:
    code = """
import importlib, pkgutil, sys
import archiver.cli as cli
for each in pkgutil.walk_packages(cli.__path__, "archiver.cli."):
    importlib.import_module(each.name)
print([name for name in sys.modules if name.startswith(("archiver.cluster", "distributed", "aiohttp"))])
"""  # dask and pyarrow are no sign: datasette and pandas take them up where they find them
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "list of structs" if pa.types.is_struct(kind.value_type) else "list of texts"
    return {"string": "text", "int64": "integer"}.get(str(kind), "time, UTC")
