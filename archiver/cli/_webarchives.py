"""What the commands for web archives share: options and runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from itertools import chain, islice
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from archiver import pipeline, sources
from archiver.cli import _common, _progress
from archiver.cli._times import TIMEOUT
from archiver.errors import ArchiverError, FetchError
from archiver.model import Capture, Failed
from archiver.sources import Settings
from archiver.sources.services import cdx
from archiver.sources.services.cdx import Record

__all__ = ["Wanted", "archived", "options"]

_P = ParamSpec("_P")
_DEFAULTS = Settings()

Search = Callable[[str], Iterator[Record]]
Read = Callable[[Iterable[Record], Settings], Iterator[Capture | Failed]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a web archive: the captures of a pattern, or those that the CDX files in `indexes` name."""

    settings: Settings
    pattern: str | None
    indexes: tuple[Path, ...]
    start: str | None
    end: str | None
    limit: int | None
    db: Path
    as_list: bool
    resume: bool
    as_json: bool


def options(command: Callable[Concatenate[Wanted, _P], None]) -> Callable[_P, None]:
    """The argument PATTERN and the options that both commands have, as one argument `wanted`."""

    @wraps(command)
    def with_wanted(*args: _P.args, **told: _P.kwargs) -> None:
        fields = {name: told.pop(name) for name in _FIELDS}
        fetching = {name: told.pop(name) for name in ("timeout", "user_agent", "allow_private")}
        wanted = Wanted(settings=Settings(**fetching), **fields)  # type: ignore[arg-type]
        if (wanted.pattern is None) == (not wanted.indexes):
            raise click.UsageError("Give a PATTERN, or --cdx FILE, and not both.")
        command(wanted, *args, **told)

    for option in reversed(_OPTIONS):
        with_wanted = option(with_wanted)
    return _common.database(with_wanted)


def archived(command: str, wanted: Wanted, search: Search, read: Read, *, keep: bool) -> None:
    """Archives the captures that are wanted, or prints which there are; exits with the command's code.

    `keep` is whether what the archive sends is kept, in WARC files of ours.
    """
    found = _found(wanted, search)
    try:
        first = next(found, None)
        if first is None:
            raise click.ClickException(f"{_name(wanted)}: no captures found")
        if wanted.as_list:
            for record in chain([first], found):
                _common.put(_common.escaped(record.as_json()))
            return
    except ArchiverError as error:
        raise _common.refusal(error) from error
    argv = [command, *([sources.shown(wanted.pattern)] if wanted.pattern else map(str, wanted.indexes))]
    with (
        _progress.writing(wanted.db, argv, keep=keep, resume=wanted.resume) as run,
        _progress.knowing(wanted.settings, run, wanted.db) as knowing,
    ):
        received = _until_stopped(read(chain([first], found), knowing))
        _progress.watched(pipeline.save(received, run), run, wanted.db, as_json=wanted.as_json)


def _found(wanted: Wanted, search: Search) -> Iterator[Record]:
    if wanted.pattern is not None:
        return search(wanted.pattern)
    named = chain.from_iterable(map(cdx.read, wanted.indexes))
    return islice((record for record in named if cdx.within(record, wanted.start, wanted.end)), wanted.limit)


def _name(wanted: Wanted) -> str:
    return wanted.pattern or ", ".join(map(str, wanted.indexes))


def _until_stopped(received: Iterator[Capture | Failed]) -> Iterator[Capture | Failed]:
    """What is received; where the archive wants no more requests, the error says how to go on."""
    try:
        yield from received
    except FetchError as error:
        cure = "; ".join(filter(None, (error.cure, "what is stored is kept: later, go on with --resume")))
        raise FetchError(error.thing, error.wrong, cure, error.status) from error


def _bound(_: click.Context, __: click.Parameter, told: str | None) -> str | None:
    try:
        return cdx.bound(told) if told else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


_FIELDS = ("pattern", "indexes", "start", "end", "limit", "db", "as_list", "resume", "as_json")
_OPTIONS = (
    click.argument("pattern", required=False, metavar="[URL-OR-PATTERN]"),
    click.option("--from", "start", callback=_bound, metavar="DATE", help="First day: 2017, 2017-10, 2017-10-15 ..."),
    click.option("--to", "end", callback=_bound, metavar="DATE", help="Last day; of 2017, all days are meant."),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N captures."),
    click.option(
        "--cdx",
        "indexes",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Take the captures that a CDX or CDXJ file names, instead of searching.",
    ),
    click.option(
        "--list", "as_list", is_flag=True, help="Store nothing; print which captures there are, as JSON lines."
    ),
    click.option(
        "--resume", is_flag=True, help="Go on with the last run, if it was interrupted: give it the same again."
    ),
    click.option(
        "--timeout",
        type=TIMEOUT,
        default=_DEFAULTS.timeout,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for an answer; a search may take four times as long.",
    ),
    click.option(
        "--user-agent", default=_DEFAULTS.user_agent, metavar="TEXT", help="How to introduce ourselves to the archive."
    ),
    click.option(
        "--allow-private", is_flag=True, help="Also ask an archive at a private address (localhost, 10.x ...)."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object."),
)
