"""A part of an archive by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from archiver import __version__, atomic
from archiver.errors import ArchiveError
from archiver.store import copies
from archiver.store.copies import COPIED
from archiver.store.kept import Kept

__all__ = ["COPIED", "write"]


def write(kept: Kept, db: Path, path: Path, argv: Sequence[str]) -> Iterator[str]:
    """Makes an archive of what is kept of the one at `db`, whole or not at all; yields each table that is copied.

    Raises ArchiveError where it cannot be made, or would take the place of the archive that it is made from.
    """
    if path.exists() and path.samefile(db):
        raise ArchiveError(str(path), "is the archive that is exported", "name another file with --out")
    if any(path.with_name(f"{path.name}{end}").exists() for end in ("-wal", "-shm", "-journal")):
        raise ArchiveError(str(path), "is in use by another program", "name another file with --out")
    with atomic.new(path) as part:
        try:
            yield from copies.copy(kept, part, argv, __version__, datetime.now(UTC))
        except ArchiveError as error:
            raise ArchiveError(str(path), error.wrong, error.cure) from error
