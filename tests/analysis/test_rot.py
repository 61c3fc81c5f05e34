from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, datetime, timedelta

import pytest

from archiver import analysis, store
from archiver.analysis import Answer, Filter
from archiver.store import checks
from archiver.store.checks import Check
from tests.analysis.small import archive_of, page, post

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN, BO, CY, LATE, UNASKED, FAILED = (
    post(n, name, hours=hours)
    for n, (name, hours) in enumerate(
        [("ann", 1), ("bo", 2), ("ann", 24 * 40), ("bo", 24 * 40 + 1), ("cy", 3), ("cy", 4)], 1
    )
)
LOOKS = {
    ANN: [(0, "there")],
    BO: [(0, "gone"), (25, "gone")],
    CY: [(0, "there"), (30, "gone")],
    LATE: [(0, "unknown suspended")],
    FAILED: [(0, "error")],
}


@pytest.fixture(scope="module")
def archive() -> Iterator[sqlite3.Connection]:
    pages = [page("a.example/1", ANN, BO, CY, hours=9), page("b.example/2", BO, LATE, UNASKED, FAILED, hours=9)]
    with archive_of(pages) as opened:
        ids = dict(opened.execute("select key, id from posts").fetchall())
        for asked, looks in LOOKS.items():
            for hours, outcomes in looks:
                run = store.start_run(opened, ["check"], "0", NOON)
                told = [Check("x", NOON + timedelta(hours=hours), outcome) for outcome in outcomes.split()]
                checks.save(opened, run, run, ids[str(asked.key)], told)
        yield opened


def rows(answer: Answer[object]) -> list[tuple[object, ...]]:
    return [astuple(row) for row in answer.rows]  # type: ignore[call-overload]


def test_loss_is_told_of_the_posts_of_which_an_answer_came(archive: sqlite3.Connection) -> None:
    found = analysis.rot.platforms(archive, Filter())
    assert rows(found) == [("twitter", 4, 1, 1, 1, 1, 0, 0.25)]
    assert found.denominator.startswith("4 embedded posts of which an answer came, last told from 2026-03-01")
    assert found.notes[0] == "of 6 embedded posts 1 were never asked about, of 1 no answer came"


def test_loss_by_outlet_author_and_period(archive: sqlite3.Connection) -> None:
    assert rows(analysis.rot.outlets(archive, Filter())) == [
        ("a.example", 3, 1, 1, 1, 0, 0, 0.333333),
        ("b.example", 2, 0, 1, 0, 1, 0, 0.5),
    ]
    assert rows(analysis.rot.authors(archive, Filter(), 1)) == [("twitter", "bo", 2, 0, 1, 0, 1, 0, 0.5)]
    assert rows(analysis.rot.over_time(archive, Filter())) == [
        ("2017-10", 2, 1, 1, 0, 0, 0, 0.5),
        ("2017-11", 2, 0, 0, 1, 1, 0, 0.0),
    ]
    assert [row.period for row in analysis.rot.over_time(archive, Filter(), "week").rows] == ["2017-W39", "2017-W45"]


def test_a_filter_chooses_whose_loss_is_told(archive: sqlite3.Connection) -> None:
    found = analysis.rot.platforms(archive, Filter(outlets=("b.example",)))
    assert rows(found) == [("twitter", 2, 0, 1, 0, 1, 0, 0.5)]


def test_a_tombstone_tells_who_still_has_the_words(archive: sqlite3.Connection) -> None:
    found = archive.execute("select status, kept_by, handle, last_there_at from tombstones order by status").fetchall()
    assert found == [
        ("gone", "articles only", "bo", None),
        ("probably gone", "articles only", "ann", "2026-03-01T12:00:00Z"),
    ]
    looks = archive.execute("select outcome, n_asked from post_looks order by post_id, asked_at").fetchall()
    assert sorted(looks) == [
        ("error", 1),
        ("gone", 1),
        ("gone", 1),
        ("gone", 1),
        ("suspended", 2),
        ("there", 1),
        ("there", 1),
    ]
