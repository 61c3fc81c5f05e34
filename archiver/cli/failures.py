"""`archiver failures`: the targets whose last attempt failed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from archiver import store
from archiver.cli import _common

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver failures
  archiver failures --json | jq -r 'select(.status == 404) | .target'
  archiver retry                                    # tries them again
"""


@click.command("failures", epilog=_EPILOG)
@_common.existing
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def command(db: Path, as_json: bool) -> None:
    """List the targets that could not be read when they were last tried, the latest first, and why."""
    with _common.read(db) as archive:
        found = store.failures(archive)
    for failure in found:
        if as_json:
            _common.put(_common.as_json(asdict(failure)))
        else:
            tries = "" if failure.attempts == 1 else f" ({failure.attempts} tries)"
            _common.put(f"{failure.failed_at}  {_common.printable(failure.error)}{tries}")
    if not found and not as_json:
        _common.put(f"nothing failed in {db}")
