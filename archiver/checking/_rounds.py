"""A round of questions about posts, each asked once."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from archiver import __version__, store
from archiver.checking._asking import Asker, Manners, Untaken
from archiver.checking._endpoints import Ways, questions
from archiver.errors import ArchiveError
from archiver.evidence import _locks, warcs
from archiver.sources import Settings
from archiver.sources.services._loop import Loop
from archiver.store import Counts, checks
from archiver.store.checks import Check, Claims, Due, Wanted

__all__ = ["Looked", "Round"]

_TICK = 0.2  # seconds after which Ctrl-C is looked for
_ENDED = "the run ended before an answer was stored"


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of asking about one post."""

    post: Due
    checks: tuple[Check, ...]

    @property
    def outcome(self) -> str:
        """What the look comes to: that of the endpoint which knows more; `error` where one failed and none decided."""
        told = [check.outcome for check in self.checks]
        ranks = ("there", "gone", "suspended", "restricted", "error")
        return next((rank for rank in ranks if rank in told), "unknown")


@dataclass(slots=True)
class Round:
    """A round: how many posts it has to ask about and, when it has run, which hosts were closed and how many are left.

    `argv` tells one round from another: with the same, a round that was interrupted goes on. `writer` keeps the answers
    as they came; without one, only their digests are kept.
    """

    archive: sqlite3.Connection
    db: Path
    argv: Sequence[str]
    settings: Settings
    ways: Ways = field(default_factory=Ways)
    manners: Manners = field(default_factory=Manners)
    writer: warcs.Writer | None = None
    posts: int = 0
    left: int = 0
    resumes: int | None = None
    is_whole: bool = False
    closed: dict[str, str] = field(default_factory=dict)

    def run(self, wanted: Wanted, stop: Event, *, is_new: bool = False) -> Iterator[Looked]:
        """What comes of each post, after it is stored. When `stop` is set, what was sent is still heard and stored.

        What was being asked when an earlier run was killed becomes an error, and is not asked again in this round. A
        round that another process is at is shared with it; raises ArchiveError where that one is at another round.
        """
        with _alone(self.db) as is_alone:
            yield from self._run(wanted, stop, is_new=is_new, is_alone=is_alone)

    def _run(self, wanted: Wanted, stop: Event, *, is_new: bool, is_alone: bool) -> Iterator[Looked]:
        self.resumes = None if is_new else checks.left(self.archive, self.argv)
        if self.resumes is None and not is_alone:
            cure = "wait until it ends; the same command, without --new-round, shares its work"
            raise ArchiveError(str(self.db), "is being checked by another process", cure)
        run_id = store.start_run(self.archive, self.argv, __version__, datetime.now(UTC), self.resumes)
        try:
            if self.resumes is None:
                self.posts = checks.begin(self.archive, run_id, wanted)
                round_id = run_id
            else:
                round_id = self.resumes
                for looked in self._abandoned() if is_alone else ():
                    checks.save(self.archive, run_id, round_id, looked.post.post_id, looked.checks)
                    yield looked
                self.posts = checks.count(self.archive)
            for looked in self._asked(stop):
                checks.save(self.archive, run_id, round_id, looked.post.post_id, self._kept(looked))
                yield looked
            self.is_whole = not stop.is_set()
            self.left = checks.end(self.archive) if self.is_whole else checks.count(self.archive)
        finally:
            outcome = "done" if self.is_whole else "interrupted"
            store.finish_run(self.archive, run_id, outcome, Counts(), datetime.now(UTC))

    def _abandoned(self) -> Iterator[Looked]:
        for post, at in checks.claimed(self.archive):
            names = [question.endpoint.name for question in questions(post, self.ways)]
            yield Looked(post, (Check(names[0] if names else post.platform, at, "error", note=_ENDED),))

    def _asked(self, stop: Event) -> Iterator[Looked]:
        with Loop() as loop, closing(Claims(self.db)) as claims:
            asker = loop.run(_made(self.settings, self.ways, self.manners))
            loop.closing(asker.close)
            self.closed = asker.closed
            asking = _Asking(loop, asker, claims, stop)
            yield from asking.each(checks.due(self.archive), self.settings)

    def _kept(self, looked: Looked) -> tuple[Check, ...]:
        """The checks, after what was exchanged for them is on the disk."""
        if self.writer is None:
            captures = [check.capture and replace(check.capture, exchanges=()) for check in looked.checks]
        else:
            captures = [check.capture and self.writer.keep(check.capture) for check in looked.checks]
            self.writer.flush()
        return tuple(replace(check, capture=made) for check, made in zip(looked.checks, captures, strict=True))


class _Asking:
    """Questions under way: as many as settings allow, each post claimed as its first question is sent."""

    def __init__(self, loop: Loop, asker: Asker, claims: Claims, stop: Event) -> None:
        self._loop, self._asker, self._claims, self._stop = loop, asker, claims, stop
        self._sent: set[int] = set()
        self._stopped_at: float | None = None
        self._pending: dict[Future[tuple[Check, ...]], Due] = {}

    def each(self, due: Iterator[Due], settings: Settings) -> Iterator[Looked]:
        """What comes of each post, as it comes."""
        posts: Iterator[Due] | None = due
        while posts is not None or self._pending:
            while posts is not None and len(self._pending) < settings.at_once and not self._stop.is_set():
                post = next(posts, None)
                if post is None:
                    posts = None
                elif not self._is_closed(post):
                    future = self._loop.begin(self._asker.look(post, partial(self._begun, post.post_id)))
                    self._pending[future] = post
            if self._stop.is_set():
                posts = None
                self._give_up(settings.timeout)
            if self._pending:
                wait(self._pending, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in [f for f in self._pending if f.done()]:
                looked = self._ended(future)
                if looked is not None:
                    yield looked

    def _give_up(self, patience: float) -> None:
        """Takes back what is not sent yet, and after so many seconds what is not answered."""
        self._stopped_at = self._stopped_at or time.monotonic()
        is_late = time.monotonic() - self._stopped_at > patience
        for future in [f for f, post in self._pending.items() if is_late or post.post_id not in self._sent]:
            future.cancel()

    def _begun(self, post_id: int) -> None:
        if self._stop.is_set() or not self._claims.take(post_id, datetime.now(UTC)):
            raise Untaken
        self._sent.add(post_id)

    def _is_closed(self, post: Due) -> bool:
        """Whether a post's first host wants no more questions."""
        first = next(questions(post, self._asker.ways), None)
        return first is not None and first.host in self._asker.closed

    def _ended(self, future: Future[tuple[Check, ...]]) -> Looked | None:
        post = self._pending.pop(future)
        self._sent.discard(post.post_id)
        try:
            found = future.result()
        except (Untaken, CancelledError):
            return None
        return Looked(post, found) if found else None


@contextmanager
def _alone(db: Path) -> Iterator[bool]:
    """Whether no other process checks an archive; as long as the block lasts, none that begins is alone."""
    path = db.with_name(f"{db.name}.checking")
    try:
        lock = _locks.taken(path, new=True)
        lock = _locks.taken(path) if lock is None else lock
    except OSError as error:
        raise ArchiveError(str(path), f"cannot be written: {error.strerror or error}") from error
    try:
        yield lock is not None
    finally:
        if lock is not None:
            with suppress(PermissionError):  # Windows removes no file that is open; a free one does no harm
                path.unlink(missing_ok=True)
            os.close(lock)


async def _made(settings: Settings, ways: Ways, manners: Manners) -> Asker:
    """An asker that lives in the loop in which this runs."""
    return Asker(settings, ways, manners)
