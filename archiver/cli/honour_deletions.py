"""`archiver honour-deletions`: hides posts that are gone."""

from __future__ import annotations

from pathlib import Path

import click

from archiver.cli import _common
from archiver.store import deletions

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver honour-deletions                          # hides what is gone
  archiver honour-deletions --status gone --status suspended
  archiver honour-deletions --off
  archiver redact twitter:919659438700670976         # takes out instead of hiding
"""


@click.command("honour-deletions", epilog=_EPILOG)
@_common.existing
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(deletions.STATUSES), help="Posts to hide. [default: gone]"
)
@click.option("--off", is_flag=True, help="Hide none.")
def command(db: Path, statuses: tuple[str, ...], off: bool) -> None:
    """Hide posts that their platform shows no more: in analysis, exports, manifests, and in the explorer.

    Nothing is deleted, and the choice goes with the archive. `archiver check` finds out what became of posts; those
    that were never asked for, or came back, are shown. SQL of one's own still reads them.
    """
    if off and statuses:
        raise click.UsageError("--off hides none; give no --status with it.")
    chosen = () if off else statuses or ("gone",)
    with _common.opened(db) as archive:
        deletions.honour(archive, chosen)
    _common.put(f"{db} hides posts that are {' or '.join(chosen)}" if chosen else f"{db} hides no posts")
