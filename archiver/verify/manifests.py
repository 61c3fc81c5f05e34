"""Manifests and proofs checked, with or without the archive."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
        for pair in pairs(_register(path, root), _records(path)) if report.whole else alone(_register(path, root)):
            in_order = in_order and not pair.is_late
            found = _fault(pair)
            report.size += found is None
            yield found
        yield from _rooted(path, root, report.statement or {})
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


def _rooted(path: Path, root: merkle.Root, statement: dict[str, Any]) -> Iterator[Finding]:
    size, reached, told = statement.get("size"), root.digest().hex(), statement.get("root")
    if size != root.size:
        yield Finding(
            "root", str(path), f"it has {root.size} records, its statement speaks of {size}", None, size, told
        )
    if reached != told:
        wrong = "the records do not lead to the root of the statement: a line of the register is not as it was"
        yield Finding("root", str(path), f"{wrong} (--db tells which)", None, told, reached)


def _statement(path: Path, report: Report) -> bytes:
    """The statement's canonical JSON; what it says is put down too."""
    part = next(manifests.parts(path, "statement"))
    report.statement, report.whole = part.value, part.value.get("records") == "whole"
    return part.text.encode()


def _stamps(path: Path) -> Iterator[object]:
    return (part.value for part in manifests.parts(path, "statement") if part.section == "timestamps")


def _register(path: Path, root: merkle.Root) -> Iterator[Entry]:
    for part in manifests.parts(path, "register"):
        if part.section == "register":
            line = manifests.entry(part.value, str(path))
            root.add(line.leaf)
            yield line


def _records(path: Path) -> Iterator[Entry]:
    for part in manifests.parts(path):
        if part.section != "records":
            return
        kind, name = part.value.get("kind"), part.value.get("name")
        if not isinstance(kind, str) or not isinstance(name, str):
            raise UnreadableError(str(path), "has a record without a name")
        yield Entry(kind, name, canonical.sha256(part.text.encode()))


def _entries(chosen: Iterator[records.Record]) -> Iterator[Entry]:
    for each in chosen:
        yield Entry(each.kind, each.name, canonical.sha256(manifests.record_of(each.kind, each.name, each.content)))


def _filter(path: Path, statement: dict[str, Any]) -> Filter:
    told = statement.get("filter")
    try:
        given: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in dict(told or {}).items()}
        return Filter(**given)
    except (TypeError, ValueError) as error:
        raise UnreadableError(str(path), "has a filter that is none") from error


def _is_of(record: bytes, line: Entry) -> bool:
    told = json.loads(record)
    is_named = isinstance(told, dict) and (told.get("kind"), told.get("name")) == (line.kind, line.name)
    return is_named and canonical.sha256(record) == line.sha256
