"""A report: an archive as one page to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from archiver import __version__, atomic
from archiver.analysis import plot
from archiver.errors import ArchiveError, TargetError
from archiver.exports import _pages
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
    with atomic.text(path) as file:
        file.writelines(told)


def write_pictures(contents: Contents, folder: Path, tell: Callable[[str], None]) -> list[Path]:
    """Writes each picture as SVG, and as PNG where vl-convert is installed; the files.

    `tell` hears why there is no PNG. Raises ArchiveError where a file cannot be written.
    """
    written = []
    is_told = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(str(folder), f"cannot be written: {error.strerror or error}") from error
    for figure in contents.figures:
        if figure.picture is None:
            continue
        drawn = {".svg": figure.picture.encode("utf-8", "replace")}
        try:
            drawn[".png"] = plot.png(figure.picture, str(folder))
        except TargetError as error:
            if not is_told:
                tell(str(error))
            is_told = True
        for ending, data in drawn.items():
            path = folder / f"{figure.name}{ending}"
            with atomic.file(path) as file:
                file.write(data)
            written.append(path)
    return written
