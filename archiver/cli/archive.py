"""`archiver archive`: articles and their posts into an archive."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from archiver import pipeline, sources, store
from archiver.cli import _common
from archiver.errors import ArchiverError
from archiver.model import Failed
from archiver.pipeline import Run
from archiver.sources import Settings

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver archive https://example.com/story        # a page on the web
  archiver archive saved/ notes.txt                 # a folder of pages, a plain text
  pbpaste | archiver archive -                      # what a program prints
  archiver archive --db metoo.db --json *.html      # into another archive, with a summary for programs

Exit codes: 0 all archived, 1 some targets failed, 2 wrong usage.
"""


@click.command("archive", epilog=_EPILOG)
@_common.targets
@_common.database
@_common.fetching
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(
    targets: tuple[str, ...], db: Path, timeout: float, user_agent: str, allow_private: bool, as_json: bool
) -> None:
    """Store articles, the posts embedded in them, and the words around each embed.

    A TARGET is a URL, a file of HTML, Markdown or plain text, a feed (RSS or Atom), a folder of such files, or - for
    standard input. Archiving the same thing again changes no post, page or embed; a page that tells less than an
    earlier one erases nothing.
    """
    settings = Settings(timeout=timeout, user_agent=user_agent, allow_private=allow_private)
    try:
        archive = store.open_archive(db)
    except ArchiverError as error:
        raise click.ClickException(str(error)) from error
    with closing(archive):
        run = Run(archive, ["archive", *map(sources.shown, targets)])
        try:
            _watch(targets, settings, run)
        except ArchiverError as error:
            raise click.ClickException(f"{db}: {error}") from error
        except KeyboardInterrupt:
            click.echo("interrupted; what was stored so far is kept", err=True)
            _summary(run, db, as_json)
            sys.exit(130)
        _summary(run, db, as_json)
    sys.exit(_common.exit_code(run.counts.failures))


def _watch(targets: tuple[str, ...], settings: Settings, run: Run) -> None:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not _common.is_terminal()) as progress:
        task = progress.add_task("reading", total=None)
        for outcome in pipeline.archive(targets, settings, run):
            if isinstance(outcome, Failed):
                _common.report_failure(outcome)
            counts = run.counts
            progress.update(
                task,
                description=f"{counts.pages} pages, {counts.embeds} embeds, {counts.failures} failed",
            )


def _summary(run: Run, db: Path, as_json: bool) -> None:
    counts = run.counts
    if as_json:
        click.echo(json.dumps({"db": str(db), **asdict(counts)}))
        return
    click.echo(f"{_many(counts.pages, 'page')} with {_many(counts.embeds, 'embed')} in {db}")
    click.echo(f"{_many(counts.posts_new, 'post')} new, {counts.posts_known} known")
    if counts.failures:
        click.echo(f"{_many(counts.failures, 'target')} failed")
    if counts.posts_new or counts.posts_known:
        click.echo(f"Explore: archiver serve{'' if str(db) == 'archive.db' else f' --db {db}'}")


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
