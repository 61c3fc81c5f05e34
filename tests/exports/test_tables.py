from __future__ import annotations

import codecs
import csv
import errno
import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archiver import atomic, store
from archiver.cli import cli
from archiver.errors import ArchiveError
from archiver.exports import csv as tables
from archiver.exports import parquet
from archiver.model import Capture
from archiver.store.kept import FLAT, TABLES, Column, keep
from archiver.store.questions import Filter
from tests import rich
from tests.archives import TWEET
from tests.pages import WHEN

PARTS = (list(rich.fixtures()), list(rich.answers()), list(rich.changing()))
_FORMULAS = "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "＝1", ' "=1', "a;=1", 'a","=1', "a\n-1", "a, @b", "a|+1"


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich.make(tmp_path_factory.mktemp("tables") / "whole.db", *PARTS)


def run(db: Path, *arguments: str | Path) -> Result:
    told = CliRunner().invoke(cli, ["export", str(arguments[0]), "--db", str(db), *map(str, arguments[1:])])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    return told


def wanted(db: Path, about: Filter, table: str) -> list[tuple[Any, ...]]:
    with closing(store.open_archive(db)) as archive:
        return list(keep(archive, about).rows(table))


def of_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_text(rows: list[tuple[Any, ...]]) -> list[list[str]]:
    return [["" if value is None else str(value) for value in row] for row in rows]


def test_the_flat_view_is_read_back_by_the_csv_module(db: Path, tmp_path: Path) -> None:
    assert run(db, "csv", "--out", tmp_path / "a.csv").exit_code == 0
    header, *found = of_csv(tmp_path / "a.csv")
    assert header[:4] == ["embed_id", "post_id", "platform", "platform_id"]
    assert found == as_text(wanted(db, Filter(), FLAT))
    assert len(found) > 390


