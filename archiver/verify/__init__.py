"""Every capture read back, every row compared with it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__, readers, store
from archiver.readers import Outcome
from archiver.store import captures
from archiver.store.captures import Difference
from archiver.told import Answered
from archiver.verify._evidence import Evidence
from archiver.verify._findings import KINDS, Finding

__all__ = ["KINDS", "Checked", "Finding", "verify"]

_BATCH = 100
_SHOWN = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class Checked:
    """A capture that was read back (None: what was compared is not of one alone), and what is wrong."""

    capture_id: int | None
    findings: tuple[Finding, ...] = ()
    is_kept: bool = True


def verify(archive: sqlite3.Connection, db: Path) -> Iterator[Checked]:
    """What became of each capture, then each row that is not what the captures tell.

    The archive is made again, from its captures alone, in a temporary file, and the two are compared. Pages of which a
    capture cannot be read, and posts that these show, are not compared. The archive is read as it was at the beginning.
    """
    try:
        for fault in captures.faults(archive):
            yield Checked(None, (Finding("database", str(db), fault),))
        with tempfile.TemporaryDirectory() as folder:
            yield from _compared(archive, db, Path(folder) / "rebuilt.db")
    except sqlite3.DatabaseError as error:
        yield Checked(None, (Finding("database", str(db), f"cannot be read: {error}"),))


def _compared(archive: sqlite3.Connection, db: Path, path: Path) -> Iterator[Checked]:
    evidence, unsure, all_answers = Evidence(db), set[int](), True
    with captures.rebuilding(archive, path) as rebuilt:
        run_id = store.start_run(rebuilt, ["verify"], __version__, datetime.now(UTC))
        batch: dict[int, Outcome] = {}
        for row in captures.stored(archive):
            found = evidence.read(row)
            yield Checked(row.id, found.findings, found.is_kept)
            if found.capture is not None:
                outcome = readers.outcome(found.capture)
                if not isinstance(outcome, Answered) or outcome.told:  # what tells nothing leaves no row there
                    batch[row.id] = outcome
            elif row.outcome == "read" and row.page_id is not None:
                unsure.add(row.page_id)
            elif row.outcome == "read":
                all_answers = False
            if len(batch) >= _BATCH:
                _replay(rebuilt, run_id, batch)
        _replay(rebuilt, run_id, batch)
        for difference in captures.differences(archive, unsure, __version__, all_answers=all_answers):
            yield Checked(None, (_finding(difference),))


def _replay(rebuilt: sqlite3.Connection, run_id: int, batch: dict[int, Outcome]) -> None:
    store.save(rebuilt, run_id, batch.values())
    captures.note_replayed(rebuilt, batch)
    batch.clear()


def _finding(found: Difference) -> Finding:
    kind = "extractor" if found.is_old else "row"
    if not found.column:
        is_extra = found.told is None
        wrong = f"is in {found.table}, but no capture tells it" if is_extra else f"is told, but not in {found.table}"
    else:
        wrong = f"{found.table}.{found.column} is {_short(found.stored)}, the captures tell {_short(found.told)}"
    return Finding(kind, found.name, wrong, found.capture_id, found.stored, found.told)


def _short(value: object) -> str:
    told = repr(value) if isinstance(value, str) else "nothing" if value is None else str(value)
    return told if len(told) <= _SHOWN else f"{told[: _SHOWN - 1]}…"
