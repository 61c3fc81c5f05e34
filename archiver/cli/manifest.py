"""`archiver manifest`: digests of records, stamped with the time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from archiver import __version__
from archiver.cli import _common, _filters, _out, _proven
from archiver.cli._times import Seconds
from archiver.errors import ArchiverError
from archiver.evidence import stamps
from archiver.exports import manifest

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver manifest --out evidence.json
  archiver manifest --hashtag MeToo --from 2017-10 --out metoo.json --db metoo.db
  archiver manifest --out evidence.json --timestamp https://freetsa.org/tsr --timestamp http://timestamp.digicert.com
  archiver verify evidence.json                     # offline; also with --db archive.db
  archiver prove evidence.json twitter:919659438700670976 --out proof.json

A manifest lists the chosen posts, their embeds and the captures these were read from as canonical JSON (RFC 8785),
the SHA-256 of each, and the root of a Merkle tree (RFC 6962) over all. docs/evidence.md says how to check it by hand.
"""


@click.command("manifest", epilog=_EPILOG)
@_common.existing
@_out.file
@_filters.filtering
@click.option("--digests-only", is_flag=True, help="Leave out what the records hold, and tell their digests alone.")
@click.option(
    "--timestamp", "authorities", multiple=True, metavar="URL", help="Ask this authority for a stamp (RFC 3161)."
)
@click.option("--timeout", type=Seconds(min=1), default=30.0, show_default=True, help="Seconds to wait for it.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as one JSON object.")
def command(
    db: Path,
    out: Path,
    digests_only: bool,
    authorities: tuple[str, ...],
    timeout: float,
    as_json: bool,
    **options: Any,
) -> None:
    """Write a list of what the archive holds, by which anyone can tell later whether it was changed.

    Where an authority gives no stamp, the manifest is written without it, and the exit code is 1.
    """
    failures: list[str] = []

    def stamped(statement: bytes) -> list[dict[str, object]]:
        got = []
        with httpx.Client(timeout=timeout, headers={"User-Agent": f"social-post-archiver/{__version__}"}) as client:
            for url in authorities:
                try:
                    got.append(stamps.got(client, url, statement))
                except ArchiverError as error:
                    failures.append(str(error))
                    click.echo(f"{click.style('failed', fg='red')}  {_common.printable(str(error))}", err=True)
        return got

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} records"))
    console = Console(stderr=True)
    with (
        _common.read(db) as archive,
        Progress(*columns, console=console, transient=True, disable=not _common.is_terminal()) as shown,
    ):
        task, now = shown.add_task(""), datetime.now(UTC)
        about = _filters.chosen(options)
        stated = manifest.write(
            archive, db, out, about, now, whole=not digests_only, stamping=stamped, progress=lambda: shown.advance(task)
        )
    got = len(authorities) - len(failures)
    if as_json:
        told = {"out": str(out), "records": stated.size, "root": stated.root, "stamps": got, "failures": failures}
        _common.put(_common.as_json(told))
    else:
        _common.put(f"{_common.many(stated.size, 'record')} in {out}, root {stated.root}")
        _common.put(_told(got))
        _common.put(_proven.NOT_PROVEN)
    sys.exit(_common.exit_code(len(failures)))


def _told(stamps: int) -> str:
    if stamps:
        by = "an authority" if stamps == 1 else f"{stamps} authorities"
        return f"Provable with it: that these bytes existed when {by} stamped them, and are unchanged since."
    return (
        "Provable with it: that these bytes are unchanged since whenever someone else can show to have had this root "
        "(publish it, mail it, or ask for a stamp with --timestamp)."
    )
