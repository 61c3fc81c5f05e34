"""`archiver export html`: posts to read, as a page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.cli.export import _pseudonyms
from archiver.exports import html

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export html --out metoo.html --hashtag MeToo
  archiver export html --out 2017.html --from 2017 --to 2017

Posts come by the time of posting, those of unknown time last.
"""


@click.command("html", epilog=_EPILOG)
@_common.existing
@_out.file
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, **options: Any) -> None:
    """Write the posts that a filter chooses as one HTML page: text, author, time, and the articles that embed them."""
    by = _pseudonyms.asked(options)
    about = chosen(options)
    with _common.read(db) as archive:
        n = html.write(archive, about, out, datetime.now(UTC), by)
    _common.put(f"{out}: {_common.many(n, 'post')}")
