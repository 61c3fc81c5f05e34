"""`archiver export sqlite`: a part of an archive by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import filtering
from archiver.cli.export import _pseudonyms, _tables
from archiver.exports import sqlite
from archiver.store.exports import warcs_elsewhere

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export sqlite --out metoo.db --hashtag MeToo
  archiver serve --db metoo.db
  archiver export sqlite --out copy.db              # all of it

WARC files are not copied: captures still name them, and those that lie beside the archive are listed.
"""


@click.command("sqlite", epilog=_EPILOG)
@_common.existing
@_pseudonyms.refusing("an archive holds what names accounts in every table")
@_out.database
@filtering
def command(db: Path, out: Path, **options: Any) -> None:
    """Write what a filter chooses, with all that it refers to, as an archive of its own.

    Posts chosen come with their embeds, articles, captures and runs, authors, outlets, hashtags, mentions, links and
    media, what platforms answered, and the posts to which they relate. All commands work on it, `archiver merge` brings
    it back. A file of that name is replaced once the new one is whole.
    """
    argv = ["export", "sqlite", *_tables.asked(options)]
    with _tables.keeping(db, options) as found:
        copied = sqlite.write(found, db, out, argv)
        with _tables.counted(copied, "tables", lambda: len(sqlite.COPIED)) as tables:
            for _ in tables:
                pass
        _tell(db, out)


def _tell(db: Path, out: Path) -> None:
    with _common.opened(out) as part:
        warcs = warcs_elsewhere(part, db.parent, out.parent)
    _common.put(str(out))
    _common.tell_copies(warcs, out.parent)
