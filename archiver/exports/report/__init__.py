"""A report: an archive as one page to print."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from archiver import __version__
from archiver.analysis import plot
from archiver.errors import ArchiveError, TargetError
from archiver.exports import _pages, _whole
from archiver.exports.report import _contents
from archiver.exports.report._contents import Contents

__all__ = ["Contents", "gather", "write", "write_pictures"]

gather = _contents.gather
"""Asks all that a report tells."""


def write(contents: Contents, path: Path, name: str, at: datetime) -> None:
    """Writes a report as one HTML page without script, whole or not at all. Raises ArchiveError."""
    told = _pages.template("report.html").generate(
        report=contents, name=name, made=f"{at:%Y-%m-%d %H:%M} UTC", version=__version__
    )
    with _whole.text(path) as file:
        file.writelines(told)


def write_pictures(contents: Contents, folder: Path, tell: Callable[[str], None]) -> list[Path]:
    """Writes each picture as SVG, and as PNG where vl-convert is installed; the files.

    `tell` hears why there is no PNG. Raises ArchiveError where a file cannot be written.
    """
    written = []
    converts = True
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for figure in contents.figures:
            if figure.picture is None:
                continue
            path = folder / f"{figure.name}.svg"
            _replace(path, figure.picture.encode("utf-8", "replace"))
            written.append(path)
            if converts:
                try:
                    made = plot.png(figure.picture, str(folder))
                except TargetError as error:
                    converts = False
                    tell(str(error))
                else:
                    _replace(path.with_suffix(".png"), made)
                    written.append(path.with_suffix(".png"))
    except OSError as error:
        raise ArchiveError(str(folder), f"cannot be written: {error.strerror or error}") from error
    return written


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
