from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from archiver.cli import cli
from tests import rich

TOLD = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return [line for block in re.findall(rf"```{language}\n(.*?)```", TOLD, re.DOTALL) for line in block.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the document reads."""
    folder = tmp_path_factory.mktemp("docs")
    db = rich.make(folder / "archive.db", list(rich.fixtures()), list(rich.changing()))
    for kind, name in (("csv", "embeds.csv"), ("parquet", "embeds.parquet"), ("jsonl", "embeds.jsonl")):
        assert CliRunner().invoke(cli, ["export", kind, "--db", str(db), "--out", str(folder / name)]).exit_code == 0
    told = CliRunner().invoke(cli, ["export", "parquet", "--db", str(db), "--out", str(folder / "tables"), "--tables"])
    assert told.exit_code == 0
    return folder


@pytest.mark.parametrize("line", blocks("sql"))
def test_duckdb_answers_each_line(folder: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert len(duckdb.sql(line).fetchall()) > 2


@pytest.mark.parametrize("line", blocks("python"))
def test_pandas_reads_each_line(folder: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = eval(line, {"pandas": pd})  # noqa: S307  our own document
    assert len(found) > 2
    if "platform_id" in found:
        assert "1256000000000000001" in set(found["platform_id"])
        assert pd.api.types.is_datetime64_any_dtype(found["posted_at"])


def test_there_are_lines_for_each_format() -> None:
    assert (len(blocks("sql")), len(blocks("python"))) == (4, 3)
