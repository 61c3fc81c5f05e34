"""`archiver commoncrawl`: articles as Common Crawl holds them."""

from __future__ import annotations

from functools import partial

import click

from archiver.cli import _webarchives
from archiver.cli._webarchives import Wanted
from archiver.sources.services import commoncrawl

__all__ = ["command"]

_DEFAULTS = commoncrawl.Service()
_EPILOG = """\b
Examples:
  archiver commoncrawl 'example.com/news/*'                          # in the newest crawl
  archiver commoncrawl '*.example.com' --crawl CC-MAIN-2024-10 --limit 100
  archiver commoncrawl https://example.com/story --crawl all
  archiver commoncrawl 'example.com/*' --from 2017-10 --to 2017-12   # in the crawls of that time

Exit codes: 0 all archived, 1 some captures failed or none were found, 2 wrong usage.
"""


@click.command("commoncrawl", epilog=_EPILOG)
@_webarchives.options
@click.option(
    "--crawl",
    "crawls",
    multiple=True,
    metavar="NAME",
    help="The crawl to search (CC-MAIN-2024-10), or all; repeatable.",
)
@click.option("--crawls-url", "index_url", envvar="ARCHIVER_INDEX_URL", default=_DEFAULTS.index_url, hidden=True)
@click.option("--data-url", envvar="ARCHIVER_DATA_URL", default=_DEFAULTS.data_url, hidden=True)
def command(wanted: Wanted, crawls: tuple[str, ...], index_url: str, data_url: str) -> None:
    """Store what Common Crawl captured of articles, and the posts embedded in them.

    A URL stands for one page, example.com/news/* for all below a path, *.example.com for a domain and those below it.
    Without --crawl the newest crawl is searched, or those between --from and --to. Of each capture only its own bytes
    are fetched, and compared with the digest in the index; file, offset and length are kept, so that every row can be
    cited. Pages that a crawl cut off at its limit are read as far as they go.
    """
    service = commoncrawl.Service(index_url=index_url.rstrip("/"), data_url=data_url.rstrip("/"))
    search = partial(
        commoncrawl.search,
        settings=wanted.settings,
        crawl="all" if "all" in crawls else crawls or None,
        service=service,
        start=wanted.start,
        end=wanted.end,
        limit=wanted.limit,
    )
    _webarchives.archived("commoncrawl", wanted, search, partial(commoncrawl.read, service=service), keep=False)
