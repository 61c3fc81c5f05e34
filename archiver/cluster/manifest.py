"""A crawl's manifest: which parts are done, what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from archiver.cluster import stores, whole
from archiver.cluster.parts import Facts
from archiver.errors import UnreadableError

__all__ = ["Failure", "Line", "Manifest"]

_FACTS = {field.name for field in fields(Facts)}
_PARTS, _DONE, _FAILED = "parts", "manifest.jsonl", "failures.jsonl"


@dataclass(frozen=True, slots=True)
class Line:
    """A part that is done: its name, bytes, SHA-256 as hex, what it tells of itself, and the seconds that it took.

    `seconds` is None where the part was found without its line: the crawl that made it was killed.
    """

    part: str
    bytes: int
    sha256: str
    facts: Facts
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A WARC of which no part could be made, and why; `is_passing` says that another time it may be."""

    source: str
    error: str
    is_passing: bool = False


class Manifest:
    """What is done in a crawl's folder, by the parts' names, and what failed, by the WARC's. Raises FetchError.

    It is kept in two files of JSON lines beside the parts. Whoever crawls is the only one to write them.
    """

    def __init__(self, out: str) -> None:
        self.out = out
        self.done = {line.part: line for line in map(_line, self._read(_DONE))}
        self.failed = {failure.source: failure for failure in (Failure(**told) for told in self._read(_FAILED))}

    @property
    def folder(self) -> str:
        """Where the parts are."""
        return stores.below(self.out, _PARTS)

    def note(self, outcome: Line | Failure) -> None:
        """Takes the outcome of a WARC in the place of an earlier one."""
        if isinstance(outcome, Failure):
            self.failed[outcome.source] = outcome
        else:
            self.done[outcome.part] = outcome
            self.failed.pop(outcome.facts.source, None)

    def write(self) -> None:
        """Writes both files anew, each whole or not at all. Raises TargetError or FetchError."""
        self._write(_DONE, (_flat(self.done[part]) for part in sorted(self.done)))
        self._write(_FAILED, (asdict(self.failed[source]) for source in sorted(self.failed)))

    def _read(self, name: str) -> Iterator[dict[str, Any]]:
        place = stores.below(self.out, name)
        if stores.size(place) is None:
            return
        with stores.reading(place) as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise UnreadableError(
                        place, f"is no manifest: {error}", "remove it: parts tell of themselves"
                    ) from error

    def _write(self, name: str, lines: Iterator[dict[str, Any]]) -> None:
        with whole.writing(stores.below(self.out, name)) as sink:
            for line in lines:
                sink.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def _flat(line: Line) -> dict[str, Any]:
    own = {name: value for name, value in asdict(line).items() if name != "facts"}
    return own | asdict(line.facts)


def _line(told: dict[str, Any]) -> Line:
    facts = Facts(**{name: value for name, value in told.items() if name in _FACTS})
    return Line(told["part"], told["bytes"], told["sha256"], facts, told["seconds"])
