"""`archiver export csv`: tables for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import filtering
from archiver.cli.export import _pseudonyms, _tables
from archiver.exports import csv
from archiver.store.kept import Kept

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export csv --out embeds.csv
  archiver export csv --out metoo.csv --hashtag MeToo --from 2017-10 --excel
  archiver export csv --out posts.csv --table posts
  archiver export csv --out tables/ --tables        # a file for each table
  archiver export csv --out - | head                # standard output

docs/exports.md tells what the columns are, and what --excel changes.
"""


@click.command("csv", epilog=_EPILOG)
@_common.existing
@_out.file_or_stream("The file to write, - for standard output; with --tables a folder.")
@_tables.tables
@click.option(
    "--excel",
    is_flag=True,
    help="For spreadsheets: a byte-order mark, and an apostrophe before what they would take for a formula, or round. "
    "That changes the data.",
)
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, table: str | None, every: bool, excel: bool, **options: Any) -> None:
    """Write the flat view embed_details, a row for each embed, or other tables, as CSV.

    UTF-8, with a header. A file of that name is replaced once the new one is whole.
    """

    def write(path: Path, kept: Kept, name: str, rows: Iterator[tuple[Any, ...]]) -> None:
        found = map(_printable, rows) if _tables.to_terminal(path) else rows
        csv.write(path, [column.name for column in kept.columns(name)], found, excel=excel)

    by = _pseudonyms.asked(options)
    with _tables.keeping(db, options) as found:
        _tables.write(found, out, ".csv", write, table=table, every=every, by=by)


def _printable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(_common.printable(value) if isinstance(value, str) else value for value in row)
