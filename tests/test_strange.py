"""Archives that someone else changed: one clear line, and no file that is half written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.analysis.catalogue import QUESTIONS
from archiver.cli import cli
from archiver.cli.export import _FORMATS
from tests import rich

WRITERS = [*(("export", name) for name in _FORMATS), ("report",), ("manifest",)]
CHANGES = {
    "times": "update posts set posted_at = 'some day'; update pages set published_at = '0000-99-99T00:00:00Z'",
    "bytes": "update posts set text = x'00ff', posted_at = x'00'; update pages set title = x'00'",
    "numbers": "update posts set platform_id = 5.5; update embeds set occurrence = 'x'; update pages set title = 5",
    "lists": "update embeds set flags = '{not json', context_hashtags = '5'; update runs set argv = '{not json'",
    "letters": "update authors set name = cast(x'61ff' as text); update posts set text = cast(x'61ff' as text)",
    "tables": "drop table hashtags",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich.make(tmp_path_factory.mktemp("strange") / "whole.db", list(rich.fixtures()))


@pytest.fixture(params=CHANGES)
def changed(whole: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    copy = tmp_path / "changed.db"
    copy.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(copy)) as archive:
        archive.executescript(CHANGES[request.param])
    return copy


def asked(*arguments: object) -> str:
    told = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
    if told.exit_code:
        assert told.exit_code == 1, told.output
        (line,) = told.stderr.splitlines()
        assert line.startswith("Error: ")
        return line
    return ""


def test_files_are_written_whole_or_not_at_all(changed: Path, tmp_path: Path) -> None:
    said = [asked(*command, "--db", changed, "--out", tmp_path / command[-1]) for command in WRITERS]
    assert any(str(changed) in line for line in said)
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


def test_questions_are_answered_or_refused_in_one_line(changed: Path) -> None:
    said = [asked("analyze", question, "--db", changed) for question in QUESTIONS]
    assert all(str(changed) in line for line in said if line)


def test_periods_that_are_none_are_wrong_usage(whole: Path) -> None:
    for period in ("2017-13", "9999", "0000", "2018..2017", "x"):
        told = CliRunner().invoke(cli, ["analyze", "hashtags", "--db", str(whole), "--then", period, "--now", "2017"])
        assert told.exit_code == 2, told.output
        assert period in told.output
