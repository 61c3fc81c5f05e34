"""Targets to captures, to pages, to rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from archiver import __version__, answers, prefilter, readers, sources, store
from archiver.evidence import warcs
from archiver.model import Archived, FileKnown, FileRead, Passed, Unchanged
from archiver.readers import Outcome, Received
from archiver.sources import Long
from archiver.store import Counts

__all__ = ["Counts", "Outcome", "Run", "archive", "extract", "keep", "save"]

_BATCH_PAGES = 100
_BATCH_SECONDS = 1.0


@dataclass(slots=True)
class Run:
    """A run that writes into an archive: who began it, and what became of its targets so far.

    `warcs` keeps what was fetched; without one, bytes are not kept. `resumes` is the run that this one goes on with.
    As many processes as `jobs` says read pages. With `embeds_only`, pages that embed no post are counted, not stored.
    """

    archive: sqlite3.Connection
    argv: Sequence[str]
    warcs: warcs.Writer | None = None
    resumes: int | None = None
    jobs: int = 1
    embeds_only: bool = False
    counts: Counts = field(default_factory=Counts)


def extract(
    targets: Iterable[str], settings: sources.Settings, lists: Iterable[str] = (), jobs: int = 1
) -> Iterator[Outcome]:
    """What each target holds, and each address in files of URLs, stored nowhere; pages without posts only counted."""
    settings = replace(settings, may_embed=prefilter.may_embed, in_ranges=jobs > 1)
    return (each for each in readers.outcomes(sources.read(targets, settings, lists), jobs) if each is not None)


def archive(
    targets: Iterable[str], settings: sources.Settings, run: Run, lists: Iterable[str] = ()
) -> Iterator[Outcome]:
    """What each target holds, and each address in files of URLs, after it is stored; see `save`."""
    settings = replace(settings, in_ranges=run.jobs > 1)
    if run.embeds_only:
        settings = replace(settings, may_embed=_may_tell)
    return save(sources.read(targets, settings, lists), run)


def save(received: Iterable[Received | None], run: Run) -> Iterator[Outcome]:
    """What captures mean, after it is stored; see `keep`. One bad target stops no other."""
    return keep(readers.outcomes(_kept(received, run), run.jobs), run)


def keep(outcomes: Iterable[Outcome | None], run: Run) -> Iterator[Outcome]:
    """What became of targets, after it is stored; `run.counts` grows as batches are written.

    What is stored when a run is interrupted stays, and is whole.
    """
    run_id = store.start_run(run.archive, run.argv, __version__, datetime.now(UTC), run.resumes)
    outcome, batch, begun = "interrupted", list[Outcome](), datetime.now(UTC)
    try:
        for each in outcomes:
            if each is not None:
                batch.append(_embedding(each) if run.embeds_only else each)
            if len(batch) >= _BATCH_PAGES or (datetime.now(UTC) - begun).total_seconds() >= _BATCH_SECONDS:
                stored, batch = batch, []
                _store(run, run_id, stored)
                yield from stored
                begun = datetime.now(UTC)
        outcome = "done"
    finally:
        _store(run, run_id, batch)
        store.finish_run(run.archive, run_id, outcome, run.counts, datetime.now(UTC))
    yield from batch


def _may_tell(body: bytes | memoryview, media_type: str, url: str) -> bool:
    """Whether a page may embed a post, or be a platform's own answer about one."""
    return prefilter.may_embed(body, media_type) or answers.is_answer(url, media_type)


def _embedding(outcome: Outcome) -> Outcome:
    """The outcome; of a page that embeds no post, but links to some at most, only that it was read."""
    is_passed = isinstance(outcome, Archived) and all(embed.shape == "link" for embed in outcome.page.embeds)
    return Passed() if is_passed else outcome


def _kept(received: Iterable[Received | None], run: Run) -> Iterator[Received | None]:
    """Outcomes after what was fetched for them is written, with its place."""
    for each in received:
        if each is None or isinstance(each, Passed | FileRead | FileKnown | Long):
            yield each
        elif run.warcs is None:
            yield replace(each, exchanges=())
        elif isinstance(each, Unchanged):
            yield run.warcs.keep(each, store.captured_at(run.archive, each.target))
        else:
            yield run.warcs.keep(each)


def _store(run: Run, run_id: int, batch: Sequence[Outcome]) -> None:
    """Stores a batch; what its rows name in a WARC is on disk before them."""
    if run.warcs is not None:
        run.warcs.flush()
    run.counts += store.save(run.archive, run_id, batch, embeds_only=run.embeds_only)
