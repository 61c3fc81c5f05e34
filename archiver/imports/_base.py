"""What a kind of dataset tells of itself; its records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from archiver.imports import _streams, _values
from archiver.imports._streams import Bad
from archiver.imports._values import Record
from archiver.model import Archived, Capture
from archiver.store import foreign
from archiver.told import Imported

__all__ = ["Bad", "Head", "Kind", "Read", "Source", "as_bytes", "cell", "row_text"]

Read = Archived | Imported | Bad
_FEW = 20  # records by which a kind is told
_HEAD = 1 << 16  # bytes of a text that are looked at
_LONGEST = 2000  # characters of a name, an address or an id
_LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `target` is its name as the user gave it; `platform` that of bare ids, None where not told.

    `is_done` says of a record, by its target, that the run that goes on has read it.
    """

    target: str
    path: Path
    at: datetime
    platform: str | None
    is_done: Callable[[str], bool]

    def record(self, place: str) -> str:
        """The name of a record: its file and the place in it, a line or a table's row."""
        return f"{self.target}#{place}"

    def capture(self, place: str, body: bytes, media_type: str = "application/json") -> Capture:
        """A record as it was received."""
        return Capture(self.record(place), body, media_type, "import", self.at, url=self.path.resolve().as_uri())

    def is_read(self, place: str) -> bool:
        """Whether the record at a place is done."""
        return self.is_done(self.record(place))


class Head:
    """The beginning of a file, by which its kind is told."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self.is_database = file.read(16) == b"SQLite format 3\x00"

    @cached_property
    def text(self) -> str:
        """The first 64 KB, unpacked; "" for a database."""
        return "" if self.is_database else _streams.head(self.path, _HEAD).decode("utf-8-sig", "replace")

    @cached_property
    def values(self) -> tuple[object, ...]:
        """The first values, where it is JSON."""
        if not self.text.lstrip().startswith(("{", "[")):
            return ()
        found = islice(_values.read(self.path, lambda _: False), _FEW)
        return tuple(each for one in found if isinstance(one, Record) for each in _values.elements(one.value)[:_FEW])

    @cached_property
    def tables(self) -> Mapping[str, frozenset[str]]:
        """The columns of the tables that some kind has, where it is a database."""
        if not self.is_database:
            return {}
        with foreign.opened(self.path) as database:
            return {name: database.columns(name) for name in ("newsdata", "tweet", "tweets", "users")}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of dataset: `what` calls it for people, `fits` tells it from a file's beginning."""

    name: str
    what: str
    fits: Callable[[Head], bool]
    read: Callable[[Source], Iterator[Read]]
    is_database: bool = False


def cell(value: object, longest: int = _LONGEST) -> str | None:
    """A name, an address or an id in a database: text, or a whole number's digits, in one line; None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    told = str(value)
    return (" ".join(told.split()) or None) if len(told) <= longest else None


def row_text(value: object) -> str | None:
    """Words in a database, line breaks kept; None for all but text."""
    return value[:_LONGEST_TEXT].strip() or None if isinstance(value, str) else None


def as_bytes(values: Mapping[str, object]) -> bytes:
    """A database's row as JSON, so that it has a digest; what JSON cannot hold is written as Python shows it."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=repr).encode("utf-8", "surrogatepass")
