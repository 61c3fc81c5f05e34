"""`archiver export`: an archive in other formats."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from archiver import exports
from archiver.cli import _common

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export --wacz metoo.wacz --db metoo.db

A WACZ file opens in https://replayweb.page, which shows its pages as they were. Its posts/posts.jsonl holds one line
for each embed, as `archiver extract` prints it.
"""


@click.command("export", epilog=_EPILOG)
@_common.existing
@click.option(
    "--wacz",
    "wacz",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Pages, posts and the bytes of the WARC files beside the archive, as one WACZ 1.1.1 file.",
)
def command(db: Path, wacz: Path) -> None:
    """Write an archive in another format. A file of that name is replaced once the new one is whole."""
    with _common.opened(db) as archive:
        packed = exports.to_wacz(archive, db, wacz, datetime.now(UTC))
    _common.put(f"{wacz}: {_common.many(len(packed.held), 'WARC file')}")
    for name in packed.left_out:
        click.echo(
            f"left out: {_common.printable(name)} (it does not lie beside {db}, or is no .warc or .warc.gz)", err=True
        )
