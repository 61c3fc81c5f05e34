"""`archiver archive`: articles and their posts into an archive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archiver import lazily, pipeline, sources
from archiver.cli import _common, _progress, _targets
from archiver.sources import Settings

if TYPE_CHECKING:
    from archiver.sources.services import wayback
else:
    wayback = lazily.module("archiver.sources.services.wayback")

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver archive https://example.com/story        # a page on the web
  archiver archive saved/ notes.txt                 # a folder of pages, a plain text
  archiver archive https://example.com/feed.xml --follow --since 2026-01-01
  archiver archive --urls list.csv --resume         # many URLs; again after an interruption
  archiver archive crawl.warc.gz                    # a web archive (WARC, WACZ, HAR)
  archiver archive CC-MAIN-*.warc.gz --embeds-only  # of a large crawl, the pages that embed posts
  pbpaste | archiver archive -                      # what a program prints
  archiver archive --db metoo.db --json *.html      # into another archive, with a summary for programs

Exit codes: 0 all archived, 1 some targets failed, 2 wrong usage.
"""


@click.command("archive", epilog=_EPILOG)
@_targets.targets
@_common.database
@_targets.following
@_targets.fetching
@_targets.jobs
@click.option(
    "--resume", is_flag=True, help="Go on with the last run, if it was interrupted: give it the same targets again."
)
@click.option(
    "--fallback",
    type=click.Choice(["wayback"]),
    help="Where a page is gone, or its server is, take the last capture that the Wayback Machine has.",
)
@click.option(
    "--embeds-only",
    is_flag=True,
    help="Store only the pages that embed posts; the others are read as far as needed, and counted.",
)
@click.option("--again", is_flag=True, help="Also read web archives (WARC, WACZ, HAR) that were read whole before.")
@click.option("--no-warc", is_flag=True, help="Do not keep what servers sent (in WARC files beside the archive).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    settings: Settings,
    targets: tuple[str, ...],
    lists: tuple[str, ...],
    db: Path,
    jobs: int,
    resume: bool,
    fallback: str | None,
    embeds_only: bool,
    again: bool,
    no_warc: bool,
    as_json: bool,
) -> None:
    """Store articles, the posts embedded in them, and the words around each embed.

    A TARGET is a URL, a file of HTML, Markdown or plain text, a feed (RSS, Atom, JSON Feed), a sitemap, a list of URLs,
    a web archive (WARC, WACZ, HAR), a folder of such files, or - for standard input. Archiving the same thing again
    changes no post, page or embed; a page that tells less than an earlier one erases nothing, and one that its server
    calls unchanged is not sent again.
    """
    _targets.check(targets, lists)
    settings = replace(settings, fallback=wayback.nearest if fallback else None)
    argv = ["archive", *map(sources.shown, targets), *(f"--urls={sources.shown(path)}" for path in lists)]
    with (
        _progress.writing(db, argv, keep=not no_warc, resume=resume, jobs=jobs) as run,
        _progress.knowing(settings, run, db, again=again) as knowing,
    ):
        run.embeds_only = embeds_only
        _progress.watched(pipeline.archive(targets, knowing, run, lists), run, db, as_json=as_json)
