"""What the commands share: targets, databases, how failures read."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import click

from archiver import store
from archiver.errors import ArchiveError, ArchiverError
from archiver.model import Failed

__all__ = [
    "as_json",
    "database",
    "escaped",
    "existing",
    "exit_code",
    "is_terminal",
    "many",
    "opened",
    "printable",
    "put",
    "putting",
    "read",
    "refusal",
    "report_failure",
    "tell_copies",
]

# What JSON leaves as it is, and a terminal obeys: C1 controls, and what turns the direction of writing.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

_STRANGE = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # what strange rows end in
_LONGEST = 300  # characters of what is said of one
_CURE = "archiver verify tells what else is wrong"

_F = TypeVar("_F", bound=Callable[..., None])


def database(command: _F) -> _F:
    """The option --db of a command that writes."""
    return _database("The archive: a SQLite file, made when missing.")(command)


def existing(command: _F) -> _F:
    """The option --db of a command that only reads."""
    return _database("The archive: a SQLite file that `archiver archive` made.")(command)


@contextmanager
def opened(
    db: Path, opening: Callable[[Path], sqlite3.Connection] = store.open_archive
) -> Iterator[sqlite3.Connection]:
    """An archive that is there. Raises click.ClickException where it is not, or what is done with it fails."""
    if not db.exists():
        raise click.ClickException(f"{db}: no such archive (make it with: archiver archive TARGET... --db {db})")
    try:
        with closing(opening(db)) as archive:
            yield archive
    except ArchiverError as error:
        named = ArchiveError(str(db), error.wrong, error.cure) if error.thing == "the archive" else error
        raise refusal(named) from error
    except sqlite3.Error as error:
        raise refusal(ArchiveError(str(db), f"cannot be read: {error}", _CURE)) from error


@contextmanager
def read(db: Path) -> Iterator[sqlite3.Connection]:
    """The same to be read only, also where nothing can be written beside it.

    Values that no archive of ours holds, but a stranger's may, are refused too.
    """
    with opened(db, store.read_archive) as archive:
        try:
            yield archive
        except _STRANGE as error:
            wrong = f"holds what no archive does: {type(error).__name__}: {error}"
            raise ArchiveError(str(db), wrong[:_LONGEST], _CURE) from error


def report_failure(failed: Failed) -> None:
    """One line on stderr: what failed, why, and the cure where it is known."""
    click.echo(f"{click.style('failed', fg='red')}  {printable(str(failed.error))}", err=True)


def tell_copies(warcs: Sequence[Path], folder: Path) -> None:
    """Says on stderr how the WARC files that captures cite come into the folder of an archive."""
    if warcs:
        click.echo("captures are cited in WARC files that lie elsewhere; to have their bytes here:", err=True)
    for warc in warcs:
        click.echo(f"  cp {printable(shlex.quote(str(warc)))} {printable(shlex.quote(str(folder)))}/", err=True)


def printable(text: str) -> str:
    """The text with escapes for what could move the cursor or turn the direction of writing."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def refusal(error: Exception, about: Path | None = None) -> click.ClickException:
    """The error with which a command ends, as it may be printed."""
    return click.ClickException(printable(f"{about}: {error}" if about else str(error)))


def as_json(value: object) -> str:
    """A line of JSON, letters as they are, with escapes for what a terminal would obey."""
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(line: str) -> str:
    """The same line of JSON, with escapes for what a terminal would obey."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def put(text: str) -> None:
    """Writes a line to standard output. Raises click.ClickException where that takes no more."""
    with putting():
        click.echo(text)


@contextmanager
def putting() -> Iterator[None]:
    """What is written inside goes to standard output. Raises click.ClickException where that takes no more."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # who read it has enough: click ends without a word
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or it is tried once more at the end
        raise click.ClickException(f"standard output cannot be written: {error.strerror}") from error


def exit_code(failures: int) -> int:
    """0 when all went well, 1 when some targets failed."""
    return 1 if failures else 0


def is_terminal() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr is not None and sys.stderr.isatty()


def many(number: int, thing: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _database(told: str) -> Callable[[_F], _F]:
    return click.option(
        "--db", "db", type=click.Path(path_type=Path), default=Path("archive.db"), show_default=True, help=told
    )
