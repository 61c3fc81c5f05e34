"""Parts to outcomes that an archive does not hold yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from archiver import store
from archiver.cluster import parts
from archiver.errors import ArchiverError
from archiver.model import Archived, Failed

__all__ = ["missing"]


def missing(archive: sqlite3.Connection, given: Iterable[str]) -> Iterator[Archived | Failed]:
    """The pages of parts, or of folders of them, less those whose very capture is stored: for `pipeline.keep`.

    Parts are read in the order of their names, each once, whatever the order in which they are given; so the same parts
    make the same archive. One that cannot be read is a failure, and stops no other. A few pages are in memory.
    """
    found: dict[str, None] = {}
    for name in given:
        try:
            found.update(dict.fromkeys(parts.listed(name)))
        except ArchiverError as error:
            yield Failed(name, error, datetime.now(UTC))
    for part in sorted(found, key=lambda part: (part.rpartition("/")[2], part)):
        try:
            for archived in parts.outcomes(part):
                if not store.holds(archive, archived.capture):
                    yield archived
        except ArchiverError as error:
            yield Failed(part, error, datetime.now(UTC))
