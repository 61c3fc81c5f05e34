"""`archiver export wacz`: an archive as one file to replay."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from archiver.cli import _common, _out
from archiver.cli.export import _pseudonyms
from archiver.exports import wacz

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export wacz --out metoo.wacz --db metoo.db

A WACZ file opens in https://replayweb.page, which shows its pages as they were. Its posts/posts.jsonl holds one line
for each embed, as `archiver extract` prints it.
"""


@click.command("wacz", epilog=_EPILOG)
@_common.existing
@_pseudonyms.refusing("it holds the pages as they came")
@_out.file
def command(db: Path, out: Path) -> None:
    """Write pages, posts and the bytes of the WARC files beside the archive as one WACZ 1.1.1 file.

    A file of that name is replaced once the new one is whole.
    """
    with _common.read(db) as archive:
        packed = wacz.write(archive, db, out, datetime.now(UTC))
    _common.put(f"{out}: {_common.many(len(packed.held), 'WARC file')}")
    for name in packed.left_out:
        click.echo(
            f"left out: {_common.printable(name)} (it does not lie beside {db}, or is no .warc or .warc.gz)", err=True
        )
