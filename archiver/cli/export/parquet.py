"""`archiver export parquet`: typed tables for DuckDB, pandas, Spark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import filtering
from archiver.cli.export import _pseudonyms, _tables
from archiver.exports import parquet
from archiver.store.kept import Kept

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export parquet --out embeds.parquet
  archiver export parquet --out posts.parquet --table posts --platform twitter
  archiver export parquet --out tables/ --tables    # a file for each table

Times are UTC, hashtags and other lists are lists; docs/exports.md tells the type of each column. Needs pyarrow:
pip install 'social-post-archiver[parquet]'
"""


@click.command("parquet", epilog=_EPILOG)
@_common.existing
@_out.file_or_stream("The file to write; with --tables a folder.")
@_tables.tables
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, table: str | None, every: bool, **options: Any) -> None:
    """Write the flat view embed_details, a row for each embed, or other tables, as Parquet.

    A file of that name is replaced once the new one is whole.
    """
    if out == _tables.STDOUT:
        raise click.UsageError("a Parquet file is no text: name a file with --out")

    def write(path: Path, kept: Kept, name: str, rows: Iterator[tuple[Any, ...]]) -> None:
        parquet.write(path, kept.columns(name), rows)

    by = _pseudonyms.asked(options)
    with _tables.keeping(db, options) as found:
        _tables.write(found, out, ".parquet", write, table=table, every=every, by=by)