@pytest.mark.parametrize(
    ("options", "about"),
    [
        (["--platform", "twitter"], Filter(platforms=("twitter",))),
        (["--outlet", "outlet1.example"], Filter(outlets=("outlet1.example",))),
        (["--from", "2018", "--to", "2020"], Filter(since="2018", until="2020")),
        (["--search", "rain", "--author", "ann_lee"], Filter(search="rain", authors=("ann_lee",))),
        (["--hashtag", "storm"], Filter(hashtags=("storm",))),
        (["--platform", "none"], Filter(platforms=("none",))),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_filter_chooses_in_every_format(db: Path, tmp_path: Path, options: list[str], about: Filter) -> None:
    flat = wanted(db, about, FLAT)
    everything = wanted(db, Filter(), FLAT)
    assert len(flat) < len(everything)
    assert set(flat) <= set(everything)
    for kind in ("csv", "jsonl", "parquet"):
        assert run(db, kind, "--out", tmp_path / kind, *options).exit_code == 0
    assert of_csv(tmp_path / "csv")[1:] == as_text(flat)
    lines = [json.loads(line) for line in (tmp_path / "jsonl").read_text().splitlines()]
    shown = sorted((row[16], row[14], row[13]) for row in flat)
    assert sorted((line["page_url"], line["position"], line["shape"]) for line in lines) == shown
    assert len(pd.read_parquet(tmp_path / "parquet")) == len(flat)


def test_pandas_reads_csv_and_ids_stay_whole(db: Path, tmp_path: Path) -> None:
    run(db, "csv", "--out", tmp_path / "a.csv", "--table", "posts")
    found = pd.read_csv(tmp_path / "a.csv", dtype={"platform_id": "string"}, parse_dates=["posted_at"])
    rows = wanted(db, Filter(), "posts")
    assert found["id"].tolist() == [row[0] for row in rows]
    assert set(found["platform_id"].dropna()) == {row[10] for row in rows if row[10] is not None}
    assert len(found) == len(rows)


def test_a_folder_holds_a_file_for_each_table(db: Path, tmp_path: Path) -> None:
    run(db, "csv", "--out", tmp_path / "all", "--tables")
    assert {path.name for path in (tmp_path / "all").iterdir()} == {f"{table}.csv" for table in TABLES}
    for table in TABLES:
        assert of_csv(tmp_path / "all" / f"{table}.csv")[1:] == as_text(wanted(db, Filter(), table))
    run(db, "csv", "--out", tmp_path / "all", "--tables", "--platform", "twitter")
    assert of_csv(tmp_path / "all" / "posts.csv")[1:] == as_text(wanted(db, Filter(platforms=("twitter",)), "posts"))
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_duckdb_joins_the_tables_of_a_filter(db: Path, tmp_path: Path) -> None:
    run(db, "parquet", "--out", tmp_path / "pq", "--tables", "--platform", "twitter")
    told = duckdb.sql(
        f"""select count(*), count(p.id), count(g.id), count(c.id), count(r.id)
        from '{tmp_path}/pq/embeds.parquet' as e
        left join '{tmp_path}/pq/posts.parquet' as p on p.id = e.post_id
        left join '{tmp_path}/pq/pages.parquet' as g on g.id = e.page_id
        left join '{tmp_path}/pq/captures.parquet' as c on c.id = e.last_capture_id
        left join '{tmp_path}/pq/runs.parquet' as r on r.id = c.run_id"""
    ).fetchall()
    assert told == [(len(wanted(db, Filter(platforms=("twitter",)), "embeds")),) * 5]


def test_parquet_is_typed(db: Path, tmp_path: Path) -> None:
    run(db, "parquet", "--out", tmp_path / "a.parquet", "--table", "posts")
    found = pd.read_parquet(tmp_path / "a.parquet")
    rows = wanted(db, Filter(), "posts")
    assert str(found["posted_at"].dtype) == "datetime64[ms, UTC]"
    times = [None if pd.isna(each) else each.strftime("%Y-%m-%dT%H:%M:%S") for each in found["posted_at"]]
    assert times == [row[2] and row[2][:19] for row in rows]
    assert [list(each) for each in found["hashtags"]] == [json.loads(row[4]) for row in rows]
    kinds = duckdb.sql(f"describe select * from '{tmp_path}/a.parquet'").fetchall()
    told = {name: kind for name, kind, *_ in kinds}
    assert (told["id"], told["hashtags"], told["author_signed"]) == ("BIGINT", "VARCHAR[]", "BOOLEAN")
    assert (told["posted_at"], told["platform_id"]) == ("TIMESTAMP WITH TIME ZONE", "VARCHAR")


def test_every_table_and_the_view_are_read_back_from_parquet(db: Path, tmp_path: Path) -> None:
    run(db, "parquet", "--out", tmp_path / "pq", "--tables")
    run(db, "parquet", "--out", tmp_path / "flat.parquet")
    for table in TABLES:
        assert len(pd.read_parquet(tmp_path / "pq" / f"{table}.parquet")) == len(wanted(db, Filter(), table))
    texts = duckdb.sql(f"select text from '{tmp_path}/flat.parquet' order by embed_id").fetchall()
    assert texts == [(row[10],) for row in wanted(db, Filter(), FLAT)]


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (Column("id", "integer"), "int64"),
        (Column("seconds", "real"), "float64"),
        (Column("captured_at", "text"), "timestamp"),
        (Column("flags", "text"), "list"),
        (Column("in_post", "integer"), "bool"),
        (Column("text", "text"), "string"),
        (Column("date_shown", "text"), "string"),
    ],
    ids=str,
)
def test_a_column_has_the_type_that_the_docs_tell(column: Column, kind: str) -> None:
    assert parquet.kind(column) == kind


