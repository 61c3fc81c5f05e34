"""`archiver import`: posts and articles that datasets tell of."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from archiver import imports, pipeline, store
from archiver.cli import _common, _progress

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver import tweets.jsonl.gz                   # twarc, or Twitter's interfaces
  archiver import twitter.db nela-gt-2020.db        # databases of twitter-to-sqlite, of NELA-GT
  archiver import results.csv --format tweetfinder
  archiver import urls.txt                          # a URL or a tweet's id a line
  archiver import ids.txt --platform youtube
  archiver import tweets.jsonl --resume             # again after an interruption

Exit codes: 0 all imported, 1 some records or files failed, 2 wrong usage.
"""


@click.command("import", epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_common.database
@click.option(
    "--format",
    "kind",
    type=click.Choice(sorted(kind.name for kind in imports.KINDS)),
    help="What the files are. [default: as they look]",
)
@click.option(
    "--platform",
    type=click.Choice(imports.PLATFORMS),
    help="Of which platform the ids in a list are. [default: of tweets, where they can be]",
)
@click.option(
    "--resume", is_flag=True, help="Go on with the last import, if it was interrupted: give it the same files."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    files: tuple[str, ...], db: Path, kind: str | None, platform: str | None, resume: bool, as_json: bool
) -> None:
    """Store what datasets tell of posts, and of articles that embed them.

    A FILE is JSON of tweets (twarc, Twitter's interfaces v1.1 and v2), a database of twitter-to-sqlite or NELA-GT,
    tweetfinder's results (JSON or CSV), or a list of posts' URLs or ids; JSON, CSV and lists may be packed by gzip or
    zstd. What an archive knows is enriched and never erased; importing the same again adds no post and no embed. Posts
    that no article embeds have n_embeds 0, and are in no count of embedded posts.
    """
    options = [f"--format={kind}"] if kind else []
    options += [f"--platform={platform}"] if platform else []
    with (
        _progress.writing(db, ["import", *files, *options], keep=False, resume=resume) as run,
        closing(store.Attempts(db, run.resumes)) as attempts,
    ):
        settings = imports.Settings(kind, platform, attempts.is_done)
        _progress.watched(pipeline.keep(imports.read(files, settings), run), run, db, as_json=as_json)
