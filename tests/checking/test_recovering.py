"""Lost tweets are found again in what the Wayback Machine captured, JSON or page, under both hosts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from archiver import answers, store
from archiver.analysis import Filter
from archiver.checking import Recovering, Searched
from archiver.evidence import warcs
from archiver.model import Capture
from archiver.sources import Settings
from archiver.sources.services.wayback import Service
from archiver.store import checks
from archiver.store.checks import Check
from archiver.verify import verify
from tests.checking.server import TWEET, archived
from tests.pages import WHEN
from tests.tables import problems
from tests.webarchive_server import Archive, Held, Reply, serving

ID = "1256191637713846273"
URL = TWEET.format(ID)
SETTINGS = Settings(allow_private=True, timeout=5, retries=0)
FAST = Service(searches_a_minute=60_000, captures_a_second=1000, pause=0.05, backoff=0.01)
OLD_PAGE = f"""<html><head><title>Ann on Twitter: "Of otters"</title></head><body>
<div class="tweet permalink-tweet js-original-tweet" data-tweet-id="{ID}" data-item-id="{ID}"
 data-screen-name="ann_lee" data-name="Ann" data-user-id="77">
<a class="tweet-timestamp"><span class="_timestamp" data-time="1588327872">1 May 2020</span></a>
<p class="TweetTextSize--jumbo js-tweet-text tweet-text" lang="en">Of otters and
<a href="/hashtag/Rivers?src=hash" class="twitter-hashtag"><s>#</s><b>Rivers</b></a>
<a href="https://t.co/abc" class="twitter-timeline-link" data-expanded-url="https://example.com/otters">example.com/otters</a></p></div>
<div class="tweet" data-tweet-id="1256191637713849999" data-screen-name="bo_ray"><p class="tweet-text">I, too.</p></div>
</body></html>"""
HEAD_PAGE = f"""<html><head><meta property="og:title" content="Ann on Twitter"><meta property="og:url" content="{URL}">
<meta property="og:description" content="“Of otters &amp; #Rivers”"></head><body>JavaScript is off.</body></html>"""
VERSION_ONE = {
    "created_at": "Fri May 01 10:11:12 +0000 2020",
    "id_str": ID,
    "full_text": "Of otters &amp; rivers",
    "user": {"id_str": "77", "name": "Ann", "screen_name": "ann_lee"},
    "entities": {"hashtags": []},
    "lang": "en",
}
VERSION_TWO = {
    "data": {"id": ID, "text": "Of otters &amp; rivers", "author_id": "77", "created_at": "2020-05-01T10:11:12.000Z"},
    "includes": {"users": [{"id": "77", "name": "Ann", "username": "ann_lee"}]},
}


def held(value: Any, url: str = URL, at: str = "20200502101112") -> Held:
    is_page = isinstance(value, str)
    body = value.encode() if is_page else json.dumps(value).encode()
    return Held(url, at, body, "text/html; charset=utf-8" if is_page else "application/json; charset=utf-8")


@pytest.fixture
def web() -> Iterator[Archive]:
    with serving() as web:
        yield web


def recovered(db: Path, web: Archive, about: Filter | None = None, **more: Any) -> list[Searched]:
    service = replace(FAST, cdx_url=web.cdx_url, replay_url=web.replay_url)
    with closing(store.open_archive(db)) as archive, warcs.Writer(db) as writer:
        run = Recovering(archive, ["recover"], SETTINGS, service, writer)
        before = datetime.now(UTC) - timedelta(days=90)
        return list(run.run(about or Filter(), before, more.pop("stop", Event()), more.pop("most", None)))


def rows(db: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(db)) as archive:
        return archive.execute(sql).fetchall()


FOUND = {
    "JSON of version 1.1": (held(VERSION_ONE), "Of otters & rivers"),
    "JSON of version 2": (held(VERSION_TWO), "Of otters & rivers"),
    "JSON under x.com": (held(VERSION_ONE, "https://x.com/ann_lee/status/" + ID), "Of otters & rivers"),
    "a page of its elements": (held(OLD_PAGE, URL + "?lang=de"), "Of otters and #Rivers https://t.co/abc"),
    "a page of its head": (held(HEAD_PAGE), "Of otters & #Rivers"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_capture_tells_the_words_of_a_lost_tweet(name: str, tmp_path: Path, web: Archive) -> None:
    kept, text = FOUND[name]
    web.held.append(kept)
    archived(tmp_path / "a.db", URL)
    (searched,) = recovered(tmp_path / "a.db", web)
    assert searched.found.outcome == "found"
    (post,) = rows(tmp_path / "a.db", "select text, name from posts join authors on authors.id = author_id")
    assert (post[0], post[1]) == (text, "Ann")
    sql = """select endpoint, captures.source, archived_at, sha256 is not null from answers
        join captures on captures.id = capture_id"""
    told = rows(tmp_path / "a.db", sql)
    assert told == [("permalink" if "JSON" in name else "permalink page", "recover", "2020-05-02T10:11:12Z", 1)]
    with closing(store.open_archive(tmp_path / "a.db")) as archive:
        assert problems(archive) == []
        found = [finding for each in verify(archive, tmp_path / "a.db") for finding in each.findings]
    assert {finding.capture_id for finding in found} == {1}  # the page's own, which was made up


def test_the_interfaces_json_is_read_before_pages_and_no_more_than_needed(tmp_path: Path, web: Archive) -> None:
    web.held += [held(OLD_PAGE, at="20200501235959"), held(VERSION_ONE, at="20210101000000")]
    archived(tmp_path / "a.db", URL)
    recovered(tmp_path / "a.db", web)
    assert [hit.path.partition("/web/")[2][:14] for hit in web.asked("replay")] == ["20210101000000"]
    assert rows(tmp_path / "a.db", "select outcome, n_captures, n_told, archive from recoveries") == [
        ("found", 2, 1, "wayback")
    ]


def test_a_tweet_whose_id_begins_alike_is_another(tmp_path: Path, web: Archive) -> None:
    web.held.append(held(VERSION_ONE | {"id_str": ID + "7"}, URL + "7"))
    archived(tmp_path / "a.db", URL)
    (searched,) = recovered(tmp_path / "a.db", web)
    assert (searched.found.outcome, searched.found.n_captures) == ("nothing", 0)
    assert rows(tmp_path / "a.db", "select text from posts") == [(None,)]


def test_who_is_lost_is_looked_for_once_and_again_after_an_error(tmp_path: Path, web: Archive) -> None:
    db, other = tmp_path / "a.db", str(int(ID) + (60_000 << 22))
    archived(db, URL, TWEET.format(other))
    web.then("cdx", Reply(404, b"odd"))
    assert [s.found.outcome for s in recovered(db, web)] == ["error", "nothing"]
    assert [s.post.platform_id for s in recovered(db, web)] == [other]
    assert recovered(db, web) == []


def test_a_tweet_with_words_is_lost_only_when_it_is_gone(tmp_path: Path, web: Archive) -> None:
    db = tmp_path / "a.db"
    post_id = archived(db, URL, text="Of otters")[ID]
    assert recovered(db, web) == []
    with closing(store.open_archive(db)) as archive:
        run = store.start_run(archive, ["check"], "0", WHEN)
        checks.save(archive, run, run, post_id, [Check("x", WHEN, "gone")])
    web.held.append(held(VERSION_ONE | {"full_text": "Of otters, and more."}))
    assert [s.found.outcome for s in recovered(db, web)] == ["found"]
    assert rows(db, "select text from posts") == [("Of otters, and more.",)]
    assert rows(db, "select text from embeds") == [("Of otters",)]


def test_an_archive_that_wants_no_more_is_left_alone(tmp_path: Path, web: Archive) -> None:
    archived(tmp_path / "a.db", *(TWEET.format(int(ID) + n) for n in range(3)))
    web.then("cdx", *[Reply(429)] * 9)
    assert [s.found.outcome for s in recovered(tmp_path / "a.db", web)] == ["error"]
    assert len(web.asked("cdx")) == 1


def test_nothing_is_begun_after_it_was_stopped(tmp_path: Path, web: Archive) -> None:
    archived(tmp_path / "a.db", URL)
    stop = Event()
    stop.set()
    assert recovered(tmp_path / "a.db", web, stop=stop) == []
    assert rows(tmp_path / "a.db", "select outcome from runs order by id desc limit 1") == [("interrupted",)]


@pytest.mark.parametrize(
    "body", ["", "<html>", "<div class=tweet data-tweet-id=x>", HEAD_PAGE.replace(ID, "20"), "<" * 9000]
)
def test_a_page_that_tells_nothing_of_it_is_nothing(body: str) -> None:
    capture = Capture(URL, body.encode(), "text/html", "recover", WHEN, url=URL)
    assert answers.recovered(capture) == ()
    assert answers.recovered(replace(capture, url="https://example.com/", target="x")) == ()
