"""`archiver retry`: tries again what failed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from archiver import pipeline, store, urls
from archiver.cli import _common, _progress, _targets
from archiver.sources import Settings

__all__ = ["command"]

_RECORD = re.compile(r".+#bytes=\d+-\d+", re.ASCII)  # of a web archive, in a file of a gigabyte
_EPILOG = """\b
Examples:
  archiver retry
  archiver retry --timeout 120 --delay 5
  archiver retry --status 429 --status 503          # only what was refused for now

Exit codes: 0 all archived, 1 some targets failed again, 2 wrong usage.
"""


@click.command("retry", epilog=_EPILOG)
@_common.existing
@_targets.fetching
@click.option("--status", "statuses", type=int, multiple=True, metavar="CODE", help="Only those with this HTTP status.")
@click.option("--no-warc", is_flag=True, help="Do not keep what servers sent (in WARC files beside the archive).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(settings: Settings, db: Path, statuses: tuple[int, ...], no_warc: bool, as_json: bool) -> None:
    """Try again every target whose last attempt failed (archiver failures lists them).

    What is only a part of something else (a line of a list, a record of a WARC) and standard input are left out.
    """
    with _common.opened(db) as archive:
        failed = [f.target for f in store.failures(archive) if not statuses or f.status in statuses]
    for target in filter(_is_part, failed):
        told = f"{_common.printable(target)}: has no address of its own; archive what holds it again"
        click.echo(f"left    {told}", err=True)
    failed = [target for target in failed if not _is_part(target)]
    if not failed and not as_json:
        _common.put(f"nothing to try again in {db}")
        return
    with (
        _progress.writing(db, ["retry"], keep=not no_warc, resume=False) as run,
        _progress.knowing(settings, run, db) as knowing,
    ):
        _progress.watched(pipeline.archive(failed, knowing, run), run, db, as_json=as_json)


def _is_part(target: str) -> bool:
    """Whether a target cannot be read by its name: standard input, a line of a list, a record of a web archive."""
    if urls.is_web(target):
        return _RECORD.fullmatch(target) is not None
    name, is_inner, _ = target.partition("#")
    return name == "-" or (bool(is_inner) and not os.path.exists(target))
