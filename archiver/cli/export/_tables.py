"""What the exports of tables share: files, filters, progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from archiver import atomic
from archiver.atomic import STDOUT
from archiver.cli import _common
from archiver.cli._filters import chosen
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store import kept
from archiver.store.kept import FLAT, TABLES, Kept

__all__ = ["STDOUT", "asked", "counted", "keeping", "tables", "tell", "to_terminal", "write"]

_F = TypeVar("_F", bound=Callable[..., None])
_T = TypeVar("_T")
Writer = Callable[[Path, Kept, str, Iterator[tuple[Any, ...]]], None]


def tables(command: _F) -> _F:
    """The options of a format that holds tables."""
    name = click.option(
        "--table", type=click.Choice([FLAT, *TABLES]), default=None, metavar="NAME", help=f"This table, not {FLAT}."
    )
    every = click.option("--tables", "every", is_flag=True, help="Every table: a file for each, in the folder FILE.")
    return name(every(command))


def asked(options: dict[str, Any]) -> list[str]:
    """The options as they may be given on a command line again."""
    given = [(param.opts[0], options.get(param.name or "")) for param in click.get_current_context().command.params]
    every = [(name, each) for name, value in given for each in (value if isinstance(value, tuple) else (value,))]
    return [name if each is True else f"{name}={each}" for name, each in every if each]


@contextmanager
def keeping(db: Path, options: dict[str, Any]) -> Iterator[Kept]:
    """What a filter, given by options, keeps of an archive. Raises click.ClickException where it cannot be told."""
    about = chosen(options)
    with _common.read(db) as archive:
        yield kept.keep(archive, about)


def write(
    found: Kept, path: Path, ending: str, writer: Writer, *, table: str | None, every: bool, by: Pseudonyms | None
) -> None:
    """Writes the flat view, a table, or a folder with a file of that ending for each table; raises click.UsageError.

    Pseudonyms are for the flat view alone: tables tell of posts and accounts in more ways than can be followed.
    """
    if by and (every or table not in (None, FLAT)):
        raise click.UsageError(f"only {FLAT} can be pseudonymised: leave out --table and --tables")
    if every and (table is not None or path == STDOUT):
        raise click.UsageError("--tables writes a folder: name one with --out, and leave out --table")
    if not every:
        if path.is_dir():
            raise click.UsageError(f"{path} is a folder: name a file with --out, or give --tables")
        name = table or FLAT
        told = (
            map(by.row([column.name for column in found.columns(name)]), found.rows(name)) if by else found.rows(name)
        )
        with counted(told, name, partial(found.count, name)) as rows:
            writer(path, found, name, rows)
        tell(path, _common.many(found.count("embeds" if name == FLAT else name), "row"))
        return
    with atomic.folder(path, {f"{name}{ending}" for name in TABLES}) as folder:
        for name in TABLES:
            with counted(found.rows(name), name, partial(found.count, name)) as rows:
                writer(folder / f"{name}{ending}", found, name, rows)
    tell(path, _common.many(len(TABLES), "table"))


def tell(path: Path, what: str) -> None:
    """Says what was written, where it did not go to standard output."""
    if path != STDOUT:
        _common.put(f"{path}: {what}")


@contextmanager
def counted(things: Iterable[_T], told: str, total: Callable[[], int]) -> Iterator[Iterator[_T]]:
    """The same things, shown as they pass, of that total, where a person watches."""
    if not _common.is_terminal():
        yield iter(things)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield iter(progress.track(things, total=total(), description=told))


def to_terminal(path: Path) -> bool:
    """Whether what is written there is read by a terminal, which obeys what it reads."""
    return path == STDOUT and sys.stdout.isatty()
