"""A run as people see it: progress, failures, summary."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver import answers, lazily, sources, store, urls
from archiver.cli import _common
from archiver.errors import ArchiveError, ArchiverError
from archiver.evidence import warcs
from archiver.model import Archived, Dataset, Failed, FileKnown, FileRead, Passed
from archiver.pipeline import Outcome, Run
from archiver.sources import Settings
from archiver.told import Answered, Imported

if TYPE_CHECKING:
    from rich import console, live, spinner, text
else:
    console, live, spinner, text = (lazily.module(f"rich.{name}") for name in ("console", "live", "spinner", "text"))

__all__ = ["knowing", "watched", "writing"]

_TICK = 0.5  # seconds
_HOSTS = 3  # of the slowest hosts are shown


@contextmanager
def writing(db: Path, argv: list[str], *, keep: bool, resume: bool, jobs: int = 1) -> Iterator[Run]:
    """A run of a command that writes into an archive. Raises click.ClickException where it cannot be opened."""
    try:
        archive = store.open_archive(db)
    except ArchiverError as error:
        raise _common.refusal(error) from error
    with closing(archive):
        begun = store.interrupted(archive, argv[0]) if resume else None
        if resume and begun is None:
            click.echo("nothing was interrupted: beginning anew", err=True)
        writer = warcs.Writer(db, " ".join(["archiver", *argv])) if keep else None
        try:
            yield Run(archive, argv, writer, begun, jobs)
        finally:
            if writer is not None:
                writer.close()


@contextmanager
def knowing(settings: Settings, run: Run, db: Path, *, again: bool = True) -> Iterator[Settings]:
    """Settings that know what the archive holds: unchanged pages are not fetched again, done targets not read again.

    Unless `again`, nor are web archives that were read whole.
    """

    def is_read(file: FileRead) -> bool:
        return not again and store.is_read(run.archive, file, embeds_only=run.embeds_only)

    def request(url: str) -> sources.Request:
        return sources.Request(url, *attempts.validators(sources.shown(url)))

    with closing(store.Attempts(db, run.resumes)) as attempts:
        yield replace(
            settings,
            tick=_TICK,
            request=request,
            is_done=attempts.is_done,
            is_answer=answers.is_answer,
            is_read=is_read,
        )


def watched(outcomes: Iterable[Outcome], run: Run, db: Path, *, as_json: bool) -> None:
    """Shows what becomes of targets as they come, then the summary; exits with the command's code."""
    try:
        _watch(outcomes, run)
    except ArchiveError as error:
        raise _common.refusal(error, db) from error
    except ArchiverError as error:
        _summary(run, db, as_json=as_json)
        raise _common.refusal(error) from error
    except KeyboardInterrupt:
        click.echo("interrupted; what was stored so far is kept, and --resume goes on with the rest", err=True)
        _summary(run, db, as_json=as_json)
        sys.exit(130)
    _summary(run, db, as_json=as_json)
    sys.exit(_common.exit_code(run.counts.failures))


def _watch(outcomes: Iterable[Outcome], run: Run) -> None:
    if not _common.is_terminal():
        for outcome in outcomes:
            if isinstance(outcome, Failed):
                _common.report_failure(outcome)
        return
    shown = _Shown(run)
    with live.Live(
        get_renderable=shown.lines, console=console.Console(stderr=True), transient=True, refresh_per_second=5
    ):
        for outcome in outcomes:
            shown.add(outcome)
            if isinstance(outcome, Failed):
                _common.report_failure(outcome)


class _Shown:
    """The lines of progress: rate, pages, posts, failures, and the slowest hosts."""

    def __init__(self, run: Run) -> None:
        self._run, self._begun = run, datetime.now(UTC)
        self._spinner = spinner.Spinner("dots")
        self._seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def add(self, outcome: Outcome) -> None:
        if isinstance(outcome, Imported | Dataset | Passed | FileRead | FileKnown):
            return
        received = outcome.capture if isinstance(outcome, Archived | Answered) else outcome
        host = urls.host(received.target)
        if host and received.seconds is not None:
            spent = self._seconds[host]
            spent[0] += received.seconds
            spent[1] += 1

    def lines(self) -> console.Group:
        counts, took = self._run.counts, (datetime.now(UTC) - self._begun).total_seconds()
        posts = counts.posts_new + counts.posts_known
        read = counts.pages + counts.passed + counts.unchanged + counts.failures or posts
        parts = [
            _common.many(counts.pages, "page"),
            f"{posts:,} posts",
            *([f"{counts.passed:,} without posts"] if counts.passed else []),
            *([f"{counts.unchanged:,} unchanged"] if counts.unchanged else []),
            *([f"{counts.failures:,} failed"] if counts.failures else []),
            f"{read / took if took else 0:.1f}/s",
            f"{int(took) // 60}:{int(took) % 60:02}",
        ]
        self._spinner.update(text=text.Text(" · ".join(parts)))
        return console.Group(self._spinner, *([self._slowest()] if self._seconds else []))

    def _slowest(self) -> text.Text:
        means = sorted(((spent / n, host) for host, (spent, n) in self._seconds.items()), reverse=True)[:_HOSTS]
        told = ", ".join(f"{_common.printable(host)} {mean:.1f} s" for mean, host in means)
        return text.Text(f"  slowest: {told}", style="dim", overflow="ellipsis", no_wrap=True)


def _summary(run: Run, db: Path, *, as_json: bool) -> None:
    counts = run.counts
    if as_json:
        _common.put(_common.as_json({"db": str(db), **asdict(counts)}))
        return
    other = "" if str(db) == "archive.db" else f" --db {db}"
    place = f" in {db}"
    if counts.pages or run.argv[0] != "import":
        _common.put(f"{_common.many(counts.pages, 'page')} with {_common.many(counts.embeds, 'embed')}{place}")
        place = ""
    _common.put(f"{_common.many(counts.posts_new, 'post')} new, {counts.posts_known:,} known{place}")
    if counts.files_known:
        known = f"{_common.many(counts.files_known, 'file')} known from an earlier run: not read again (--again does)"
        _common.put(known)
    if counts.passed:
        _common.put(f"{_common.many(counts.passed, 'page')} without embeds read and not stored")
    if counts.unchanged:
        _common.put(f"{_common.many(counts.unchanged, 'page')} unchanged")
    if counts.failures:
        _common.put(f"{_common.many(counts.failures, 'target')} failed: archiver failures{other}")
    if counts.posts_new or counts.posts_known:
        _common.put(f"Explore: archiver serve{other}")
