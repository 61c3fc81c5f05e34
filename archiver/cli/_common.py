"""What the commands share: targets, settings, how failures read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from archiver.model import Failed
from archiver.sources import Settings

__all__ = ["database", "existing", "exit_code", "fetching", "is_terminal", "report_failure", "targets"]

_DEFAULTS = Settings()
_F = TypeVar("_F", bound=Callable[..., None])

targets = click.argument("targets", nargs=-1, required=True, metavar="TARGET...")


def database(command: _F) -> _F:
    """The option --db of a command that writes."""
    return _database("The archive: a SQLite file, made when missing.")(command)


def existing(command: _F) -> _F:
    """The option --db of a command that only reads."""
    return _database("The archive: a SQLite file that `archiver archive` made.")(command)


def fetching(command: _F) -> _F:
    """The options on how URLs are fetched."""
    command = click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=_DEFAULTS.timeout,
        show_default=True,
        metavar="SECONDS",
        help="Longest wait for a server's answer.",
    )(command)
    command = click.option(
        "--user-agent",
        default=_DEFAULTS.user_agent,
        metavar="TEXT",
        help="How to introduce ourselves to servers.",
    )(command)
    return click.option(
        "--allow-private",
        is_flag=True,
        help="Also fetch from private addresses (localhost, 10.x, 192.168.x ...), which are refused otherwise.",
    )(command)


def report_failure(failed: Failed) -> None:
    """One line on stderr: what failed, why, and the cure where it is known."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(failed.error))
    click.echo(f"{click.style('failed', fg='red')}  {line}", err=True)


def exit_code(failures: int) -> int:
    """0 when all went well, 1 when some targets failed."""
    return 1 if failures else 0


def is_terminal() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr.isatty()


def _database(told: str) -> Callable[[_F], _F]:
    return click.option(
        "--db", "db", type=click.Path(path_type=Path), default=Path("archive.db"), show_default=True, help=told
    )
