"""Targets to captures, to pages, to rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archiver import __version__, sources, store
from archiver.model import Archived, Failed
from archiver.page import read_page
from archiver.store import Counts

__all__ = ["Counts", "Run", "archive", "extract"]

_BATCH_PAGES = 100
_BATCH_SECONDS = 1.0


@dataclass(slots=True)
class Run:
    """A run that writes into an archive: who began it, and what became of its targets so far."""

    archive: sqlite3.Connection
    argv: Sequence[str]
    counts: Counts = field(default_factory=Counts)


def extract(targets: Iterable[str], settings: sources.Settings) -> Iterator[Archived | Failed]:
    """What each target holds, stored nowhere."""
    for received in sources.read(targets, settings):
        if isinstance(received, Failed):
            yield received
        else:
            yield Archived(received.target, received, read_page(received))


def archive(targets: Iterable[str], settings: sources.Settings, run: Run) -> Iterator[Archived | Failed]:
    """What each target holds, after it is stored; `run.counts` grows as batches are written.

    One bad target stops no other. What is stored when a run is interrupted stays, and is whole.
    """
    run_id = store.start_run(run.archive, run.argv, __version__, datetime.now(UTC))
    outcome = "interrupted"
    try:
        for batch in _batches(extract(targets, settings)):
            run.counts += store.save(run.archive, run_id, batch)
            yield from batch
        outcome = "done"
    finally:
        store.finish_run(run.archive, run_id, outcome, run.counts, datetime.now(UTC))


def _batches(outcomes: Iterator[Archived | Failed]) -> Iterator[list[Archived | Failed]]:
    """Outcomes in groups that fit one short transaction: small, and not waiting long for a slow target."""
    batch: list[Archived | Failed] = []
    begun = datetime.now(UTC)
    for outcome in outcomes:
        batch.append(outcome)
        if len(batch) >= _BATCH_PAGES or (datetime.now(UTC) - begun).total_seconds() >= _BATCH_SECONDS:
            yield batch
            batch, begun = [], datetime.now(UTC)
    if batch:
        yield batch
