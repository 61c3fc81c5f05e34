"""Looks for lost posts in the Wayback Machine."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event

from archiver import __version__, answers, platforms, store
from archiver.errors import ArchiverError
from archiver.evidence import warcs
from archiver.model import Capture
from archiver.sources import Settings
from archiver.sources.services import wayback
from archiver.sources.services.cdx import Record
from archiver.store import Counts, recoveries
from archiver.store.checks import Due
from archiver.store.questions import Filter
from archiver.store.recoveries import Recovery
from archiver.told import Told

__all__ = ["KINDS", "Recovering", "Searched"]

KINDS = r"application/json|text/html"
"""The kinds of captures of a tweet that can be read: the interface's answers, and pages."""

_HOSTS = ("twitter.com", "x.com")
_ANYBODY = ("i", "i/web")  # stand for a handle that is not known
_HANDLE = re.compile(r"\w{1,20}", re.ASCII)
_MOST = 6  # captures of a post that are read
_ROWS = 100  # captures of it that are listed under one address
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class Searched:
    """What came of looking for one post."""

    post: Due
    found: Recovery


@dataclass(slots=True)
class Recovering:
    """A run that looks for posts. `writer` keeps the captures as they came; `stopped` says why a run ended early."""

    archive: sqlite3.Connection
    argv: Sequence[str]
    settings: Settings
    service: wayback.Service = field(default_factory=wayback.Service)
    writer: warcs.Writer | None = None
    stopped: str | None = None

    def run(self, about: Filter, before: datetime, stop: Event, most: int | None = None) -> Iterator[Searched]:
        """What comes of each post, after it is stored; so a run that ends anyhow goes on with the rest."""
        run_id = store.start_run(self.archive, self.argv, __version__, datetime.now(UTC))
        outcome = "interrupted"
        try:
            for count, post in enumerate(recoveries.lost(self.archive, about, before), 1):
                if stop.is_set() or (most is not None and count > most):
                    break
                found = self._found(post)
                recoveries.save(self.archive, run_id, post.post_id, self._kept(found), "wayback")
                yield Searched(post, found)
                if self.stopped is not None:
                    break
            outcome = "interrupted" if stop.is_set() or self.stopped else "done"
        finally:
            store.finish_run(self.archive, run_id, outcome, Counts(), datetime.now(UTC))

    def _found(self, post: Due) -> Recovery:
        """Reads captures of a post, those of the interface first, until one tells its words."""
        at, told = datetime.now(UTC), list[tuple[Capture, tuple[Told, ...]]]()
        service = replace(self.service, mimetype=KINDS, or_json=True)
        records: list[Record] = []
        try:
            for address in _addresses(post):
                found = wayback.search(address, self.settings, service=service, limit=_ROWS)
                records += [record for record in found if _is_of(record, post)]
            records.sort(key=lambda record: ("json" not in (record.media_type or ""), record.timestamp))
            wrong: list[str] = []
            for record in records[:_MOST]:
                for received in wayback.read([record], self.settings, service=service):
                    if not isinstance(received, Capture):
                        wrong.append(received.error.wrong)
                        continue
                    capture = replace(received, source="recover")
                    told.append((capture, answers.recovered(capture)))
                if told and any(each.post.platform_id == post.platform_id and each.post.text for each in told[-1][1]):
                    return Recovery("found", at, len(records), tuple(told))
        except ArchiverError as error:
            if error.status == _TOO_MANY:
                self.stopped = str(error)
            return Recovery("error", at, len(records), tuple(told), error.wrong)
        outcome = "error" if wrong and not told else "nothing"
        return Recovery(outcome, at, len(records), tuple(told), wrong[0] if wrong else None)

    def _kept(self, found: Recovery) -> Recovery:
        """The captures, after what was exchanged for them is on the disk."""
        if self.writer is None:
            return replace(found, told=tuple((replace(capture, exchanges=()), told) for capture, told in found.told))
        kept = tuple((self.writer.keep(capture), told) for capture, told in found.told)
        self.writer.flush()
        return replace(found, told=kept)


def _addresses(post: Due) -> Iterator[str]:
    """The addresses under which a tweet may have been captured, as patterns of a search."""
    handle = post.handle if post.handle and _HANDLE.fullmatch(post.handle) else None
    for host in _HOSTS:
        for name in (handle,) if handle else _ANYBODY:
            yield f"{host}/{name}/status/{post.platform_id}*"


def _is_of(record: Record, post: Due) -> bool:
    """Whether a capture is of the post, and not of one whose id begins alike."""
    named = platforms.named(record.url)
    return named is not None and (named.platform, named.platform_id) == (post.platform, post.platform_id)
