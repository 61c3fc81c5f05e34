"""`archiver crawl`: many WARC files to Parquet parts."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from archiver.cli import _common, _crawling, _extras
from archiver.cli._crawling import Summary, Tally
from archiver.errors import ArchiverError

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver crawl crawl/*.warc.gz --out parts                    # on all cores of this machine
  archiver crawl warc.paths.gz --out parts --limit 100 --dry-run
  archiver crawl warc.paths.gz --prefix s3://commoncrawl/ --scheduler tcp://10.0.0.5:8786 --out s3://mine/crawl
  archiver crawl --retry --out parts                            # what failed, once more
  archiver merge parts --db archive.db                          # then archiver serve

Exit codes: 0 all parts are there, 1 some WARC files failed, 2 wrong usage.
"""


@click.command("crawl", epilog=_EPILOG)
@click.argument("warcs", nargs=-1, metavar="[WARC-PATHS]...")
@click.option("--out", required=True, metavar="URL", help="The folder of the parts: a path, or s3://... and the like.")
@click.option(
    "--prefix",
    metavar="URL",
    help="Stands before each line of a list that names no place. [default: Common Crawl's for its lists]",
)
@click.option("--scheduler", metavar="ADDRESS", help="A Dask scheduler (tcp://HOST:8786), in place of this machine.")
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    default=os.cpu_count() or 1,
    metavar="N",
    help="Processes on this machine where no scheduler is given. [default: one a core]",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N WARC files.")
@click.option("--retry", is_flag=True, help="Only what failed in the last crawl to --out.")
@click.option("--dry-run", is_flag=True, help="Only tell how long it would take, and how much it would write.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    warcs: tuple[str, ...],
    out: str,
    prefix: str | None,
    scheduler: str | None,
    workers: int,
    limit: int | None,
    retry: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read many WARC files on many cores or machines, and keep the posts that their pages embed as Parquet files.

    WARC-PATHS are paths and URLs of WARC files, or files that list them, such as Common Crawl's warc.paths.gz. Each
    WARC file becomes one part below --out, wholly or not at all; one that is done is not read again, so that the same
    command goes on where an earlier one ended, however that was. DuckDB and pandas read parts as they are, and archiver
    merge stores them in an archive. Needs the extra: pip install 'social-post-archiver[cluster]'.
    """
    if bool(warcs) == retry:
        raise click.UsageError("Give WARC-PATHS, or --retry, which takes those that failed.")
    cluster = {name: _extras.cluster(name, "crawl") for name in ("crawl", "estimate", "manifest", "paths", "stores")}
    try:
        manifest = cluster["manifest"].Manifest(cluster["stores"].located(out))
        sources = sorted(manifest.failed) if retry else cluster["paths"].listed(warcs, prefix)
        sources = sources[:limit]
        if dry_run:
            _crawling.show_estimate(cluster["estimate"].estimate(sources, manifest, workers), as_json=as_json)
            return
        told = _crawled(cluster["crawl"], sources, manifest, scheduler, workers)
    except ArchiverError as error:
        raise _common.refusal(error) from error
    _crawling.show_summary(told, manifest.out, as_json=as_json)
    sys.exit(_common.exit_code(told.failures))


def _crawled(crawl: Any, sources: Sequence[str], manifest: Any, scheduler: str | None, workers: int) -> Summary:
    """What became of the WARC files, after all that can be done is."""
    tally = Tally(len(sources), manifest.done)
    try:
        if sources:
            with crawl.connected(scheduler, min(workers, len(sources))) as client:
                click.echo(f"dashboard: {_common.printable(client.dashboard_link)}", err=True)
                _crawling.watch(crawl.outcomes(client, sources, manifest), tally)
    except KeyboardInterrupt:
        click.echo("interrupted; parts that are done are kept, and the same command goes on", err=True)
        sys.exit(130)
    return tally.summary()
