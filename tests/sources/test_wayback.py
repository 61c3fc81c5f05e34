"""The Wayback Machine: what it has is found and read as it was, slowly enough, and what it says itself is told."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiverError, FetchError, RefusedError, UnreadableError
from archiver.model import Capture, Failed
from archiver.page import read_page
from archiver.sources._settings import Settings
from archiver.sources.services import _pace, wayback
from archiver.sources.services._pace import Pace
from archiver.sources.services.cdx import Record
from archiver.sources.services.wayback import Service
from tests.webarchive_server import EXCLUDED, Archive, Held, Reply, serving

NEWS = [Held(f"http://example.com/news/{n}", f"201710{n + 10}120000", b"<p>Page %d</p>" % n) for n in range(10)]
STORY = Held("https://example.com/story", "20171015123000", b"<p>Story</p>")
SETTINGS = Settings(allow_private=True, timeout=5)
FAST = Service(searches_a_minute=60_000, captures_a_second=1000, pause=0.05, backoff=0.01, rows=3)


@pytest.fixture
def archive() -> Iterator[Archive]:
    with serving(*NEWS, STORY) as archive:
        yield archive


def service(archive: Archive, **more: object) -> Service:
    return replace(FAST, cdx_url=archive.cdx_url, replay_url=archive.replay_url, **more)  # type: ignore[arg-type]


def found(archive: Archive, wanted: str, **more: object) -> list[str]:
    return [record.url for record in wayback.search(wanted, SETTINGS, service=service(archive), **more)]  # type: ignore[arg-type]


def read(archive: Archive, *records: Record, settings: Settings = SETTINGS) -> dict[str, Capture | Failed]:
    received = wayback.read(records, settings, service=service(archive))
    return {each.target.partition("id_/")[2]: each for each in received}


async def streamed(body: bytes) -> AsyncIterator[bytes]:
    yield body


def record(held: Held) -> Record:
    return Record(held.url, held.timestamp)


def test_a_search_goes_on_from_part_to_part_by_its_key(archive: Archive) -> None:
    assert found(archive, "example.com/news/*") == [held.url for held in NEWS]
    keys = [hit.asked.get("resumeKey") for hit in archive.asked("cdx")]
    assert keys == [None, *([f"com,example)/news/{n} 201710{n + 10}120000"] for n in (3, 6, 9))]
    assert all(hit.asked["limit"] == ["3"] for hit in archive.asked("cdx"))


def test_the_list_is_asked_for_as_it_is_read(archive: Archive) -> None:
    records = wayback.search("example.com/news/*", SETTINGS, service=service(archive))
    assert [next(records).url for _ in range(3)] == [held.url for held in NEWS[:3]]
    assert len(archive.asked("cdx")) == 1
    records.close()


def test_a_page_a_path_and_a_domain_are_found(archive: Archive) -> None:
    archive.held.append(Held("https://news.example.com/", "20171015123000", b"<p>News"))
    archive.held.append(Held("https://badexample.com/", "20171015123000", b"<p>Bad"))
    assert found(archive, STORY.url) == found(archive, "example.com/story") == [STORY.url]
    everywhere = {held.url for held in NEWS} | {STORY.url, "https://news.example.com/"}
    assert set(found(archive, "*.example.com")) == everywhere


def test_bounds_and_limit_are_kept(archive: Archive) -> None:
    assert found(archive, "example.com/news/*", start="20171012", end="20171013") == [held.url for held in NEWS[2:4]]
    assert found(archive, "example.com/news/*", limit=4) == [held.url for held in NEWS[:4]]
    assert found(archive, "example.com/news/*", limit=1) == [NEWS[0].url]
    assert archive.hits[-1].asked["limit"] == ["1"]


def test_captures_that_hold_the_same_are_found_once_also_over_the_end_of_a_part(archive: Archive) -> None:
    archive.held = [replace(STORY, timestamp=f"2017101512300{n}", body=b"ABBBBBA"[n : n + 1]) for n in range(7)]
    for rows in (1, 2, 3, 7):
        records = list(wayback.search(STORY.url, SETTINGS, service=service(archive, rows=rows)))
        assert [r.timestamp[-1] for r in records] == ["0", "1", "6"]


def test_pictures_errors_and_what_is_no_page_are_not_found(archive: Archive) -> None:
    archive.held = [
        replace(STORY, content_type="image/png"),
        replace(STORY, status=404),
        replace(STORY, url="http://mailto:ann@example.com/", body=b"<p>Mail"),
        replace(STORY, url="http://example.com/x", content_type="application/xhtml+xml"),
    ]
    assert found(archive, "*.example.com") == ["http://example.com/x"]


def test_what_was_never_captured_is_an_empty_list(archive: Archive) -> None:
    assert found(archive, "https://example.org/") == []


BROKEN = b'[["urlkey","timestamp","original"],["com,example)/story","20171015123000","https://exa'


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, BROKEN),
        Reply(200, BROKEN, length=len(BROKEN) + 500),
        Reply(200, b"<html>The Internet Archive is down for maintenance.</html>"),
        Reply(200, b'{"error": "odd"}'),
        Reply(200, gzip.compress(b"[]")[:-9], (("Content-Encoding", "gzip"),)),
        Reply(503, b"busy"),
        Reply(500),
        Reply(504),
        Reply(429),
        Reply(429, headers=(("Retry-After", "0"),)),
    ],
)
def test_an_odd_answer_in_the_middle_of_a_search_is_asked_for_again(archive: Archive, reply: Reply) -> None:
    records = wayback.search("example.com/news/*", SETTINGS, service=service(archive))
    got = [next(records).url for _ in range(3)]
    archive.then("cdx", reply, reply)
    assert got + [r.url for r in records] == [held.url for held in NEWS]
    assert len(archive.asked("cdx")) == 6


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, BROKEN), "is answered with no list of captures: .*try again later"),
        (Reply(200, b"<html>Down</html>"), "is answered with no list of captures: <html>Down</html>"),
        (Reply(503), r"answered 503 Service Unavailable \(try again later\)"),
        (Reply(429), r"answered 429 Too Many Requests \(try again later\)"),
    ],
)
def test_an_odd_answer_that_stays_is_told_after_three_tries(archive: Archive, reply: Reply, words: str) -> None:
    archive.then("cdx", *[reply] * 9)
    with pytest.raises(FetchError, match=f"example.com/story: {words}"):
        found(archive, "example.com/story")
    assert len(archive.asked("cdx")) == 3


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(403, EXCLUDED.encode()), "is excluded from the Wayback Machine"),
        (Reply(200, EXCLUDED.encode()), "is excluded from the Wayback Machine"),
        (Reply(403, headers=(("X-Archive-Wayback-Runtime-Error", EXCLUDED.strip()),)), "is excluded"),
        (Reply(403, b"org.archive.x.RobotAccessControlException: Blocked By Robots"), "by its robots.txt"),
        (Reply(400, b"Bad Request: invalid matchType\n"), "answered 400: Bad Request: invalid matchType"),
        (Reply(302, headers=(("Location", "/elsewhere"),)), "answered 302"),
        (Reply(429, headers=(("Retry-After", "86400"),)), r"429 .*to be left alone for 86400 seconds"),
    ],
)
def test_what_asking_again_would_not_mend_is_told_at_once(archive: Archive, reply: Reply, words: str) -> None:
    archive.then("cdx", reply)
    with pytest.raises(FetchError, match=words):
        found(archive, "example.com/story")
    assert len(archive.asked("cdx")) == 1


def test_a_list_that_goes_round_in_a_circle_ends(archive: Archive) -> None:
    row = b'[["timestamp","original"],["20171015123000","https://example.com/story"],[],["same"]]'
    archive.then("cdx", *[Reply(200, row)] * 9)
    with pytest.raises(FetchError, match="goes round in a circle"):
        found(archive, "example.com/story")
    assert len(archive.asked("cdx")) == 2


def test_an_archive_at_a_private_address_is_not_asked_unless_that_is_allowed(archive: Archive) -> None:
    with pytest.raises(RefusedError, match="private address"):
        list(wayback.search("example.com/story", Settings(), service=service(archive)))
    assert archive.hits == []


def test_a_capture_is_read_as_it_was(archive: Archive) -> None:
    capture = read(archive, record(STORY))[STORY.url]
    assert isinstance(capture, Capture)
    assert (capture.body, capture.media_type, capture.encoding, capture.status) == (
        STORY.body,
        "text/html",
        "utf-8",
        200,
    )
    assert (capture.source, capture.url) == ("wayback", STORY.url)
    assert capture.target == capture.final_url == f"{archive.replay_url}/{STORY.timestamp}id_/{STORY.url}"
    assert datetime.now(UTC) - capture.captured_at < timedelta(minutes=1)
    assert read_page(capture).archived_at == datetime(2017, 10, 15, 12, 30, tzinfo=UTC)


def test_a_page_of_the_archive_bears_its_own_address_and_the_time_of_the_capture() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (
            str(request.url)
            == "https://web.archive.org/web/20171015123000id_/https://example.com/story?b=2&utm_source=x"
        )
        headers = {"memento-datetime": format_datetime(datetime(2017, 10, 15, tzinfo=UTC)), "content-type": "text/html"}
        return httpx.Response(200, headers=headers, content=streamed(b"<p>Story"))

    found = Record("https://example.com/story?b=2&utm_source=x", "20171015123000")
    (capture,) = wayback.read([found], Settings(transport=httpx.MockTransport(answer)))
    assert isinstance(capture, Capture)
    page = read_page(capture)
    assert (page.url, page.outlet) == ("https://example.com/story?b=2", "example.com")
    assert page.archived_at == datetime(2017, 10, 15, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "held",
    [
        replace(STORY, body=gzip.compress(b"<p>Story</p>"), coding="gzip"),
        replace(STORY, coding="gzip"),  # it is not what it says
        replace(STORY, body=b"<p>Story</p>", coding="x-unheard-of"),
    ],
)
def test_an_encoded_body_is_decoded_and_one_that_only_says_so_is_taken_as_it_is(archive: Archive, held: Held) -> None:
    archive.held = [held]
    capture = read(archive, record(held))[held.url]
    assert isinstance(capture, Capture)
    assert capture.body == b"<p>Story</p>"


def test_a_capture_that_leads_to_another_time_is_recorded_as_what_it_is(archive: Archive) -> None:
    (capture,) = wayback.read([Record(STORY.url, "20160101000000")], SETTINGS, service=service(archive))
    assert isinstance(capture, Capture)
    assert capture.target == f"{archive.replay_url}/20160101000000id_/{STORY.url}"
    assert capture.final_url == f"{archive.replay_url}/{STORY.timestamp}id_/{STORY.url}"
    assert read_page(capture).archived_at == datetime(2017, 10, 15, 12, 30, tzinfo=UTC)


def test_a_captured_redirect_is_followed_within_the_archive(archive: Archive) -> None:
    moved = Held("http://example.com/old", "20171015000000", b"", status=301, location=STORY.url)
    archive.held.append(moved)
    (capture,) = wayback.read([record(moved)], SETTINGS, service=service(archive))
    assert isinstance(capture, Capture)
    assert (capture.url, capture.final_url) == (STORY.url, f"{archive.replay_url}/{STORY.timestamp}id_/{STORY.url}")


BOMB = gzip.compress(b"<p>" + b"x" * 5_000_000)


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (
            Reply(302, headers=(("Location", "https://evil.example/"),)),
            FetchError,
            "leads out of the archive, to https://ev",
        ),
        (Reply(302, headers=(("Location", "/web/20170101000000id_/file:///etc/passwd"),)), FetchError, "leads out of"),
        (Reply(404, b"<html>Not archived"), FetchError, "is not in the Wayback Machine, though its index has it"),
        (Reply(403, EXCLUDED.encode()), FetchError, "is excluded from the Wayback Machine"),
        (Reply(200, b"<html>Donate"), FetchError, "is answered by the archive itself: 200 <html>Donate"),
        (Reply(404, b"gone", (("Memento-Datetime", "x"),)), UnreadableError, "was answered 404 when it was captured"),
        (Reply(429, b"gone", (("Memento-Datetime", "x"),)), UnreadableError, "was answered 429 when it was captured"),
        (Reply(200, b"", (("Memento-Datetime", "x"),)), UnreadableError, "is empty"),
        (Reply(200, b"\x89PNG", (("Memento-Datetime", "x"),)), UnreadableError, "is a PNG"),
        (
            Reply(200, b"a{}", (("Memento-Datetime", "x"), ("Content-Type", "text/css"))),
            UnreadableError,
            "is text/css, not a page",
        ),
        (
            Reply(200, BOMB, (("Memento-Datetime", "x"), ("Content-Encoding", "gzip"))),
            UnreadableError,
            "is larger than",
        ),
        (Reply(200, b"x" * 1_500_000, (("Memento-Datetime", "x"),)), UnreadableError, "is larger than"),
    ],
)
def test_a_capture_that_cannot_be_had_stops_no_other(
    archive: Archive, reply: Reply, error: type[ArchiverError], words: str
) -> None:
    archive.then("replay", reply)
    settings = replace(SETTINGS, largest=1_000_000)
    received = list(wayback.read(map(record, NEWS), settings, service=service(archive, at_once=1)))
    assert [type(each) for each in received] == [Failed] + [Capture] * 9
    assert isinstance(received[0], Failed)
    assert isinstance(received[0].error, error)
    assert words in str(received[0].error)
    assert received[0].target.endswith("id_/http://example.com/news/0")


def test_captures_that_lead_to_each_other_end(archive: Archive) -> None:
    there = f"{archive.replay_url}/20170101000000id_/{STORY.url}"
    archive.then("replay", *[Reply(302, headers=(("Location", there),))] * 20)
    assert "leads on more than 5 times" in str(vars_of(read(archive, record(STORY))[STORY.url]))
    assert len(archive.asked("replay")) == 5


def vars_of(received: Capture | Failed) -> ArchiverError:
    assert isinstance(received, Failed)
    return received.error


@pytest.mark.parametrize(
    "reply", [Reply(503), Reply(200, b"<p>cut", (("Memento-Datetime", "x"),), length=100), Reply(429)]
)
def test_a_capture_that_fails_for_now_is_asked_for_again(archive: Archive, reply: Reply) -> None:
    archive.then("replay", reply, reply)
    assert isinstance(read(archive, record(STORY))[STORY.url], Capture)
    assert len(archive.asked("replay")) == 3


def test_when_the_archive_wants_no_more_requests_reading_ends_and_goes_on_where_it_was(archive: Archive) -> None:
    done: set[str] = set()

    def reading(records: Iterator[Record]) -> Iterator[Capture | Failed]:
        settings = replace(SETTINGS, is_done=done.__contains__)
        return wayback.read(records, settings, service=service(archive, at_once=2))

    def records() -> Iterator[Record]:
        return wayback.search("example.com/news/*", SETTINGS, service=service(archive))

    first = reading(records())
    done.update(next(first).target for _ in range(4))
    archive.then("replay", *[Reply(429)] * 50)
    with pytest.raises(FetchError, match="429 Too Many Requests"):
        done.update(each.target for each in first)
    asked = len(archive.asked("replay"))
    assert asked <= 4 + 2 * 2 * 3 + 2  # what was under way, three times each

    archive.odd.clear()
    rest = list(reading(records()))
    assert all(isinstance(each, Capture) for each in rest)
    assert len(done) + len(rest) == 10
    assert not done & {each.target for each in rest}
    assert len(archive.asked("replay")) == asked + len(rest)


def test_reading_that_is_given_up_in_the_middle_goes_on_with_the_rest(archive: Archive) -> None:
    done: set[str] = set()
    settings = replace(SETTINGS, is_done=done.__contains__)
    for taken in (3, 4, 9):
        records = wayback.search("example.com/news/*", SETTINGS, service=service(archive))
        received = wayback.read(records, settings, service=service(archive))
        for _, each in zip(range(taken), received, strict=False):
            assert each.target not in done
            done.add(each.target)
        received.close()  # type: ignore[attr-defined]
    assert len(done) == 10


def test_several_captures_are_read_at_once_but_no_more_than_are_allowed(archive: Archive) -> None:
    archive.pause = 0.05
    list(wayback.read(map(record, NEWS), SETTINGS, service=service(archive, at_once=4)))
    assert archive.most_at_once == 4


def test_records_are_taken_as_they_are_needed(archive: Archive) -> None:
    taken = []

    def records() -> Iterator[Record]:
        for held in NEWS:
            taken.append(held.url)
            yield record(held)

    received = wayback.read(records(), SETTINGS, service=service(archive, at_once=2))
    next(received)
    assert len(taken) <= 3
    received.close()  # type: ignore[attr-defined]


LEFT_OPEN = """
import sys
from archiver.sources import Settings
from archiver.sources.services import wayback
service = wayback.Service(cdx_url=sys.argv[1], replay_url=sys.argv[2], at_once=3)
settings = Settings(allow_private=True)
records = wayback.search("example.com/news/*", settings, service=service)
captures = wayback.read(records, settings, service=service)
print(next(captures).url)
"""


def test_a_program_that_leaves_its_captures_half_read_ends(archive: Archive) -> None:
    archive.pause = 0.1
    argv = [sys.executable, "-c", LEFT_OPEN, archive.cdx_url, archive.replay_url]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    assert ended.stdout.startswith("http://example.com/news/")
    assert ended.stderr == ""


def test_what_is_done_is_not_asked_for(archive: Archive) -> None:
    settings = replace(SETTINGS, is_done=lambda target: not target.endswith("/7"))
    assert list(read(archive, *map(record, NEWS), settings=settings)) == ["http://example.com/news/7"]
    assert len(archive.asked("replay")) == 1


def test_captures_and_searches_keep_their_pace_as_the_server_sees_it(archive: Archive) -> None:
    paced = service(archive, captures_a_second=25, searches_a_minute=1200, rows=2)
    records = list(wayback.search("example.com/news/*", SETTINGS, service=paced))
    assert len(list(wayback.read(records, SETTINGS, service=paced))) == 10
    for kind, gap in (("cdx", 0.05), ("replay", 0.04)):
        at = [hit.at for hit in archive.asked(kind)]
        assert at[-1] - at[0] >= gap * (len(at) - 3)  # the first may have come late


def test_a_server_that_says_how_long_is_left_alone_so_long_by_all(archive: Archive) -> None:
    archive.then("replay", Reply(429, headers=(("Retry-After", "1"),)))
    assert all(isinstance(each, Capture) for each in read(archive, *map(record, NEWS)).values())
    at = [hit.at for hit in archive.asked("replay")]
    gaps = [after - before for before, after in pairwise(at)]
    assert max(gaps) >= 0.9
    assert len(at) == 11


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 20), min_size=30, max_size=120))
def test_in_no_minute_start_more_than_24_searches(pauses: list[float]) -> None:
    clock = Clock()
    pace, starts = Pace(Service().searches_a_minute / 60, clock), []
    for pause in pauses:
        clock.now += pause
        starts.append(clock.now + pace.reserve())
    assert all(after - before >= 60 - 1e-6 for before, after in zip(starts, starts[24:], strict=False))


def test_nothing_starts_while_a_pace_is_held() -> None:
    clock = Clock()
    pace = Pace(8, clock)
    assert pace.reserve() == 0
    pace.hold(60)
    pace.hold(1)
    assert pace.is_held()
    assert pace.reserve() == pytest.approx(60)
    assert pace.reserve() == pytest.approx(60.125)
    clock.now += 61
    assert not pace.is_held()


def test_one_who_waits_for_a_turn_waits_again_when_the_pace_is_held_meanwhile() -> None:
    pace = Pace(20)

    async def turns() -> float:
        loop = asyncio.get_running_loop()
        await pace.turn()
        begun = loop.time()
        waiting = asyncio.create_task(pace.turn())
        await asyncio.sleep(0.01)
        pace.hold(0.2)
        await waiting
        return loop.time() - begun

    assert asyncio.run(turns()) >= 0.2


def test_all_that_ask_one_service_share_its_pace() -> None:
    assert _pace.shared("search https://a.example", 2) is _pace.shared("search https://a.example", 2)
    assert _pace.shared("search https://a.example", 2) is not _pace.shared("search https://b.example", 2)


@pytest.mark.parametrize("is_lazy", [True, False])
def test_the_nearest_capture_is_the_last_good_one(archive: Archive, is_lazy: bool) -> None:
    archive.is_lazy = is_lazy
    bodies = {"20150101000000": b"<p>old", "20170101000000": b"<p>last"}
    good = [Held("http://example.com/gone", at, body) for at, body in bodies.items()]
    archive.held += [*good, Held("http://example.com/gone", "20200101000000", b"<p>Not found", status=404)]

    def nearest(at: str | None = None) -> bytes:
        return wayback.nearest("http://example.com/gone", SETTINGS, at, service=service(archive)).body

    assert nearest() == nearest("2018") == b"<p>last"
    assert nearest("20160101") == b"<p>old"
    assert nearest("2014") == b"<p>old"  # none until then: the first after it
    capture = wayback.nearest("http://example.com/gone", SETTINGS, service=service(archive))
    assert (capture.target, capture.url) == ("http://example.com/gone",) * 2
    assert capture.final_url == f"{archive.replay_url}/20170101000000id_/http://example.com/gone"


def test_where_there_is_no_good_capture_the_nearest_is_an_error(archive: Archive) -> None:
    with pytest.raises(FetchError, match=r"https://example.org/: has no good capture in the Wayback Machine"):
        wayback.nearest("https://example.org/", SETTINGS, service=service(archive))
    assert len(archive.asked("cdx")) == 2


def test_the_name_that_we_bear_is_the_one_of_the_settings() -> None:
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url.copy_with(query=None)), request.headers["user-agent"]))
        return httpx.Response(400, content=streamed(b"no"))

    settings = Settings(user_agent="A test", transport=httpx.MockTransport(answer))
    with pytest.raises(FetchError, match="answered 400: no"):
        list(wayback.search("example.com/*", settings))
    (failed,) = wayback.read([record(STORY)], settings)
    assert isinstance(failed, Failed)
    assert seen == [
        ("https://web.archive.org/cdx/search/cdx", "A test"),
        ("https://web.archive.org/web/20171015123000id_/https://example.com/story", "A test"),
    ]
