"""The command `archiver`: its subcommands, each loaded when called."""

from __future__ import annotations

import io
import sys

import click

from archiver import __version__
from archiver.cli._lazy import Commands

__all__ = ["cli", "main"]

_COMMANDS = {
    "archive": ("archiver.cli.archive", "Store articles and the posts embedded in them."),
    "extract": ("archiver.cli.extract", "Print the posts embedded in articles as JSON lines; store nothing."),
    "import": ("archiver.cli.imports", "Store what datasets tell of posts and of articles that embed them."),
    "serve": ("archiver.cli.serve", "Explore an archive with Datasette."),
    "wayback": ("archiver.cli.wayback", "Store articles that the Wayback Machine holds."),
    "commoncrawl": ("archiver.cli.commoncrawl", "Store articles that Common Crawl holds."),
    "crawl": ("archiver.cli.crawl", "Read many WARC files on many machines into Parquet files."),
    "failures": ("archiver.cli.failures", "List the targets that could not be read."),
    "retry": ("archiver.cli.retry", "Try again what failed."),
    "analyze": ("archiver.cli.analyze", "Answer questions from an archive, as tables and pictures."),
    "check": ("archiver.cli.check", "Ask the platforms whether posts are still there."),
    "recover": ("archiver.cli.recover", "Look for lost posts in the Wayback Machine."),
    "report": ("archiver.cli.report", "Write a report on an archive: one page to read and print."),
    "verify": ("archiver.cli.verify", "Check that an archive is whole, and its captures unchanged; or a manifest."),
    "manifest": ("archiver.cli.manifest", "Write digests of an archive's records, stamped with the time."),
    "prove": ("archiver.cli.prove", "Take one record out of a manifest, with its proof."),
    "redact": ("archiver.cli.redact", "Take posts, authors or words out of an archive for good."),
    "honour-deletions": ("archiver.cli.honour_deletions", "Hide posts that their platform shows no more."),
    "merge": ("archiver.cli.merge", "Bring other archives into this one."),
    "export": ("archiver.cli.export", "Write an archive, or a part of it, for other programs."),
}

_EPILOG = """\b
Examples:
  archiver archive article.html https://example.com/story
  archiver extract article.html | head -n 1
  archiver import tweets.jsonl.gz                   # from twarc; also NELA-GT, lists of URLs ...
  archiver serve --open
  archiver failures                                 # what could not be read, and why
  archiver retry --delay 5                          # tries that again
  archiver wayback 'example.com/news/*' --from 2017
  archiver commoncrawl 'example.com/*'
  archiver crawl warc.paths.gz --out parts          # many WARC files, on many machines
  archiver analyze hashtags                         # tables, CSV, JSON, pictures
  archiver check --older-than 30d                   # which posts are still there
  archiver recover --max 100                        # the words of lost posts, from web archives
  archiver report --out report.html                 # pictures and tables to read and print
  archiver verify --db archive.db                   # whether all is as it was captured
  archiver manifest --out evidence.json             # digests of all of it; verify checks them
  archiver prove evidence.json twitter:919659438700670976 --out proof.json
  archiver redact twitter:919659438700670976 --dry-run
  archiver honour-deletions                         # hides what its platform shows no more
  archiver merge other.db
  archiver export wacz --out archive.wacz

\b
Shell completion:
  eval "$(_ARCHIVER_COMPLETE=bash_source archiver)"    # or zsh_source, fish_source
"""


@click.group(
    cls=Commands, subcommands=_COMMANDS, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, "-V", "--version", prog_name="archiver")
def cli() -> None:
    """Find the social posts that articles embed, and archive them in one SQLite file."""


def main() -> None:
    """Runs the command line. Exit codes: 0 all archived, 1 some failed, 2 wrong usage.

    Output is UTF-8 whatever the locale says; a file name that is no UTF-8 is written with escapes, as JSON has them.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    cli(prog_name="archiver")
