"""What an archive knows of earlier attempts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from archiver import store
from archiver.errors import ArchiveError, FetchError, RefusedError
from archiver.model import Archived, Failed, Unchanged
from archiver.store import Attempts, Counts
from tests.pages import capture, read

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
URL = "https://news.example/story"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(store.open_archive(tmp_path / "archive.db")) as opened:
        yield opened


def begin(archive: sqlite3.Connection, resumes: int | None = None) -> int:
    return store.start_run(archive, ["archive"], "1", NOON, resumes)


def end(archive: sqlite3.Connection, run: int, outcome: str = "done") -> None:
    store.finish_run(archive, run, outcome, Counts(), NOON)


def page(target: str = URL, etag: str | None = '"v1"') -> Archived:
    html = "<p>Nothing.</p>"
    received = replace(capture(html, url=target), target=target, source="web", etag=etag, status=200)
    return Archived(target, received, read(html, url=target))


def failure(target: str = URL, minutes: int = 0) -> Failed:
    error = FetchError(target, "answered 503", status=503)
    return Failed(target, error, NOON + timedelta(minutes=minutes), seconds=0.5)


def test_an_unchanged_page_is_a_capture_of_the_same_page_and_bytes_and_nothing_else(
    archive: sqlite3.Connection,
) -> None:
    run = begin(archive)
    store.save(archive, run, [page()])
    before = {t: archive.execute(f"select * from {t}").fetchall() for t in ("pages", "posts", "embeds", "outlets")}
    counts = store.save(archive, run, [Unchanged(URL, NOON, final_url=URL, etag='"v2"', seconds=0.1)])
    assert counts == Counts(unchanged=1)
    assert {t: archive.execute(f"select * from {t}").fetchall() for t in before} == before
    sql = "select outcome, status, page_id, sha256, bytes, source, etag, seconds from captures order by id"
    first, second = archive.execute(sql).fetchall()
    assert second == ("unchanged", 304, *first[2:6], '"v2"', 0.1)


def test_a_server_is_asked_with_the_marks_of_the_last_capture_that_came(
    archive: sqlite3.Connection, tmp_path: Path
) -> None:
    run = begin(archive)
    with closing(Attempts(tmp_path / "archive.db")) as attempts:
        assert attempts.validators(URL) == (None, None)
        store.save(archive, run, [page()])
        assert attempts.validators(URL) == ('"v1"', None)
        store.save(archive, run, [page(etag='"v2"'), failure()])
        assert attempts.validators(URL) == ('"v2"', None)


def test_attempts_may_be_asked_from_any_thread(archive: sqlite3.Connection, tmp_path: Path) -> None:
    store.save(archive, begin(archive), [page()])
    told: list[tuple[str | None, str | None]] = []
    with closing(Attempts(tmp_path / "archive.db")) as attempts:
        thread = Thread(target=lambda: told.append(attempts.validators(URL)))
        thread.start()
        thread.join()
    assert told == [('"v1"', None)]


def test_a_target_is_done_when_a_run_of_the_same_chain_read_it_or_failed(
    archive: sqlite3.Connection, tmp_path: Path
) -> None:
    old = begin(archive)
    store.save(archive, old, [page("https://news.example/old")])
    end(archive, old)
    first = begin(archive)
    store.save(archive, first, [page(), failure("https://news.example/failed")])
    assert store.interrupted(archive, "archive") == first
    second = begin(archive, first)
    store.save(archive, second, [page("https://news.example/second")])
    end(archive, second, "interrupted")
    assert store.interrupted(archive, "archive") == first
    assert store.interrupted(archive, "retry") is None
    with closing(Attempts(tmp_path / "archive.db", first)) as attempts:
        done = [attempts.is_done(f"https://news.example/{n}") for n in ("story", "failed", "second", "old", "new")]
    assert done == [True, True, True, False, False]
    third = begin(archive, first)
    end(archive, third)
    assert store.interrupted(archive, "archive") is None


def test_nothing_is_done_before_a_run_that_begins_anew(archive: sqlite3.Connection, tmp_path: Path) -> None:
    store.save(archive, begin(archive), [page()])
    with closing(Attempts(tmp_path / "archive.db")) as attempts:
        assert not attempts.is_done(URL)


def test_an_archive_that_breaks_in_the_middle_of_a_run_is_named(tmp_path: Path) -> None:
    with closing(Attempts(tmp_path / "empty.db", 1)) as attempts:
        for ask in (attempts.validators, attempts.is_done):
            with pytest.raises(ArchiveError, match="the archive: cannot be read: no such table"):
                ask(URL)


def test_failures_are_the_targets_whose_last_attempt_failed(archive: sqlite3.Connection) -> None:
    run = begin(archive)
    other = "https://news.example/other"
    refused = Failed("http://10.0.0.1/", RefusedError("http://10.0.0.1/", "is private"), NOON + timedelta(minutes=9))
    store.save(archive, run, [failure(other), page(other), page(), failure(minutes=1), failure(minutes=2), refused])
    private, failed = store.failures(archive)
    assert (failed.target, failed.error_kind, failed.status, failed.attempts) == (URL, "fetch", 503, 3)
    assert (failed.error, failed.failed_at) == (f"{URL}: answered 503", "2026-05-06T12:02:00Z")
    assert (private.target, private.error_kind, private.status) == ("http://10.0.0.1/", "refused", None)