def test_without_pyarrow_the_error_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ArchiveError, match=r"\[parquet\]"):
        parquet.write(tmp_path / "a.parquet", (), [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_for_spreadsheets_begins_no_formula(db: Path, tmp_path: Path) -> None:
    run(db, "csv", "--out", tmp_path / "a.csv", "--excel")
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8)
    header, *found = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    plain = as_text(wanted(db, Filter(), FLAT))
    assert [cell[:1] for row in found for cell in row if cell[:1] in tuple("=+-@\t\r")] == []
    assert [[cell.replace("'", "") for cell in row] for row in found] == [
        [cell.replace("'", "") for cell in row] for row in plain
    ]
    assert data.decode("utf-8-sig").splitlines()[1].startswith(f"{plain[0][0]},{plain[0][1]},")  # numbers stay numbers
    assert header == [column.name for column in columns(db)]


def columns(db: Path) -> tuple[Column, ...]:
    with closing(store.open_archive(db)) as archive:
        return keep(archive, Filter()).columns(FLAT)


@pytest.mark.parametrize("text", _FORMULAS)
def test_a_formula_is_protected_wherever_a_cell_may_begin(text: str) -> None:
    assert begun(tables.protected(text)) == []
    assert tables.protected(text).replace("'", "") == text


@given(st.text(alphabet="=+-@＝\t\r\n ,;|\"'ab1", max_size=12))
def test_no_text_begins_a_formula_behind_any_separator(text: str) -> None:
    assert begun(tables.protected(text)) == []


def begun(text: str) -> list[str]:
    """The cells that a spreadsheet would take for formulas, whatever it takes for a separator."""
    cells = [text, *(cell for mark in ',;|\t\n\r"' for cell in text.split(mark))]
    return [cell for cell in cells if cell.strip(" \"'\t\r\n")[:1] in tuple("=+-@＝＋－＠") and "'" not in cell]


@pytest.mark.parametrize("text", ["", "Rain", "it's - well", "a-b", "2+2", "12", "ann@example.org", "1.5"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert tables.protected(text) == text


def test_long_numbers_are_not_rounded_by_a_spreadsheet() -> None:
    assert tables.protected("919659438700670976") == "'919659438700670976"


def test_lines_are_those_of_extract(db: Path) -> None:
    lines = [json.loads(line) for line in run(db, "jsonl", "--out", "-").stdout.splitlines()]
    assert len(lines) == len(wanted(db, Filter(), FLAT))
    assert list(lines[0])[:4] == ["target", "page_url", "position", "shape"]


def test_ids_are_those_of_a_platform_and_posts_without_are_told(db: Path) -> None:
    told = run(db, "ids", "--out", "-", "--platform", "twitter")
    with closing(store.open_archive(db)) as archive:
        sql = "select platform_id from posts where platform = 'twitter' and n_embeds > 0 order by id"
        known = [number for (number,) in archive.execute(sql)]
    assert told.stdout.splitlines() == [number for number in known if number]
    assert f"{known.count(None)} posts left out: no page tells an id" in told.stderr
    assert "several platforms" in run(db, "ids", "--out", "-").stderr
    assert "/" in run(db, "ids", "--out", "-", "--platform", "mastodon").stdout.splitlines()[0]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "ids", "parquet", "sqlite"])
def test_what_fails_half_way_leaves_the_older_file_as_it_was(
    db: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, target: object) -> None:  # noqa: ARG001
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "older"
    path.write_text("older")
    monkeypatch.setattr(atomic.Path, "replace", full)
    told = run(db, kind, "--out", path)
    assert told.exit_code == 1
    assert f"{path}: cannot be written: No space left on device" in told.output
    assert [each.name for each in tmp_path.iterdir()] == ["older"]
    assert path.read_text() == "older"


def test_a_folder_with_other_things_is_not_touched(db: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").touch()
    told = run(db, "csv", "--out", tmp_path / "mine", "--tables")
    assert (told.exit_code, "is there, and holds other things" in told.output) == (1, True)
    assert [path.name for path in tmp_path.rglob("*")] == ["mine", "thesis.docx"]


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["csv", "--out", "-", "--tables"], "--tables writes a folder"),
        (["csv", "--out", "x", "--tables", "--table", "posts"], "--tables writes a folder"),
        (["csv", "--out", "."], "is a folder"),
        (["parquet", "--out", "-"], "is no text"),
        (["csv", "--out", "x", "--table", "secrets"], "'secrets' is not one of"),
        (["sqlite"], "Missing option '--out'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told(db: Path, arguments: list[str], wrong: str) -> None:
    told = run(db, *arguments)
    assert (told.exit_code, wrong in told.output) == (2, True)


def test_who_reads_the_first_lines_may_leave(db: Path) -> None:
    program = [sys.executable, "-m", "archiver", "export", "csv", "--db", str(db), "--out", "-"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"embed_id,")
        process.stdout.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    """What is read at a time is a few rows: an endless table is written as it comes."""
    seen = 0

    def endless() -> Iterator[tuple[str]]:
        nonlocal seen
        for seen in range(1, 50_001):
            yield ("x" * 100,)
            if seen == 30_000:
                assert sum(path.stat().st_size for path in tmp_path.iterdir()) > 2_000_000

    tables.write(tmp_path / "a.csv", ["text"], endless())
    assert seen == 50_000


def test_odd_characters_are_kept(tmp_path: Path) -> None:
    text = 'a "quoted", ünï\u2028code\x00 😂\r\nline'
    page = TWEET.format(text=text, id=1256000000000000001)
    odd = rich.make(tmp_path / "odd.db", [Capture("u", page.encode(), "text/html", "web", WHEN, "https://a.example/u")])
    run(odd, "csv", "--out", tmp_path / "a.csv")
    (row,) = wanted(odd, Filter(), FLAT)
    assert of_csv(tmp_path / "a.csv")[1:] == as_text([row])
    assert "😂" in row[10]
