"""`archiver export`: an archive in other formats."""

from __future__ import annotations

import click

from archiver.cli._lazy import Commands

__all__ = ["command"]

_FORMATS = {
    "wacz": ("archiver.cli.export.wacz", "Pages, posts and captured bytes as one file to replay."),
}

_EPILOG = """\b
Examples:
  archiver export wacz --out metoo.wacz --db metoo.db
"""


@click.group("export", cls=Commands, subcommands=_FORMATS, epilog=_EPILOG)
def command() -> None:
    """Write an archive, or what a filter chooses of it, for other programs."""
