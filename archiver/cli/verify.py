"""`archiver verify`: an archive, a manifest or a proof checked."""

from __future__ import annotations

import sqlite3
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from click.core import ParameterSource
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from archiver.cli import _common, _manifests
from archiver.store import captures
from archiver.verify import KINDS, Finding, verify

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver verify
  archiver verify --db metoo.db --json | jq .findings
  archiver verify evidence.json                     # a manifest, without its archive
  archiver verify evidence.json --db metoo.db --ca freetsa.pem
  archiver verify proof.json                        # one record of it

Exit codes: 0 nothing differs, 1 something does, 2 wrong usage.
"""


@dataclass(slots=True)
class _Report:
    """What was found; of each kind the first few are kept."""

    most: int
    captures: int = 0
    unkept: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        self.counts[finding.kind] += 1
        if self.counts[finding.kind] <= self.most:
            self.examples.append(finding)


@click.command("verify", epilog=_EPILOG)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_common.existing
@click.option(
    "--ca",
    "certificates",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates (PEM) of an authority whose stamps of time are believed.",
)
@click.option("--show", type=click.IntRange(0), default=10, show_default=True, help="Examples of each kind to print.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts and the examples as one JSON object.")
@click.pass_context
def command(
    ctx: click.Context, file: Path | None, db: Path, certificates: tuple[Path, ...], show: int, as_json: bool
) -> None:
    """Read every capture back, and compare each row with it; or check a FILE that `archiver manifest` or `prove` made.

    A manifest is checked without the archive, and with --db against it. Nothing is fetched.

    Of an archive, captures are read back.
    Bytes are compared with their digests. The archive is then made again from the captures alone, in a temporary file,
    and every page, embed and post compared. Captures whose bytes were not kept are counted, and not taken for a fault.
    """
    is_given = ctx.get_parameter_source("db") is not ParameterSource.DEFAULT
    if file is not None and _manifests.is_checkable(file):
        faults = _manifests.check(file, db if is_given else None, certificates, show, as_json=as_json)
        sys.exit(_common.exit_code(faults))
    if file is not None and is_given:
        raise click.UsageError(f"{file} is no manifest and no proof.")
    if file is not None and not file.stat().st_size:
        raise click.ClickException(f"{file}: is empty; it is no archive, no manifest and no proof")
    db, report = file or db, _Report(show)
    with _common.opened(db) as archive:
        _watch(archive, db, report)
    if as_json:
        told = {"db": str(db), "captures": report.captures, "not_kept": report.unkept, "found": dict(report.counts)}
        _common.put(_common.as_json(told | {"findings": [asdict(each) for each in report.examples]}))
    else:
        _print(report, db)
    sys.exit(_common.exit_code(report.counts.total()))


def _watch(archive: sqlite3.Connection, db: Path, report: _Report) -> None:
    console = Console(stderr=True)
    columns = (TextColumn("reading captures"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not _common.is_terminal()) as progress:
        task = progress.add_task("", total=captures.count(archive))
        for checked in verify(archive, db):
            if checked.capture_id is not None:
                report.captures += 1
                report.unkept += not checked.is_kept
                progress.advance(task)
            for finding in checked.findings:
                report.add(finding)


def _print(report: _Report, db: Path) -> None:
    for kind, told in KINDS.items():
        if not report.counts[kind]:
            continue
        _common.put(f"{report.counts[kind]:>7}  {click.style(kind, fg='red')}: {told}")
        for each in report.examples:
            if each.kind == kind:
                about = f" (capture {each.capture_id})" if each.capture_id else ""
                _common.put(" " * 9 + _common.printable(f"{each.thing}: {each.wrong}{about}"))
    if report.unkept:
        _common.put(f"{report.unkept:>7}  captures whose bytes were not kept here; their pages were not compared")
    found = report.counts.total()
    told = _common.many(found, "finding") if found else "nothing differs"
    _common.put(f"{_common.many(report.captures, 'capture')} in {db} read back: {told}")
