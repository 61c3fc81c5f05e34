"""What a filter chooses, as a manifest of digests."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from archiver import __version__
from archiver.evidence import manifests
from archiver.model import utc
from archiver.store import records
from archiver.store.questions import Filter

__all__ = ["Stated", "write"]

_LIBRARIES = ("beautifulsoup4", "rfc8785", "selectolax")  # by which what is recorded was read and written
_MEANING = {
    "leaf": "SHA-256(0x00 || canonical JSON of a line of the register)",
    "node": "SHA-256(0x01 || left || right), as RFC 6962 builds its tree",
    "record": "SHA-256(canonical JSON of the record), RFC 8785",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a manifest states: how many records, and the root (hex) of their tree; `statement` is what is stamped."""

    size: int
    root: str
    statement: bytes


def write(
    archive: sqlite3.Connection,
    db: Path,
    path: Path,
    about: Filter,
    at: datetime,
    *,
    whole: bool = True,
    stamping: Callable[[bytes], Sequence[Mapping[str, object]]] | None = None,
    progress: Callable[[], object] = lambda: None,
) -> Stated:
    """Writes what a filter chooses, whole or not at all; `stamping` gives stamps of time of the statement.

    Unless `whole`, records are told by their digests alone. `progress` is called for each record. Raises ArchiveError.
    """
    told = {
        "archive": db.name,
        "created_at": utc(at),
        "filter": {name: value for name, value in asdict(about).items() if value},
        "libraries": {name: version(name) for name in _LIBRARIES}
        | {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version},
        "meaning": _MEANING,
        "software": f"social-post-archiver/{__version__}",
    }
    with manifests.writing(path, whole=whole) as writer:
        with records.choosing(archive, about) as chosen:
            for each in chosen:
                writer.add(each.kind, each.name, each.content)
                progress()
        statement = writer.state(told)
        writer.end(stamping(statement) if stamping else ())
        return Stated(writer.size, writer.root, statement)
