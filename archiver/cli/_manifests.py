"""A manifest or a proof checked, and what that proves."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from archiver.cli import _common, _proven
from archiver.errors import ArchiverError
from archiver.evidence import manifests, proofs, stamps
from archiver.verify import Finding
from archiver.verify import manifests as checks
from archiver.verify.manifests import FAULTS, Report

__all__ = ["check", "is_checkable"]


def is_checkable(path: Path) -> bool:
    """Whether a file is a manifest or a proof, by its content."""
    return manifests.is_manifest(path) or proofs.is_proof(path)


def check(path: Path, db: Path | None, certificates: Sequence[Path], most: int, *, as_json: bool) -> int:
    """Prints what is wrong with a manifest or proof, and what it proves; how many faults there are.

    Of each kind of fault at most so many examples are printed. Raises click.ClickException.
    """
    report, counts, examples = Report(), Counter[str](), list[Finding]()
    with _common.opened(db) if db else nullcontext() as archive:
        try:
            trusted = [each for file in certificates for each in stamps.authorities(file)]
            for finding in _found(path, report, trusted, archive):
                counts[finding.kind] += 1
                if counts[finding.kind] <= most:
                    examples.append(finding)
        except ArchiverError as error:
            raise _common.refusal(error) from error
    faults = counts.total() - counts["since"]
    if as_json:
        told = {"file": str(path), "records": report.size, "statement": report.statement, "found": dict(counts)}
        times = [asdict(each) | {"at": each.at and each.at.isoformat()} for each in report.stamps]
        _common.put(_common.as_json(told | {"timestamps": times, "findings": [asdict(each) for each in examples]}))
        return faults
    for kind, about in FAULTS.items():
        if counts[kind]:
            _common.put(f"{counts[kind]:>7}  {click.style(kind, fg='red')}: {about}")
        for each in examples:
            if each.kind == kind:
                _common.put(" " * 9 + _common.printable(f"{each.thing}: {each.wrong}"))
    for line in _conclusion(path, report, db, counts):
        _common.put(line)
    return faults


def _found(
    path: Path, report: Report, trusted: Sequence[object], archive: sqlite3.Connection | None
) -> Iterable[Finding]:
    if proofs.is_proof(path):
        yield from checks.proof(path, report, trusted)
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} records"))
    hidden = not _common.is_terminal()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        task = progress.add_task("")
        for finding in checks.verify(path, report, trusted, archive):
            progress.advance(task)
            if finding is not None:
                yield finding


def _conclusion(path: Path, report: Report, db: Path | None, counts: Counter[str]) -> Iterable[str]:
    told = report.statement or {}
    is_whole = not counts.total() - counts["since"] - counts["time"]
    if is_whole and proofs.is_proof(path):
        yield f"Proven: this record is one of the {told.get('size')} of which the statement in {path} speaks."
    elif is_whole:
        yield (
            f"Proven: {_common.many(report.size, 'record')} of {path} are those of its statement: none was changed, "
            "added, removed or reordered."
        )
        if report.is_compared:
            yield f"Proven: {db} holds them as they are there. Whether its WARC files do: archiver verify --db {db}"
    if told:
        yield from _proven.times(report.stamps, told.get("created_at"), is_whole=is_whole)
    if told and not report.whole:
        yield "The records are told by digest: who has one can show that it is the one meant, nobody can read it here."
    yield _proven.NOT_PROVEN
