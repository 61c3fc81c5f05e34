"""Two ordered lists of records, gone through side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.evidence.manifests import Entry

__all__ = ["Pair", "alone", "pairs"]

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of a register, and the record of that name; `is_late` where one of them stands behind its place."""

    line: Entry | None
    record: Entry | None
    is_late: bool = False


def pairs(lines: Iterator[Entry], held: Iterator[Entry], *, is_sure: bool = False) -> Iterator[Pair]:
    """Lines of a register with records of the same name, both in the order of kind and name.

    What has no partner waits for one that is out of its order, and comes at the end; unless `is_sure` that none is.
    """
    waiting: tuple[dict[_Key, Entry], dict[_Key, Entry]] = ({}, {})
    sides = (_Side(lines), _Side(held))
    while sides[0].next or sides[1].next:
        line, record = sides[0].next, sides[1].next
        late = next((number for number, side in enumerate(sides) if side.is_late), None)
        if line and record and _key(line) == _key(record):
            yield Pair(line, record, is_late=late is not None)
            sides[0].go()
            sides[1].go()
            continue
        own = late if late is not None else 0 if record is None or (line and _key(line) < _key(record)) else 1
        each = sides[own].go()
        partner = None if late is None else waiting[1 - own].pop(_key(each), None)
        if partner or is_sure:
            line, record = (each, partner) if own == 0 else (partner, each)
            yield Pair(line, record, is_late=late is not None)
        else:
            waiting[own][_key(each)] = each
    yield from (Pair(each, None) for each in waiting[0].values())
    yield from (Pair(None, each) for each in waiting[1].values())


def alone(lines: Iterator[Entry]) -> Iterator[Pair]:
    """The lines of a register whose records are told by their digests only."""
    side = _Side(lines)
    while side.next:
        is_late = side.is_late
        line = side.go()
        yield Pair(line, line, is_late)


class _Side:
    """A list that is gone through: what comes `next`, and whether that belongs before what came already."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries, self._last = entries, ("", "")
        self.next = next(entries, None)

    @property
    def is_late(self) -> bool:
        return self.next is not None and _key(self.next) <= self._last

    def go(self) -> Entry:
        """Takes what comes next."""
        if self.next is None:
            raise IndexError("the list is at its end")
        taken, self._last = self.next, max(self._last, _key(self.next))
        self.next = next(self._entries, None)
        return taken


def _key(each: Entry) -> _Key:
    return each.kind, each.name
