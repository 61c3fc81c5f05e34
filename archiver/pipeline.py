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
    outcome, batch, begun = "interrupted", list[Archived | Failed](), datetime.now(UTC)
    try:
        for read in extract(targets, settings):
            batch.append(read)
            if len(batch) >= _BATCH_PAGES or _is_late(read, begun):
                stored, batch, begun = batch, [], datetime.now(UTC)
                run.counts += store.save(run.archive, run_id, stored)
                yield from stored
        outcome = "done"
    finally:
        run.counts += store.save(run.archive, run_id, batch)
        store.finish_run(run.archive, run_id, outcome, run.counts, datetime.now(UTC))
    yield from batch


def _is_late(read: Archived | Failed, begun: datetime) -> bool:
    """Whether a batch should wait no longer: the next page on the web may be slow to come."""
    is_web = isinstance(read, Archived) and read.capture.source == "web"
    return is_web or (datetime.now(UTC) - begun).total_seconds() >= _BATCH_SECONDS
