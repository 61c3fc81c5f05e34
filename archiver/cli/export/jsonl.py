"""`archiver export jsonl`: embeds as JSON lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import filtering
from archiver.cli.export import _pseudonyms, _tables
from archiver.exports import lines
from archiver.store import exports

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export jsonl --out embeds.jsonl
  archiver export jsonl --out - --hashtag MeToo | jq -r .permalink

Each line has the keys of those that `archiver extract` prints.
"""


@click.command("jsonl", epilog=_EPILOG)
@_common.existing
@_out.file_or_stream("The file to write, - for standard output.")
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, **options: Any) -> None:
    """Write one JSON object a line for each embed, as `archiver extract` prints it.

    Its text, name and date are what its page shows; when it was posted, its hashtags, mentions, links and media what
    all pages tell of the post. A file of that name is replaced once the new one is whole.
    """
    by = _pseudonyms.asked(options)
    with _tables.keeping(db, options) as found:
        lined = exports.post_lines(found.archive, found)
        told = map(by.line, lined) if by else lined
        with _tables.counted(told, "embeds", lambda: found.count("embeds")) as shown:
            lines.write(out, shown, _common.escaped)
        _tables.tell(out, _common.many(found.count("embeds"), "embed"))
