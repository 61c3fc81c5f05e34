"""`archiver export bibtex`: posts and articles as BibTeX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.cli.export import _pseudonyms, _written
from archiver.exports import bibtex

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export bibtex --out metoo.bib --hashtag MeToo
  archiver export bibtex --out articles.bib --what articles --outlet example.com

Keys are unique, and the same in every export. A date is told as far as it is known.
"""


@click.command("bibtex", epilog=_EPILOG)
@_common.existing
@_out.file
@_written.what
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, what: Any, **options: Any) -> None:
    """Write what a filter chooses as BibTeX, for bibliographies."""
    by = _pseudonyms.asked(options)
    about = chosen(options)
    with _common.read(db) as archive:
        n = bibtex.write(archive, about, out, what, by)
    _common.put(f"{out}: {n:,} {'entry' if n == 1 else 'entries'}")
