"""What answers come to over time, and rounds that are interrupted: each post asked once, nothing overwritten."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import store
from archiver.analysis import Filter
from archiver.checking import Looked, Manners, Round, Ways, platforms
from archiver.errors import ArchiveError
from archiver.evidence import warcs
from archiver.model import utc
from archiver.sources import Settings
from archiver.store import checks, recoveries, redaction
from archiver.store.checks import Check, Wanted
from archiver.store.recoveries import Recovery
from archiver.store.redaction import Wanted as Redacted
from archiver.verify import verify
from tests.checking.server import TWEET, Platforms, Reply, archived, reply, serving, tweet
from tests.pages import WHEN
from tests.tables import problems

ROOT = Path(__file__).parents[2]
ID = "1256191637713846273"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SETTINGS = Settings(allow_private=True, timeout=5, retries=0)
MANNERS = Manners(delay=0, pause=0, backoff=0.01)


@pytest.fixture
def server() -> Iterator[Platforms]:
    with serving() as told:
        yield told


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def asked(db: Path, server: Platforms, before: datetime, most: int | None = None, **more: Any) -> list[Looked]:
    """What a round tells; those last asked after `before` are left out."""
    ways = Ways(server.bases)
    wanted = Wanted(more.pop("about", Filter()), platforms(ways), before, more.pop("now", datetime.now(UTC)), most)
    with closing(store.open_archive(db)) as archive, warcs.Writer(db) as writer:
        told = Round(archive, db, ["check"], SETTINGS, ways, MANNERS, writer)
        return list(told.run(wanted, Event(), **more))


def rows(db: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(db)) as archive:
        return archive.execute(sql).fetchall()


def statuses(db: Path, *looks: tuple[float, str]) -> list[tuple[str | None, str | None]]:
    """The status of a post after each of these looks: hours after noon, and the outcomes of its endpoints."""
    post_id = archived(db, TWEET.format(ID))[ID]
    found = []
    with closing(store.open_archive(db)) as archive:
        for hours, outcomes in looks:
            run = store.start_run(archive, ["check"], "0", NOON)
            at = NOON + timedelta(hours=hours)
            checks.save(archive, run, run, post_id, [Check("x", at, each) for each in outcomes.split()])
            found.append(archive.execute("select status, status_at from posts").fetchone())
        assert problems(archive) == []
        before = archive.execute("select * from posts").fetchall()
        store.rebuild(archive)
        assert archive.execute("select * from posts").fetchall() == before
    return found


# Looks one after the other, and the status after each.
HISTORIES: dict[str, list[tuple[float, str, str | None]]] = {
    "gone needs a day": [(0, "gone", "probably gone"), (23.9, "gone", "probably gone"), (24, "gone", "gone")],
    "an error is no verdict": [
        (0, "error", None),
        (1, "there", "there"),
        (2, "error", "there"),
        (3, "gone error", "probably gone"),
    ],
    "an error beside what is not understood": [(0, "there", "there"), (30, "unknown error", "there")],
    "what is not understood takes back only that it is there": [
        (0, "there", "there"),
        (1, "unknown", "unknown"),
        (2, "gone", "probably gone"),
        (30, "unknown", "probably gone"),
        (31, "gone", "gone"),
        (40, "unknown", "gone"),
        (50, "error", "gone"),
    ],
    "who comes back was not gone": [
        (0, "gone", "probably gone"),
        (25, "gone", "gone"),
        (50, "there", "there"),
        (60, "gone", "probably gone"),
        (85, "unknown gone", "gone"),
    ],
    "a tombstone, then oEmbed": [(0, "unknown restricted", "restricted"), (9, "unknown suspended", "suspended")],
    "restricted between": [
        (0, "gone", "probably gone"),
        (20, "restricted", "restricted"),
        (26, "gone", "probably gone"),
    ],
    "nothing but words": [(0, "unknown", "unknown"), (5, "unknown unknown", "unknown")],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_status_follows_from_the_history(name: str, db: Path) -> None:
    told = statuses(db, *[(hours, outcomes) for hours, outcomes, _ in HISTORIES[name]])
    assert [status for status, _ in told] == [status for _, _, status in HISTORIES[name]]


def test_a_status_tells_when_it_was_last_seen_so(db: Path) -> None:
    told = statuses(db, (0, "there"), (5, "there"), (6, "error"), (7, "unknown"), (8, "gone"))
    assert [at for _, at in told] == [utc(NOON + timedelta(hours=h)) for h in (0, 5, 5, 7, 8)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from("there gone error unknown restricted".split())), max_size=7)
)
def test_gone_is_never_said_without_two_answers_a_day_apart(
    tmp_path_factory: Any, looks: list[tuple[int, str]]
) -> None:
    at, timed = 0, []
    for hours, outcome in looks:
        at += hours
        timed.append((at, outcome))
    told = statuses(tmp_path_factory.mktemp("looks") / "a.db", *timed)
    for n, (status, _) in enumerate(told):
        gone = [hours for hours, outcome in timed[: n + 1] if outcome == "gone"]
        assert status != "gone" or gone[-1] - gone[0] >= 24
        assert not gone or status is not None


def test_what_a_living_post_tells_enriches_it_with_its_source(db: Path, server: Platforms) -> None:
    archived(db, TWEET.format(ID), text="Say so &c., she wrote of")
    quoted = tweet("20", "First.", user={"id_str": "12", "name": "Bo", "screen_name": "bo_ray"})
    tags = {"hashtags": [{"text": "Rivers", "indices": [41, 48]}]}
    whole = "Say so &amp;c., she wrote of otters and of #Rivers."
    server.then("twitter-syndication", ID, reply(tweet(ID, whole, quoted_tweet=quoted, entities=tags)))
    (looked,) = asked(db, server, NOON)
    assert looked.outcome == "there"
    sql = f"""select text, posts.hashtags, status, name from posts join authors on authors.id = author_id
        where platform_id = '{ID}'"""
    (post,) = rows(db, sql)
    assert post == ("Say so &c., she wrote of otters and of #Rivers.", '["Rivers"]', "there", "Ann")
    sources = rows(db, "select field, source from post_sources where field = 'text' order by 2")
    assert sources == [("text", "tweet-result"), ("text", "tweet-result")]
    assert rows(db, "select text from embeds") == [("Say so &c., she wrote of",)]
    assert rows(db, "select kind, platform_id from post_relations join posts on posts.id = other_post_id") == [
        ("quoted", "20")
    ]
    assert rows(db, "select counted, number from post_counts where number = 5 limit 1") == [("likes", 5)]


def test_a_changed_wording_stands_beside_what_the_page_shows(db: Path, server: Platforms) -> None:
    archived(db, TWEET.format(ID), text="Otters are few here.\npic.twitter.com/abc")
    for told, is_other in (
        ("Otters are few here. https://t.co/abc", False),
        ("Otters are few here. But not", False),
        ("Otters were few here.", True),
    ):
        server.replies.clear()
        server.then("twitter-syndication", ID, reply(tweet(ID, told)))
        asked(db, server, datetime.now(UTC) + timedelta(days=1))
        found = rows(db, "select told_text, shown_text, endpoint from answer_variants")
        shown = "Otters are few here.\npic.twitter.com/abc"
        assert found == ([(told, shown, "tweet-result")] if is_other else [])
    assert rows(db, "select text from embeds") == [(shown,)]


def test_every_answer_is_kept_as_it_came_and_verifies(db: Path, server: Platforms) -> None:
    ids = [str(int(ID) + n) for n in range(4)]
    archived(db, *(TWEET.format(i) for i in ids), text="Say")
    server.then("twitter-syndication", ids[0], reply(tweet(ids[0])))
    server.then("twitter-syndication", ids[1], reply({"__typename": "TweetTombstone", "tombstone": {}}))
    server.then("twitter-syndication", ids[2], Reply(500, b"Oops"))
    asked(db, server, NOON)
    sql = """select checks.outcome, checks.sha256 = captures.sha256, warc_file is not null
        from checks join captures on captures.id = capture_id"""
    told = rows(db, sql)
    assert len(told) == 7
    assert {each[1:] for each in told} == {(1, 1)}
    with closing(store.open_archive(db)) as archive:
        found = [finding for each in verify(archive, db) for finding in each.findings]
    assert {finding.capture_id for finding in found} == {1}  # the page's own, which was made up


def test_a_round_asks_those_who_are_due_the_unasked_first(db: Path, server: Platforms) -> None:
    ids = [str(int(ID) + n) for n in range(6)]
    archived(db, *(TWEET.format(i) for i in ids))
    for each in ids:
        server.then("twitter-syndication", each, reply(tweet(each)))
    now = datetime.now(UTC)
    first = asked(db, server, now, most=2)
    second = asked(db, server, now, most=3)
    again = {looked.post.platform_id for looked in (*first, *second)}
    assert (len(first), len(second), len(again)) == (2, 3, 5)
    assert {looked.post.platform_id for looked in asked(db, server, now)} == set(ids) - again
    assert asked(db, server, now) == []
    assert len(asked(db, server, now + timedelta(days=1))) == 6
    assert len(server.asked()) == 12


def test_what_failed_is_due_at_once_and_what_is_probably_gone_after_a_day(db: Path, server: Platforms) -> None:
    ids = [str(int(ID) + n) for n in range(2)]
    archived(db, *(TWEET.format(i) for i in ids))
    server.then("twitter-syndication", ids[0], Reply(500))
    server.then("twitter-oembed", ids[0], Reply(500))
    before = datetime.now(UTC) - timedelta(days=30)
    assert len(asked(db, server, before)) == 2
    assert [looked.post.platform_id for looked in asked(db, server, before)] == ids[:1]
    later = datetime.now(UTC) + timedelta(hours=25)
    assert {looked.post.platform_id for looked in asked(db, server, before, now=later)} == set(ids)


def test_a_filter_chooses_whom_to_ask_about(db: Path, server: Platforms) -> None:
    archived(db, TWEET.format(ID), "https://vimeo.com/76979871")
    told = asked(db, server, NOON, about=Filter(platforms=("vimeo",)))
    assert [looked.post.platform for looked in told] == ["vimeo"]


def test_a_host_that_wants_no_more_is_left_alone_and_others_are_asked(db: Path, server: Platforms) -> None:
    ids = [str(int(ID) + n) for n in range(40)]
    archived(db, *(TWEET.format(i) for i in ids))
    for each in ids:
        server.then("twitter-syndication", each, Reply(429, headers=(("Retry-After", "9999"),)))
    told = asked(db, server, NOON)
    assert {looked.outcome for looked in told} == {"error"}
    assert len(server.asked()) <= SETTINGS.at_once
    assert rows(db, "select count(*) from check_queue") == [(0,)]
    assert rows(db, "select outcome from runs order by id desc limit 1") == [("done",)]


def test_a_host_that_is_silent_three_times_is_left_alone(db: Path) -> None:
    ids = [str(int(ID) + n) for n in range(60)]
    archived(db, *(TWEET.format(i) for i in ids))
    told = asked(db, Platforms("http://127.0.0.1:9"), NOON)
    assert 3 <= len(told) < 60
    assert {looked.outcome for looked in told} == {"error"}


def test_rows_are_added_and_none_is_changed(db: Path, server: Platforms) -> None:
    archived(db, TWEET.format(ID))
    histories = []
    for answer in (reply(tweet(ID)), reply({}), reply(tweet(ID, "Changed now."))):
        server.replies.clear()
        server.then("twitter-syndication", ID, answer)
        asked(db, server, datetime.now(UTC) + timedelta(days=1))
        histories.append(rows(db, "select * from checks order by id"))
    assert [len(each) for each in histories] == [1, 3, 4]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(histories))


def started(db: Path, server: Platforms) -> subprocess.Popen[bytes]:
    bases = [part for name, base in server.bases.items() for part in ("--endpoint-url", f"{name}={base}")]
    own = ["--delay", "0.02", "--timeout", "20", "--allow-private", "--older-than", "0d", "--json"]
    command = [sys.executable, "-m", "archiver", "check", "--db", str(db), *own, *bases]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def until(server: Platforms, hits: int, process: subprocess.Popen[bytes]) -> None:
    while len(server.hits) < hits and process.poll() is None:
        time.sleep(0.002)


@pytest.mark.parametrize(("how", "times"), [(signal.SIGINT, 10), (signal.SIGKILL, 5)], ids=["Ctrl-C", "kill -9"])
def test_interrupted_many_times_a_round_asks_about_every_post_once(
    how: signal.Signals, times: int, db: Path, server: Platforms
) -> None:
    ids = [str(int(ID) + n) for n in range(240)]
    archived(db, *(TWEET.format(i) for i in ids))
    for each in ids:
        server.then("twitter-syndication", each, reply(tweet(each)))
    server.pause = 0.02
    for n in range(1, times + 1):
        process = started(db, server)
        until(server, n * 10, process)
        process.send_signal(how)
        _, told = process.communicate(timeout=60)
        assert process.returncode == (130 if how is signal.SIGINT else -how), told.decode()
    process = started(db, server)
    _, told = process.communicate(timeout=60)
    assert process.returncode in (0, 1), told.decode()
    counts = Counter(server.asked("twitter-syndication"))
    assert set(counts.values()) == {1}
    per_post = rows(db, "select post_id, count(*), min(outcome) from checks group by 1")
    assert (len(per_post), {n for _, n, _ in per_post}) == (240, {1})
    unheard = [post for post, _, outcome in per_post if outcome == "error"]  # killed before the answer was stored
    if how is signal.SIGINT:
        assert (len(counts), unheard) == (240, [])
    else:
        assert 240 - len(counts) <= len(unheard) <= times * SETTINGS.at_once
    assert rows(db, "select count(distinct run_id) from checks") == [(1,)]
    assert rows(db, "select count(*) from check_queue") == [(0,)]
    with closing(store.open_archive(db)) as archive:
        assert problems(archive) == []
    if unheard:
        again = started(db, server)
        again.communicate(timeout=60)
        assert rows(db, "select count(distinct post_id) from checks where outcome = 'there'") == [(240,)]


def test_other_arguments_begin_another_round(db: Path) -> None:
    archived(db, TWEET.format(ID))
    with closing(store.open_archive(db)) as archive:
        run = store.start_run(archive, ["check", "a"], "0", WHEN)
        checks.begin(archive, run, Wanted(Filter(), ("twitter",), NOON, NOON))
        assert (checks.left(archive, ["check", "a"]), checks.left(archive, ["check"])) == (run, None)
        assert checks.count(archive) == 1


def test_an_answer_brings_nothing_back_that_was_redacted(db: Path, server: Platforms) -> None:
    gone, words = "1256191637713846999", "Zanzibarian quokkas chant at purple umbrellas"
    archived(db, TWEET.format(ID), TWEET.format(gone))
    wanted = Redacted(posts=(f"twitter:{gone}",), texts=(words,))
    with closing(store.open_archive(db)) as archive:
        redaction.carry_out(archive, wanted, None, NOON)
    server.then("twitter-syndication", ID, reply(tweet(ID, quoted_tweet=tweet(gone, words))))
    assert [each.outcome for each in asked(db, server, NOON)] == ["there"]
    assert rows(db, "select key from posts union select key from answers") == [(f"twitter:{ID}",)]
    assert rows(db, "select relations from answers") == [("[]",)]


def test_a_post_that_is_redacted_while_it_is_asked_about_stays_out(db: Path) -> None:
    post_id = archived(db, TWEET.format(ID))[ID]
    with closing(store.open_archive(db)) as archive:
        run = store.start_run(archive, ["check"], "0", NOON)
        redaction.carry_out(archive, Redacted(posts=(f"twitter:{ID}",)), None, NOON)
        checks.save(archive, run, run, post_id, [Check("x", NOON, "there")])
        recoveries.save(archive, run, post_id, Recovery("nothing", NOON), "wayback")
        assert problems(archive) == []
    assert rows(db, "select 1 from posts union all select 1 from checks union all select 1 from recoveries") == []


def test_a_round_under_way_is_shared_and_no_other_begins(db: Path, server: Platforms) -> None:
    ids = [str(int(ID) + n) for n in range(6)]
    archived(db, *(TWEET.format(i) for i in ids))
    for each in ids:
        server.then("twitter-syndication", each, reply(tweet(each)))
    ways = Ways(server.bases)
    wanted = Wanted(Filter(), platforms(ways), NOON, datetime.now(UTC))
    with closing(store.open_archive(db)) as one, closing(store.open_archive(db)) as two:
        first = Round(one, db, ["check"], SETTINGS, ways, MANNERS).run(wanted, Event())
        told = [next(first)]
        for argv, is_new in ((["check", "other"], False), (["check"], True)):
            with pytest.raises(ArchiveError, match="another process"):
                list(Round(two, db, argv, SETTINGS, ways, MANNERS).run(wanted, Event(), is_new=is_new))
        told += Round(two, db, ["check"], SETTINGS, ways, MANNERS).run(wanted, Event())
        told += first
    assert sorted(server.asked()) == sorted(looked.post.platform_id for looked in told) == ids
    assert {looked.outcome for looked in told} == {"there"}
    assert not db.with_name(f"{db.name}.checking").exists()
