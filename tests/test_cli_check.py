from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver.cli import cli
from tests.checking.server import TWEET, Platforms, Reply, archived, missing, reply, serving, tweet
from tests.webarchive_server import serving as archive_serving

ID = "1256191637713846273"


@pytest.fixture
def server() -> Iterator[Platforms]:
    with serving() as told:
        yield told


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an archive of three posts."""
    monkeypatch.chdir(tmp_path)
    archived(tmp_path / "archive.db", TWEET.format(ID), TWEET.format("20"), "https://vimeo.com/76979871")
    return tmp_path


def call(*arguments: str, server: Platforms | None = None) -> Result:
    bases = [part for n, base in (server.bases if server else {}).items() for part in ("--endpoint-url", f"{n}={base}")]
    own = ["--delay", "0", "--timeout", "5", "--allow-private"] if server else []
    return CliRunner().invoke(cli, [*arguments, *own, *bases])


@pytest.mark.usefixtures("folder")
def test_the_plan_tells_whom_it_would_ask_and_asks_nobody(server: Platforms) -> None:
    told = call("check", "--dry-run", "--max", "2", server=server)
    assert told.stdout.split("\n")[:3] == [
        "         2  twitter",
        "         1  vimeo",
        "2 posts would be asked about, of 3 that are due",
    ]
    as_json = json.loads(call("check", "--dry-run", "--json", "--platform", "vimeo", server=server).stdout)
    assert as_json == {"posts": 1, "due": 1, "platforms": [{"platform": "vimeo", "posts": 1, "hosts": 1}]}
    assert server.hits == []


@pytest.mark.usefixtures("folder")
def test_a_round_ends_with_a_summary_of_what_was_found(server: Platforms) -> None:
    server.then("twitter-syndication", ID, reply(tweet(ID)))
    server.then("twitter-oembed", "status/20", missing("twitter-oembed"))
    told = call("check", server=server)
    assert told.stdout.splitlines() == [
        "asked about 3 posts: 1 there, 2 gone",
        "a post is gone after two such answers 24 hours apart; until then it is probably gone",
    ]
    assert told.exit_code == 0
    again = call("check", "--json", server=server)
    assert json.loads(again.stdout) | {"db": ""} == {
        "db": "",
        **dict.fromkeys(("asked", "there", "gone", "restricted", "suspended", "unknown", "error", "left"), 0),
        "closed": {},
    }


def test_an_error_is_told_and_makes_the_exit_code_1(folder: Path, server: Platforms) -> None:
    server.then("vimeo", "76979871", Reply(429, headers=(("Retry-After", "99999"),)))
    told = call("check", "--platform", "vimeo", "--no-warc", server=server)
    assert (told.exit_code, told.stdout) == (1, "asked about 1 post: 1 error\n")
    assert "no answer  https://vimeo.com/76979871: answered 429 Too Many Requests" in told.stderr
    assert "left alone: 127.0.0.1" in told.stderr
    assert not list(folder.glob("*.warc.gz"))
    with closing(sqlite3.connect(folder / "archive.db")) as archive:
        assert archive.execute("select outcome, status from checks").fetchall() == [("error", 429)]
        assert archive.execute("select status from posts where platform = 'vimeo'").fetchall() == [(None,)]


@pytest.mark.parametrize(
    "wrong",
    [
        ["check", "--older-than", "soon"],
        ["check", "--max", "0"],
        ["check", "--endpoint-url", "vimeo"],
        ["check", "--endpoint-url", "nobody=https://example.com"],
        ["check", "--endpoint-url", "vimeo=ftp://example.com"],
        ["recover", "--older-than", "-3d"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("folder")
def test_wrong_usage_exits_with_2(wrong: list[str]) -> None:
    assert call(*wrong).exit_code == 2


@pytest.mark.usefixtures("folder")
def test_what_the_platforms_say_cannot_move_the_cursor(server: Platforms) -> None:
    server.then("vimeo", "76979871", reply({"message": "\x1b[2Jgone\x9b"}, 401))
    told = call("check", "--platform", "vimeo", server=server)
    assert "\x1b" not in told.output
    assert "1 restricted" in told.stdout


@pytest.mark.usefixtures("folder")
def test_lost_posts_are_counted_and_looked_for() -> None:
    with archive_serving() as web:
        ways = ["--cdx-url", web.cdx_url, "--replay-url", web.replay_url, "--allow-private"]
        words = "2 posts would be looked for, of 2 that are lost or known by their id only\n"
        assert call("recover", "--dry-run", *ways).stdout == words
        told = call("recover", "--json", "--max", "1", *ways)
        found = {"db": "archive.db", "asked": 1, "found": 0, "nothing": 1, "error": 0, "left": 0}
        assert (told.exit_code, json.loads(told.stdout)) == (0, found)
