"""`archiver wayback` and `archiver commoncrawl`, against a web archive on loopback."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver.cli import cli
from tests.webarchive_server import EXCLUDED, Archive, Held, Reply, serving

POST = '<blockquote class="twitter-tweet"><p>Hello</p><a href="https://twitter.com/ann/status/{}">Day</a></blockquote>'
NEWS = [
    Held(f"https://example.com/news/{n:02}", f"201710{n + 10}120000", POST.format(927949487731638270 + n).encode())
    for n in range(12)
]
CRAWL = "CC-MAIN-2024-10"


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Archive]:
    monkeypatch.chdir(tmp_path)
    with serving(*NEWS, crawls={CRAWL: NEWS[:4]}, page_rows=10) as archive:
        monkeypatch.setenv("ARCHIVER_CDX_URL", archive.cdx_url)
        monkeypatch.setenv("ARCHIVER_REPLAY_URL", archive.replay_url)
        monkeypatch.setenv("ARCHIVER_INDEX_URL", archive.base)
        monkeypatch.setenv("ARCHIVER_DATA_URL", archive.base)
        yield archive


def run(*argv: str) -> Result:
    return CliRunner().invoke(cli, [*argv, "--allow-private"])


def rows(sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("archive.db")) as db:
        return db.execute(sql).fetchall()


def test_captures_of_the_wayback_machine_are_archived(archive: Archive) -> None:
    result = run("wayback", "example.com/news/*", "--from", "2017-10-12", "--to", "20171013", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"db": "archive.db", "pages": 2, "embeds": 2, "posts_new": 2} | {
        "posts_known": 0,
        "failures": 0,
        "unchanged": 0,
        "passed": 0,
        "files_known": 0,
    }
    captures = rows("select target, url, source, status, archived_at from captures order by url")
    assert captures == [
        (
            f"{archive.replay_url}/{held.timestamp}id_/{held.url}",
            held.url,
            "wayback",
            200,
            f"2017-10-{held.timestamp[6:8]}T12:00:00Z",
        )
        for held in NEWS[2:4]
    ]
    assert rows("select command, outcome from runs") == [("wayback", "done")]


def test_records_of_common_crawl_are_archived_and_can_be_cited(archive: Archive) -> None:
    result = run("commoncrawl", "*.example.com")
    assert result.exit_code == 0, result.output
    assert "4 pages with 4 embeds in archive.db" in result.stdout
    _, places = archive.warc(CRAWL)
    assert rows("select url, source, captured_at, warc_offset, warc_length from captures order by url") == [
        (held.url, "commoncrawl", f"2017-10-{held.timestamp[6:8]}T12:00:00Z", *place)
        for held, place in zip(NEWS, places, strict=False)
    ]
    assert {file for (file,) in rows("select warc_file from captures")} == {
        f"{archive.base}/crawl-data/{CRAWL}/segments/1/warc/part-0.warc.gz"
    }
    assert [url for (url,) in rows("select url from pages order by url")] == [held.url for held in NEWS[:4]]


def test_a_list_is_printed_and_stores_nothing_and_can_be_given_back(archive: Archive) -> None:
    listed = run("wayback", "example.com/news/*", "--limit", "3", "--list")
    assert listed.exit_code == 0
    assert [json.loads(line)["url"] for line in listed.stdout.splitlines()] == [held.url for held in NEWS[:3]]
    assert archive.asked("replay") == []
    assert not Path("archive.db").exists()
    Path("some.jsonl").write_text(listed.stdout, encoding="utf-8")
    asked = len(archive.asked("cdx"))
    assert run("wayback", "--cdx", "some.jsonl", "--from", "2017-10-11").exit_code == 0
    assert rows("select count(*) from captures") == [(2,)]
    assert len(archive.asked("cdx")) == asked


@pytest.mark.usefixtures("archive")
def test_a_cdx_file_of_common_crawl_is_read() -> None:
    listed = run("commoncrawl", "example.com/news/*", "--crawl", CRAWL, "--list").stdout
    Path("some.cdxj").write_text(listed, encoding="utf-8")
    assert run("commoncrawl", "--cdx", "some.cdxj", "--limit", "1").exit_code == 0
    assert rows("select url from captures") == [(NEWS[0].url,)]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["wayback"], "Give a PATTERN, or --cdx FILE, and not both."),
        (["commoncrawl", "example.com", "--cdx", __file__], "Give a PATTERN, or --cdx FILE, and not both."),
        (["wayback", "example.com", "--from", "yesterday"], "'yesterday' is no date"),
        (["wayback", "--cdx", "missing.cdx"], "'missing.cdx' does not exist"),
        (["wayback", "example.com", "--limit", "0"], "is not in the range x>=1"),
    ],
)
def test_wrong_usage_is_told(archive: Archive, argv: list[str], words: str) -> None:
    result = run(*argv)
    assert result.exit_code == 2
    assert words in result.output
    assert archive.hits == []


@pytest.mark.parametrize(
    ("argv", "reply", "words"),
    [
        (["wayback", "https://example.org/"], None, "Error: https://example.org/: no captures found"),
        (["commoncrawl", "https://example.org/"], None, "Error: https://example.org/: no captures found"),
        (["wayback", "ftp://x"], None, "Error: ftp://x: is no URL or pattern (write a URL"),
        (["commoncrawl", "example.com", "--crawl", "../x"], None, "Error: ../x: is no name of a crawl"),
        (["wayback", "example.com"], Reply(403, EXCLUDED.encode()), "Error: example.com: is excluded from the Wayback"),
        (["wayback", "--cdx", __file__], None, "is no CDX file"),
    ],
)
def test_what_cannot_be_found_is_told_and_makes_no_archive(
    archive: Archive, argv: list[str], reply: Reply | None, words: str
) -> None:
    archive.then("cdx", *([reply] if reply else []))
    result = run(*argv)
    assert result.exit_code == 1
    assert words in result.output
    assert not Path("archive.db").exists()


def test_a_capture_that_cannot_be_had_is_a_row_with_its_reason(archive: Archive) -> None:
    archive.then("replay", Reply(404, b"gone"))
    result = run("wayback", "example.com/news/*", "--limit", "2")
    assert result.exit_code == 1
    assert "is not in the Wayback Machine, though its index has it" in result.stderr
    assert rows("select outcome, status from captures order by outcome") == [("failed", 404), ("read", 200)]


def test_when_the_archive_wants_no_more_requests_the_run_ends_and_is_gone_on_with(archive: Archive) -> None:
    archive.then("replay", *[_page(held) for held in NEWS[:1]], *[Reply(429, headers=(("Retry-After", "9999"),))] * 20)
    result = run("wayback", "example.com/news/*")
    assert result.exit_code == 1
    assert "9999 seconds; what is stored is kept: later, go on with --resume" in result.output
    assert rows("select outcome from runs") == [("interrupted",)]
    before = {target for (target,) in rows("select target from captures")}
    archive.odd.clear()
    asked = len(archive.asked("replay"))
    assert run("wayback", "example.com/news/*", "--resume").exit_code == 0
    assert len(archive.asked("replay")) == asked + len(NEWS) - len(before)
    assert rows("select count(*), count(distinct target) from captures") == [(len(NEWS), len(NEWS))]


@pytest.mark.parametrize(
    ("command", "number"), [("wayback", signal.SIGKILL), ("wayback", signal.SIGINT), ("commoncrawl", signal.SIGKILL)]
)
@pytest.mark.usefixtures("archive")
def test_a_run_that_is_ended_from_outside_goes_on_with_the_rest(command: str, number: signal.Signals) -> None:
    argv = [sys.executable, "-m", "archiver", command, "example.com/news/*", "--allow-private"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        end = time.monotonic() + 30
        while not _stored() and time.monotonic() < end and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    before = _stored()
    total = len(NEWS) if command == "wayback" else 4
    assert 0 < before <= total  # all of them, where the machine was slow to send the signal
    result = run(command, "example.com/news/*", "--resume")
    assert result.exit_code == 0, result.output
    assert rows("select count(*), count(distinct target) from captures") == [(total, total)]
    assert rows("select count(*) from pages") == [(total,)]


def _page(held: Held) -> Reply:
    return Reply(200, held.body, (("Memento-Datetime", "x"), ("Content-Type", held.content_type)))


def _stored() -> int:
    try:
        return int(str(rows("select count(*) from captures")[0][0]))
    except sqlite3.OperationalError:
        return 0


def test_what_an_archive_says_moves_no_cursor(tmp_path: Path) -> None:
    index = tmp_path / "odd.cdxj"
    index.write_text('{"url": "https://a.example/\\u202e\\u009b31m", "timestamp": "20171010120000"}\n')
    listed = CliRunner().invoke(cli, ["wayback", "--cdx", str(index), "--list"])
    assert "\\u202e\\u009b31m" in listed.stdout
    refused = CliRunner().invoke(cli, ["wayback", "\x1b[31m://x"])
    assert refused.stderr.startswith("Error: \\x1b[31m://x: is no URL")


def test_a_user_agent_may_have_letters_of_any_kind(archive: Archive) -> None:
    result = run("wayback", "example.com/news/*", "--limit", "1", "--list", "--user-agent", "Bücherei")
    assert result.exit_code == 0, result.output
    assert archive.base in archive.replay_url
