"""Other archives into one; nothing is erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from archiver import __version__, store
from archiver.errors import ArchiveError
from archiver.store import Counts, deletions, others, outcomes, redaction
from archiver.store.cited import Cited, Item
from archiver.store.exports import warcs_elsewhere

__all__ = ["Merge", "merge"]

_BATCH = 200
_Items = Iterator[Item]


@dataclass(slots=True)
class Merge:
    """A merge into an archive at `db`: what became of it so far.

    `captures` of `total` of the other archive have been brought in, or found; `counts` are those that were new.
    `warcs` are the files beside the other archive that captures name, and that do not lie beside this one; `redacted`
    are the posts, by their keys, that were here and are gone, because the other archive refuses them.
    """

    archive: sqlite3.Connection
    db: Path
    argv: Sequence[str]
    captures: int = 0
    total: int = 0
    counts: Counts = field(default_factory=Counts)
    warcs: list[Path] = field(default_factory=list)
    redacted: list[str] = field(default_factory=list)
    run_id: int | None = None


def merge(path: Path, into: Merge) -> Iterator[int]:
    """Brings in all that another archive holds, and yields how many of its captures each batch brought.

    Its runs and captures come with it, as they are there; a run of this archive is noted where something is new, and
    merging again adds nothing. Each batch is whole or not at all, and what is brought in stays when it is interrupted:
    merging again goes on. What either archive redacted is in the merged one no more, and what either hides is hidden.
    Raises ArchiveError.
    """
    if path.exists() and into.db.exists() and path.samefile(into.db):
        raise ArchiveError(str(path), "is the archive to merge into", "give another one")
    with others.reading(path) as other:
        into.total += outcomes.count(other)
        items = _whole(outcomes.outcomes(other, into.archive), path)
        ended = "interrupted"
        try:
            while batch := list(islice(items, _BATCH)):
                _save(batch, into)
                yield sum(isinstance(each, Cited) for each in batch)
            _honour(other, into)
            ended = "done"
        finally:
            if into.run_id is not None:
                store.finish_run(into.archive, into.run_id, ended, into.counts, datetime.now(UTC))
        into.warcs += warcs_elsewhere(other, path.parent, into.db.parent)


def _honour(other: sqlite3.Connection, into: Merge) -> None:
    """Hides here what the other archive hides, and takes out for good what it took out."""
    archive = into.archive
    hidden, known = set(deletions.honoured(other)), set(deletions.honoured(archive))
    if not hidden <= known:
        deletions.honour(archive, tuple(each for each in deletions.STATUSES if each in hidden | known))
    if redaction.is_any(other):
        found = redaction.again(archive)
        if found != redaction.Wanted():
            into.redacted += redaction.carry_out(
                archive, found, "redacted in a merged archive", datetime.now(UTC)
            ).posts
        redaction.clean_up(archive)  # also where an earlier merge could not


def _save(batch: Sequence[Item], into: Merge) -> None:
    is_news = not all(others.is_known(into.archive, each) for each in batch)
    if is_news and into.run_id is None:
        into.run_id = store.start_run(into.archive, into.argv, __version__, datetime.now(UTC))
    into.counts += store.save(into.archive, into.run_id or 0, batch)
    into.captures += sum(isinstance(each, Cited) for each in batch)


def _whole(items: _Items, path: Path) -> _Items:
    """The same, with one error for rows that no archive of ours has."""
    try:
        yield from items
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArchiveError(str(path), f"holds a row that cannot be read: {error!r}") from error
