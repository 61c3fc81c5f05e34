"""Manifests and proofs checked, with or without the archive."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from archiver.errors import UnreadableError
from archiver.evidence import canonical, manifests, merkle, proofs, stamps
from archiver.evidence.manifests import Entry
from archiver.evidence.stamps import Stamp
from archiver.store import records
from archiver.store.questions import Filter
from archiver.verify._findings import Finding
from archiver.verify._pairs import Pair, alone, pairs

__all__ = ["FAULTS", "Report", "proof", "verify"]

FAULTS = {
    "file": "a file that is no whole manifest or proof",
    "changed": "a record that is not what its digest says, or not what the archive holds",
    "removed": "a record that is missing",
    "added": "a record too many",
    "reordered": "a record out of its order",
    "root": "records that are not those of the statement",
    "time": "a stamp of time that proves nothing",
    "since": "no fault: a record that the archive holds beyond the manifest",
}


@dataclass(slots=True)
class Report:
    """What a manifest or proof was found to be. `statement` is None where there is none to read.

    `size` is how many records are well, `whole` whether their content is there, `is_compared` whether they were
    compared with an archive. `stamps` are those of time.
    """

    statement: dict[str, Any] | None = None
    size: int = 0
    whole: bool = False
    is_compared: bool = False
    stamps: list[Stamp] = field(default_factory=list)


def verify(
    path: Path, report: Report, trusted: Sequence[Any] = (), archive: sqlite3.Connection | None = None
) -> Iterator[Finding | None]:
    """What is wrong with a manifest, and None for each record that is well; `report` tells the rest at the end.

    With an archive each record is compared with what stands there, as the manifest's filter chooses it. Whoever is
    `trusted` (certificates) is believed of the time.
    """
    try:
        statement = _statement(path, report)
        root = merkle.Root()
        in_order = True
        kinds, held = Counter[str](), _records(path, seen := merkle.Root(), statement)
        listed = _counted(_register(path, root), kinds)
        for pair in pairs(listed, held) if report.whole else alone(listed):
            in_order = in_order and not pair.is_late
            found = _fault(pair)
            report.size += found is None
            yield found
        yield from (Finding("added", str(each), "is told whole, of which the statement knows nothing") for each in held)
        if (seen.size, seen.digest()) != (root.size, root.digest()):
            raise UnreadableError(str(path), "has a second register among its records")
        yield from _rooted(path, root, kinds, report.statement or {})
        report.stamps = [stamps.checked(each, statement, trusted) for each in _stamps(path)]
        yield from (Finding("time", each.authority, each.wrong) for each in report.stamps if each.wrong)
        if archive is not None:
            report.is_compared = True
            with records.choosing(archive, _filter(path, report.statement or {})) as chosen:
                for pair in pairs(_register(path, merkle.Root()), _entries(chosen), is_sure=in_order):
                    yield _difference(pair)
    except UnreadableError as error:
        yield Finding("file", error.thing, error.wrong)


def proof(path: Path, report: Report, trusted: Sequence[Any] = ()) -> Iterator[Finding]:
    """What is wrong with a proof; `report` tells the rest at the end."""
    try:
        told = proofs.read(path)
    except UnreadableError as error:
        yield Finding("file", error.thing, error.wrong)
        return
    report.statement, report.size, report.whole = json.loads(told.statement), 1, told.record is not None
    if told.record is not None and not _is_of(told.record, told.entry):
        yield Finding("changed", str(told.entry), "the record is not what its digest says")
    size, root = report.statement.get("size"), report.statement.get("root")
    reached = merkle.leads_to(told.entry.leaf, told.index, size, told.path) if isinstance(size, int) else None
    if reached is None or reached.hex() != root:
        yield Finding("root", str(told.entry), "its path does not lead to the root of the statement")
    report.stamps = [stamps.checked(each, told.statement, trusted) for each in told.stamps]
    yield from (Finding("time", each.authority, each.wrong) for each in report.stamps if each.wrong)


def _fault(pair: Pair) -> Finding | None:
    line, record = pair.line, pair.record
    if record is None:
        return Finding("removed", str(line), "is in the register, but its record is missing")
    if line is None:
        return Finding("added", str(record), "is among the records, but not in the register")
    if line.sha256 != record.sha256:
        wrong = "the record is not what its digest says"
        return Finding("changed", str(line), wrong, None, record.sha256, line.sha256)
    if pair.is_late:
        return Finding("reordered", str(line), "stands behind its place")
    return None


def _difference(pair: Pair) -> Finding | None:
    """How a record of the manifest (line) differs from the archive's."""
    line, record = pair.line, pair.record
    if record is None:
        wrong = "is in the manifest; the archive does not hold it, or the filter does not choose it any more"
        return Finding("removed", str(line), wrong)
    if line is None:
        return Finding("since", str(record), "is in the archive, but not in the manifest")
    if line.sha256 != record.sha256:
        return Finding("changed", str(line), "is not as the manifest says", None, record.sha256, line.sha256)
    return None


