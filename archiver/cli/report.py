"""`archiver report`: an archive as one page to print."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.cli.export import _pseudonyms
from archiver.exports import report

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver report --out report.html
  archiver report --out metoo.html --hashtag MeToo --from 2017-10 --pictures figures

The page is one file without scripts: it can be sent, printed, and opened without a network.
"""


@click.command("report", epilog=_EPILOG)
@_common.existing
@_pseudonyms.refusing("it tells of authors one by one, with pictures")
@_out.file
@click.option("--title", metavar="TEXT", help="The report's title; the archive's name where none is given.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Also write each picture there as SVG, and as PNG where vl-convert is installed.",
)
@filtering
def command(db: Path, out: Path, title: str | None, pictures: Path | None, **options: Any) -> None:
    """Write a report on an archive, or on what a filter chooses of it.

    What it holds, how it was made, posts and articles over time, most embedded hashtags, authors, outlets and
    platforms, networks, time from post to article, how posts are known, notable posts, method and limits.
    """
    about = chosen(options)
    with _common.read(db) as archive:
        contents = report.gather(archive, about, _tell if _common.is_terminal() else lambda _: None)
        report.write(contents, out, title or db.stem, datetime.now(UTC))
        drawn = report.write_pictures(contents, pictures, _warn) if pictures else []
    more = f", {_common.many(len(drawn), 'picture')} in {pictures}" if pictures else ""
    _common.put(f"{out}: {_common.many(contents.counts[0].n_chosen, 'post')}{more}")


def _tell(part: str) -> None:
    click.echo(f"asking: {part}", err=True)


def _warn(why: str) -> None:
    click.echo(f"no PNG: {_common.printable(why)}", err=True)
