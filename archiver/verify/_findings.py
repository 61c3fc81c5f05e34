"""What can be found wrong with an archive."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "Finding"]

KINDS = {
    "missing": "a file that is not where it was: a WARC, or a local file",
    "bytes": "a record of a WARC that is damaged",
    "record": "a record that is not the one that the capture names",
    "file": "a local file that has changed since it was read",
    "row": "a row that is not what its capture tells",
    "extractor": "a row that is not what its capture tells this version; another version wrote it",
    "database": "the database file itself",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: its kind (a key of KINDS), the thing, and what is wrong with it.

    `stored` and `told` are the value in the archive and the one that its evidence tells, where it is about a value.
    """

    kind: str
    thing: str
    wrong: str
    capture_id: int | None = None
    stored: object = None
    told: object = None
