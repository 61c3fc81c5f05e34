"""`archiver export md`: posts to read, as Markdown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.cli.export import _pseudonyms
from archiver.exports import md

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export md --out metoo.md --hashtag MeToo
  archiver export md --out 2017.md --from 2017 --to 2017

Posts come by the time of posting, those of unknown time last.
"""


@click.command("md", epilog=_EPILOG)
@_common.existing
@_out.file
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, **options: Any) -> None:
    """Write the posts that a filter chooses as Markdown: text, author, time, and the articles that embed them."""
    by = _pseudonyms.asked(options)
    about = chosen(options)
    with _common.read(db) as archive:
        n = md.write(archive, about, out, datetime.now(UTC), by)
    _common.put(f"{out}: {_common.many(n, 'post')}")
