"""What the commands share: targets, databases, how failures read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from archiver.model import Failed

__all__ = ["database", "existing", "exit_code", "is_terminal", "many", "printable", "report_failure"]

_F = TypeVar("_F", bound=Callable[..., None])


def database(command: _F) -> _F:
    """The option --db of a command that writes."""
    return _database("The archive: a SQLite file, made when missing.")(command)


def existing(command: _F) -> _F:
    """The option --db of a command that only reads."""
    return _database("The archive: a SQLite file that `archiver archive` made.")(command)


def report_failure(failed: Failed) -> None:
    """One line on stderr: what failed, why, and the cure where it is known."""
    click.echo(f"{click.style('failed', fg='red')}  {printable(str(failed.error))}", err=True)


def printable(text: str) -> str:
    """The text with escapes for what could move the cursor or turn the direction of writing."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def exit_code(failures: int) -> int:
    """0 when all went well, 1 when some targets failed."""
    return 1 if failures else 0


def is_terminal() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr.isatty()


def many(number: int, thing: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _database(told: str) -> Callable[[_F], _F]:
    return click.option(
        "--db", "db", type=click.Path(path_type=Path), default=Path("archive.db"), show_default=True, help=told
    )
