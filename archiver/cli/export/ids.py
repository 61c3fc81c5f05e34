"""`archiver export ids`: posts as their ids alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from archiver.cli import _common, _out
from archiver.cli._filters import filtering
from archiver.cli.export import _pseudonyms, _tables
from archiver.exports import lines

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export ids --out tweets.txt --platform twitter
  archiver export ids --out - --platform twitter --hashtag MeToo | wc -l

Such a list may be shared where posts may not; twarc and others fetch ("hydrate") what is still there.
"""


@click.command("ids", epilog=_EPILOG)
@_common.existing
@_pseudonyms.refusing("ids lead to the person")
@_out.file_or_stream("The file to write, - for standard output.")
@filtering
def command(db: Path, out: Path, **options: Any) -> None:
    """Write the platforms' own ids of embedded posts ("dehydrated"), one a line, by the time of posting.

    Give --platform: ids of several platforms look alike. Where ids belong to an instance or an account (Mastodon,
    Bluesky), that stands before them with a slash. How many posts have no id is said on standard error.
    """
    with (
        _tables.keeping(db, options) as found,
        _tables.counted(found.ids(), "posts", partial(found.count, "posts")) as posts,
    ):
        told = lines.ids(out, posts)
    if told.without:
        click.echo(f"{_common.many(told.without, 'post')} left out: no page tells an id", err=True)
    if len(told.platforms) > 1:
        held = ", ".join(f"{name} {number:,}" for name, number in told.platforms.most_common())
        click.echo(f"ids of several platforms, which look alike ({held}): choose one with --platform", err=True)
