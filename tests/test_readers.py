"""Pages read in several processes: the same as in one, also when a process dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archiver import readers
from archiver.errors import TargetError, UnreadableError
from archiver.model import Archived, Capture, Failed, Unchanged
from archiver.page import read_page
from tests.pages import HERE, WHEN, capture

PAGES = sorted((HERE / "embeds" / "twitter").glob("*.html"))[:20]
DEADLY = b"<!-- ends the process -->"


def captures(paths: list[Path]) -> list[Capture]:
    return [replace(capture(path.read_bytes()), target=path.name) for path in paths]


def deadly(received: Capture) -> object:
    if DEADLY in received.body:
        os.kill(os.getpid(), signal.SIGKILL)
    return read_page(received)


def once(received: Capture) -> object:
    """Ends the process at the first capture of a kind, and leaves a mark by which the second is spared."""
    path, mark, _ = received.body.decode().partition("!")
    if mark and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read_page(received)


def test_many_processes_give_what_one_gives_in_the_same_order() -> None:
    assert len(PAGES) == 20
    received = [
        *captures(PAGES),
        Failed("x", TargetError("x", "is not there"), WHEN),
        *captures(PAGES),
        Unchanged("y", WHEN),
    ]
    one, two = list(readers.outcomes(received)), list(readers.outcomes(received, jobs=2))
    assert one == two
    assert sum(isinstance(each, Archived) for each in two) == 40
    assert multiprocessing.active_children() == []


def test_a_slow_caller_slows_what_is_received() -> None:
    taken = 0

    def endless() -> Iterator[Capture]:
        nonlocal taken
        while True:
            taken += 1
            yield capture("<p>a</p>")

    outcomes = readers.outcomes(endless(), jobs=2)
    for _ in range(40):
        next(outcomes)
    outcomes.close()
    assert taken <= 40 + 2 * 8 + 1
    assert multiprocessing.active_children() == []


def test_a_capture_that_ends_its_process_twice_is_a_failure_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readers, "_meaning", deadly)
    monkeypatch.setattr(readers, "_FEW", 0)
    received = captures(PAGES[:6])
    received[3] = replace(received[3], body=DEADLY)
    outcomes = list(readers.outcomes(received, jobs=2))
    assert [isinstance(each, Archived) for each in outcomes] == [True, True, True, False, True, True]
    failed = outcomes[3]
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, UnreadableError)
    assert "ended the process that read it, twice" in str(failed.error)
    assert [each.target for each in outcomes] == [each.target for each in received]


def test_a_process_that_dies_is_replaced_and_what_it_had_is_read_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(readers, "_meaning", once)
    monkeypatch.setattr(readers, "_FEW", 0)
    received = captures(PAGES[:5])
    received[2] = replace(received[2], body=f"{tmp_path / 'mark'}!".encode())
    outcomes = list(readers.outcomes(received, jobs=2))
    assert (tmp_path / "mark").exists()
    assert all(isinstance(each, Archived) for each in outcomes)
    assert [each.target for each in outcomes] == [each.target for each in received]