def _rooted(path: Path, root: merkle.Root, kinds: Counter[str], statement: dict[str, Any]) -> Iterator[Finding]:
    size, reached, told = statement.get("size"), root.digest().hex(), statement.get("root")
    if size != root.size:
        yield Finding(
            "root", str(path), f"it has {root.size} records, its statement speaks of {size}", None, size, told
        )
    counts = statement.get("counts")
    if counts != kinds:
        yield Finding("root", str(path), "its statement counts other records", None, dict(kinds), counts)
    if reached != told:
        wrong = "the records do not lead to the root of the statement: a line of the register is not as it was"
        yield Finding("root", str(path), f"{wrong} (--db tells which)", None, told, reached)


def _statement(path: Path, report: Report) -> bytes:
    """The statement's canonical JSON; what it says is put down too."""
    part = next(manifests.parts(path, "statement"))
    report.statement, told = part.value, part.value.get("records")
    if told not in ("whole", "digests"):
        raise UnreadableError(str(path), "states neither whole records nor digests")
    report.whole = told == "whole"
    return part.text.encode()


def _stamps(path: Path) -> Iterator[object]:
    return (part.value for part in manifests.parts(path, "statement") if part.section == "timestamps")


def _register(path: Path, root: merkle.Root) -> Iterator[Entry]:
    for part in manifests.parts(path, "register"):
        if part.section == "register":
            line = manifests.entry(part.value, str(path))
            root.add(line.leaf)
            yield line


def _records(path: Path, seen: merkle.Root, statement: bytes) -> Iterator[Entry]:
    """The records that stand in a manifest, which is read to its end: its register is put into the tree `seen`.

    Raises UnreadableError where another statement stands there.
    """
    for part in manifests.parts(path):
        if part.section == "records":
            kind, name = part.value.get("kind"), part.value.get("name")
            if not isinstance(kind, str) or not isinstance(name, str):
                raise UnreadableError(str(path), "has a record without a name")
            yield Entry(kind, name, canonical.sha256(part.text.encode()))
        elif part.section == "register":
            seen.add(manifests.entry(part.value, str(path)).leaf)
        elif part.section == "statement" and part.text.encode() != statement:
            raise UnreadableError(str(path), "has a second statement among its records")


def _counted(lines: Iterator[Entry], kinds: Counter[str]) -> Iterator[Entry]:
    for line in lines:
        kinds[line.kind] += 1
        yield line


def _entries(chosen: Iterator[records.Record]) -> Iterator[Entry]:
    for each in chosen:
        yield Entry(each.kind, each.name, canonical.sha256(manifests.record_of(each.kind, each.name, each.content)))


def _filter(path: Path, statement: dict[str, Any]) -> Filter:
    told = statement.get("filter")
    try:
        given: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in dict(told or {}).items()}
        about, plain = Filter(**given), Filter()
        if not all(_is_fit(getattr(about, each.name), getattr(plain, each.name)) for each in fields(Filter)):
            raise TypeError("another kind of value")
        return about
    except (TypeError, ValueError) as error:
        raise UnreadableError(str(path), "has a filter that is none") from error


def _is_fit(value: object, plain: object) -> bool:
    """Whether a field of a filter may have this value, where an empty filter has the plain one."""
    if isinstance(plain, tuple):
        return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, bool if isinstance(plain, bool) else str | None)


def _is_of(record: bytes, line: Entry) -> bool:
    told = json.loads(record)
    is_named = isinstance(told, dict) and (told.get("kind"), told.get("name")) == (line.kind, line.name)
    return is_named and canonical.sha256(record) == line.sha256
