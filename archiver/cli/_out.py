"""The option --out: names that may be written over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archiver.cli import _common

__all__ = ["checked", "database", "file", "file_or_stream"]

_F = TypeVar("_F", bound=Callable[..., None])
_REPLACED = "The file to write; one of that name is replaced once the new one is whole."
_DATABASE = b"SQLite format 3\x00"
_COMPANIONS = ("-wal", "-shm", "-journal")  # of a database: what was written last stands there
_WARCS = (".warc", ".warc.gz")


def file(command: _F) -> _F:
    """The option of a command that writes a file; one of that name is replaced once the new one is whole."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--out", required=True, type=kind, callback=_named, metavar="FILE", help=_REPLACED)(command)


def database(command: _F) -> _F:
    """The same of one that writes a database, in the place of another too."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("--out", required=True, type=kind, callback=_part, metavar="FILE", help=_REPLACED)(command)


def file_or_stream(told: str) -> Callable[[_F], _F]:
    """The option of a command that also writes folders, or to standard output; `told` is what it says of the name."""
    kind = click.Path(path_type=Path)
    return click.option("--out", required=True, type=kind, callback=checked, metavar="FILE", help=told)


def checked(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """The name, where nothing lies there that must not be lost. Raises click.BadParameter for archives and WARCs."""
    if path is not None and path.is_file() and _begins(path, _DATABASE):
        _refuse(path, "is a database")
    return _part(ctx, param, path)


def _named(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and str(path) == "-":
        raise click.BadParameter("this is not written to standard output (name a file)")
    return checked(ctx, param, path)


def _part(_: click.Context, __: click.Parameter, path: Any) -> Path | None:
    if path is None:
        return None
    if path.exists() and not path.is_file() and not path.is_dir():
        _refuse(path, "is no file")
    for ending in _COMPANIONS:
        if path.name.endswith(ending) and path.with_name(path.name.removesuffix(ending)).exists():
            _refuse(path, "belongs to a database")
    if path.name.endswith(_WARCS) and path.exists():
        _refuse(path, "is a WARC file")
    return Path(path)


def _begins(path: Path, magic: bytes) -> bool:
    try:
        with path.open("rb") as found:
            return found.read(len(magic)) == magic
    except OSError:
        return False  # what cannot be read cannot be told either


def _refuse(path: Path, wrong: str) -> None:
    raise click.BadParameter(_common.printable(f"{path} {wrong}, which is not written over (give another name)"))
