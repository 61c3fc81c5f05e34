"""`archiver wayback`: articles as the Wayback Machine holds them."""

from __future__ import annotations

from functools import partial

import click

from archiver.cli import _webarchives
from archiver.cli._webarchives import Wanted
from archiver.sources.services import wayback

__all__ = ["command"]

_DEFAULTS = wayback.Service()
_EPILOG = """\b
Examples:
  archiver wayback https://example.com/story                  # all captures of a page that differ
  archiver wayback 'example.com/news/*' --from 2017-10 --to 2017-12
  archiver wayback '*.example.com' --list > captures.jsonl    # only what there is
  archiver wayback --cdx captures.jsonl --resume              # some of them, again after an interruption

Exit codes: 0 all archived, 1 some captures failed or none were found, 2 wrong usage.
"""


@click.command("wayback", epilog=_EPILOG)
@_webarchives.options
@click.option("--no-warc", is_flag=True, help="Do not keep what the archive sent (in WARC files beside ours).")
@click.option("--cdx-url", envvar="ARCHIVER_CDX_URL", default=_DEFAULTS.cdx_url, hidden=True)
@click.option("--replay-url", envvar="ARCHIVER_REPLAY_URL", default=_DEFAULTS.replay_url, hidden=True)
def command(wanted: Wanted, no_warc: bool, cdx_url: str, replay_url: str) -> None:
    """Store what the Wayback Machine captured of articles, and the posts embedded in them.

    A URL stands for one page, example.com/news/* for all below a path, *.example.com for a domain and those below it.
    Captures that hold the same as the one before are left out. The bytes are asked for as they were received, and a
    page keeps the address that it had; archived_at says when it was captured. The archive is asked for at most 24
    searches a minute and 8 captures a second, and left alone for a minute when it asks for that.
    """
    service = wayback.Service(cdx_url=cdx_url, replay_url=replay_url.rstrip("/"))
    search = partial(
        wayback.search,
        settings=wanted.settings,
        service=service,
        start=wanted.start,
        end=wanted.end,
        limit=wanted.limit,
    )
    _webarchives.archived("wayback", wanted, search, partial(wayback.read, service=service), keep=not no_warc)
