"""Pages, posts and captured bytes as one WACZ file."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import TargetError
from archiver.evidence import wacz as packages
from archiver.evidence.wacz import Contents
from archiver.store import exports, kept
from archiver.store.questions import Filter

__all__ = ["Packed", "write"]


@dataclass(frozen=True, slots=True)
class Packed:
    """The files that a package holds, and those that captures name but that lie elsewhere, or are of other formats."""

    held: tuple[Path, ...]
    left_out: tuple[str, ...]


def write(archive: sqlite3.Connection, db: Path, path: Path, at: datetime) -> Packed:
    """Packs the WARC files beside an archive into one WACZ file, with the archive's pages and posts.

    Raises TargetError where there is no such WARC, ArchiveError where the file cannot be written, and UnreadableError
    where a WARC is damaged; then an older file of that name stays as it was.
    """
    named = exports.warc_files(archive)
    held = tuple(db.parent / name for name in named if Path(name).name == name and _fits(db.parent / name))
    if not held:
        cure = "fetch pages without --no-warc, or copy the WARC files that were read there: a package needs the bytes"
        raise TargetError(str(db), "has no WARC file beside it", cure)
    inside = {file.name for file in held}
    left_out = tuple(name for name in named if name not in inside)
    pages = exports.page_lines(archive, inside)
    packages.pack(path, Contents(db.stem, held, pages, exports.post_lines(archive, kept.keep(archive, Filter()))), at)
    return Packed(held, left_out)


def _fits(path: Path) -> bool:
    return path.name.endswith(packages.SUFFIXES) and path.is_file()
