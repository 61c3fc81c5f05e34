"""A crawl as people see it: progress, failures, summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from archiver.cli import _common

if TYPE_CHECKING:  # an optional extra
    from archiver.cluster.estimate import Estimate
    from archiver.cluster.manifest import Failure, Line

__all__ = ["Summary", "Tally", "amount", "show_estimate", "show_summary", "watch"]

_EVERY = 60  # seconds between two lines where no terminal is


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of WARC files: `parts` are there, of which this crawl `made` some; the rest are sums over parts."""

    warcs: int
    parts: int
    made: int
    failures: int
    pages: int
    pages_with_embeds: int
    embeds: int
    skipped: int
    source_bytes: int
    part_bytes: int


class Tally:
    """What became of WARC files so far, each counted once; `known` are the parts that were there before."""

    def __init__(self, warcs: int, known: Mapping[str, Line]) -> None:
        self._warcs, self._known, self._begun = warcs, dict(known), datetime.now(UTC)
        self._lines: dict[str, Line] = {}
        self._made = self._failures = 0

    def add(self, outcome: Line | Failure) -> str | None:
        """Takes what became of one; the failure's words, None where it is none."""
        error: str | None = getattr(outcome, "error", None)
        if error is not None:
            self._failures += 1
        else:
            line: Line = outcome  # type: ignore[assignment]
            self._lines[line.part] = line
            self._made += line.seconds is not None and self._known.get(line.part) != line
        return error

    def summary(self) -> Summary:
        """The sums over the parts so far."""
        held = self._lines.values()
        return Summary(
            warcs=self._warcs,
            parts=len(held),
            made=self._made,
            failures=self._failures,
            pages=sum(line.facts.pages for line in held),
            pages_with_embeds=sum(line.facts.pages_with_embeds for line in held),
            embeds=sum(line.facts.embeds for line in held),
            skipped=sum(line.facts.skipped for line in held),
            source_bytes=sum(line.facts.source_bytes for line in held),
            part_bytes=sum(line.bytes for line in held),
        )

    def text(self) -> str:
        """A line of progress."""
        told, took = self.summary(), (datetime.now(UTC) - self._begun).total_seconds()
        done, left = told.parts + told.failures, told.warcs - told.parts - told.failures
        parts = [
            f"{told.parts:,} of {_common.many(told.warcs, 'part')}",
            _common.many(told.embeds, "embed"),
            *([f"{told.failures:,} failed"] if told.failures else []),
            f"{int(took) // 60}:{int(took) % 60:02}",
            *([f"about {took / done * left / 60:.0f} min left"] if done and left else []),
        ]
        return " · ".join(parts)


def watch(outcomes: Iterable[Line | Failure], tally: Tally) -> None:
    """Shows what becomes of WARC files as it does: on a terminal by one line that changes, else by one a minute."""
    spinner, told = Spinner("dots", Text(tally.text())), datetime.now(UTC)
    with Live(spinner, console=Console(stderr=True), transient=True, refresh_per_second=5) as live:
        for outcome in outcomes:
            if error := tally.add(outcome):
                click.echo(f"{click.style('failed', fg='red')}  {_common.printable(error)}", err=True)
            spinner.update(text=Text(tally.text()))
            if not live.console.is_terminal and (datetime.now(UTC) - told).total_seconds() >= _EVERY:
                told = datetime.now(UTC)
                click.echo(tally.text(), err=True)


def show_summary(told: Summary, out: str, *, as_json: bool) -> None:
    """Prints what became of a crawl."""
    if as_json:
        _common.put(_common.as_json({"out": out, **asdict(told)}))
        return
    old = f", {told.parts - told.made:,} from before" if told.made < told.parts else ""
    _common.put(f"{_common.many(told.parts, 'part')} in {_common.printable(out)} ({amount(told.part_bytes)}){old}")
    _common.put(
        f"{_common.many(told.pages_with_embeds, 'page')} with {_common.many(told.embeds, 'embed')},"
        f" of {_common.many(told.pages, 'page')} in {amount(told.source_bytes)} of WARC"
    )
    if told.skipped:
        _common.put(f"{_common.many(told.skipped, 'record')} could not be read")
    if told.failures:
        _common.put(
            f"{_common.many(told.failures, 'file')} failed: archiver crawl --retry --out {_common.printable(out)}"
        )
    if told.parts:
        _common.put(f"Store: archiver merge {_common.printable(out)} --db archive.db")


def show_estimate(told: Estimate, *, as_json: bool) -> None:
    """Prints how long a crawl takes, and how much it writes."""
    if as_json:
        _common.put(_common.as_json(asdict(told)))
        return
    for line in _estimated(told):
        _common.put(line)


def _estimated(told: Estimate) -> Iterator[str]:
    yield f"{told.left:,} of {_common.many(told.warcs, 'WARC file')} left: {amount(told.bytes)} to read"
    if told.left:
        yield f"{told.core_hours:,.2f} core-hours: {told.hours:,.2f} hours with {_common.many(told.workers, 'worker')}"
        yield (
            f"{_common.many(told.pages_with_embeds, 'page')} with {_common.many(told.embeds, 'embed')},"
            f" of {_common.many(told.pages, 'page')}; parts of {amount(told.part_bytes)}"
        )
    yield f"by {told.basis}"


def amount(size: float) -> str:
    """A number of bytes, in words."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:,.0f} {unit}" if unit == "bytes" or size >= 10 else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError
