"""WARC files by the command line: pages that embed posts, files read before."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver.cli import cli
from tests.sources.archives import http, record, warc

EMBED = '<blockquote class="twitter-tweet"><p>Hello</p><a href="https://twitter.com/ann/status/{}">Day</a></blockquote>'
LINK = '<p>Read <a href="https://twitter.com/ann/status/927949487731638299">this</a>.'
PAGES = 12


@pytest.fixture
def crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A WARC file of a dozen pages: three embed a post, one links to one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(warc(records(PAGES)))
    return path


def records(count: int) -> list[bytes]:
    found: list[bytes] = []
    for n in range(count):
        words = EMBED.format(927949487731638270 + n) if n % 4 == 0 else LINK if n == 5 else "<p>Words."
        page = f"<!doctype html><title>Page {n}</title>{words}".encode()
        found.append(record(http(page), n, url=f"https://news.example/{n}"))
    return found


def run(*argv: str) -> Result:
    result = CliRunner().invoke(cli, [*argv])
    assert result.exit_code == 0, result.output
    return result


def summary(*argv: str) -> dict[str, object]:
    found = json.loads(run("archive", "crawl.warc.gz", "--json", *argv).stdout)
    return {name: found[name] for name in ("pages", "embeds", "passed", "files_known", "failures")}


def told(pages: int, embeds: int, passed: int) -> dict[str, object]:
    return {"pages": pages, "embeds": embeds, "passed": passed, "files_known": 0, "failures": 0}


def rows(sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("archive.db")) as db:
        return db.execute(sql).fetchall()


@pytest.mark.usefixtures("crawl")
def test_all_pages_are_stored_unless_only_those_with_embeds_are_asked_for() -> None:
    assert summary("--db", "all.db") == told(12, 3, 0)
    assert summary("--embeds-only") == told(3, 3, 9)
    assert rows("select url from pages order by url") == [(f"https://news.example/{n}",) for n in (0, 4, 8)]
    assert rows("select n_pages, n_passed, n_files_known from runs") == [(3, 9, 0)]


@pytest.mark.usefixtures("crawl")
def test_a_file_that_was_read_whole_is_not_read_again() -> None:
    first = run("archive", "crawl.warc.gz")
    assert "known from an earlier run" not in first.output
    captures = rows("select count(*) from captures")
    again = run("archive", "crawl.warc.gz")
    assert "1 file known from an earlier run: not read again (--again does)" in again.output
    assert rows("select count(*) from captures") == captures
    assert summary("--embeds-only")["files_known"] == 1
    assert summary("--again") == told(12, 3, 0)


@pytest.mark.usefixtures("crawl")
def test_a_file_is_read_again_for_the_pages_that_were_left_out() -> None:
    assert summary("--embeds-only")["pages"] == 3
    assert summary("--embeds-only")["files_known"] == 1
    assert summary() == told(12, 3, 0)
    assert summary()["files_known"] == 1


def test_a_file_that_grew_or_was_changed_is_read_again(crawl: Path) -> None:
    assert summary()["pages"] == 12
    stat = crawl.stat()
    crawl.write_bytes(warc(records(PAGES + 1)))
    assert summary()["pages"] == 13
    other = bytearray(crawl.read_bytes())
    other[-1] ^= 1  # the same size, and the same time
    crawl.write_bytes(other)
    os.utime(crawl, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    found = json.loads(CliRunner().invoke(cli, ["archive", "crawl.warc.gz", "--json"]).stdout)
    assert found["files_known"] == 0


def test_a_run_that_is_broken_off_does_not_know_its_file(crawl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.pipeline._BATCH_PAGES", 2)
    calls: list[int] = []

    def stop(*_: object) -> bool:
        calls.append(1)
        if len(calls) > 4:
            raise KeyboardInterrupt
        return False

    monkeypatch.setattr("archiver.store.Attempts.is_done", stop)
    assert CliRunner().invoke(cli, ["archive", "crawl.warc.gz"]).exit_code == 130
    assert rows("select count(*) from files_read") == [(0,)]
    monkeypatch.undo()
    monkeypatch.chdir(crawl.parent)
    assert summary("--resume")["pages"] == 8
    assert rows("select count(*) from files_read") == [(1,)]
    assert rows("select count(*) from pages") == [(12,)]


@pytest.mark.usefixtures("crawl")
def test_extracting_tells_the_posts_of_pages_that_may_embed_some() -> None:
    lines = [json.loads(line) for line in run("extract", "crawl.warc.gz").stdout.splitlines()]
    assert [(line["page_url"][-1], line["shape"]) for line in lines] == [
        ("0", "blockquote"),
        ("4", "blockquote"),
        ("5", "link"),
        ("8", "blockquote"),
    ]
