"""`archiver merge`: other archives, and parts of crawls, into one."""

from __future__ import annotations

import shlex
import sys
from contextlib import closing
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from archiver import merging, pipeline, store
from archiver.cli import _common, _extras
from archiver.errors import ArchiverError
from archiver.merging import Merge
from archiver.model import Archived, Failed
from archiver.pipeline import Run

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver merge other.db
  archiver merge --db all.db north.db south.db      # all.db is made where it is missing
  archiver merge parts --db archive.db              # what `archiver crawl --out parts` made
  archiver merge --db all.db shard-*.db --json

What was captured stays cited: the runs and captures of the other archive come with it, and runs.merged_by names the
merge. The bytes are not copied: WARC files that lie beside the other archive are listed, to be copied beside this one.

Exit codes: 0 all merged, 1 something could not be, 2 wrong usage.
"""


@click.command("merge", epilog=_EPILOG)
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@_common.database
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(others: tuple[str, ...], db: Path, as_json: bool) -> None:
    """Bring other archives into this one; nothing that it holds is erased.

    Each OTHER is an archive that `archiver archive` made, or a part that `archiver crawl` made, a folder of parts or
    its URL, and stays as it is. Merging it again adds nothing, and goes on where a merge was interrupted. Which archive
    comes first makes no difference to posts and hashtags; where two hold a page in different states, what was told
    first stays, and what the other knows besides is added. What either of them redacted is taken out of the merged one
    too, and what either hides (honour-deletions) is hidden.
    """
    try:
        with closing(store.open_archive(db)) as archive:
            into = Merge(archive, db, ["merge", *others])
            for name in others:
                if not _holds_parts(name):
                    _watch(Path(name), into)
            parts = Run(archive, into.argv)
            failed = _load([name for name in others if _holds_parts(name)], parts)
            into.counts += parts.counts
    except ArchiverError as error:
        raise _common.refusal(error) from error
    _tell(into, as_json=as_json)
    sys.exit(_common.exit_code(failed))


def _holds_parts(name: str) -> bool:
    """Whether an input is parts of a crawl: Parquet files, folders of them, what lies on other machines."""
    return name.endswith(".parquet") or "://" in name or Path(name).is_dir()


def _load(names: list[str], run: Run) -> int:
    """Brings in parts of crawls, and says what failed; how many. Where nothing is new, no run is noted."""
    if not names:
        return 0
    found, failed = _extras.cluster("loading", "merge").missing(run.archive, names), 0
    first = list(islice(found, 1))
    columns = (TextColumn("parts of crawls"), TextColumn("{task.completed:,} pages"))
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not _common.is_terminal()
    ) as progress:
        task = progress.add_task("", total=None)
        for outcome in pipeline.keep(chain(first, found), run) if first else ():
            progress.update(task, advance=isinstance(outcome, Archived))
            if isinstance(outcome, Failed):
                failed += 1
                _common.report_failure(outcome)
    return failed


def _watch(path: Path, into: Merge) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not _common.is_terminal()
    ) as progress:
        task, before = progress.add_task(_common.printable(path.name).replace("[", "\\["), total=None), into.total
        for done in merging.merge(path, into):
            progress.update(task, advance=done, total=into.total - before)


def _tell(into: Merge, *, as_json: bool) -> None:
    counts = into.counts
    if as_json:
        told = {"db": str(into.db), "captures": into.captures, **asdict(counts), "warcs": list(map(str, into.warcs))}
        told |= {"redacted": into.redacted}
        _common.put(_common.as_json(told))
        return
    if into.total or not counts.pages:
        _common.put(f"{_common.many(into.captures, 'capture')} merged into {into.db}")
    _common.put(
        f"{_common.many(counts.pages, 'capture')} of pages new, {_common.many(counts.embeds, 'embed')} new, "
        f"{_common.many(counts.posts_new, 'post')} new"
    )
    if into.redacted:
        _common.put(f"{_common.many(len(into.redacted), 'post')} taken out, for a merged archive had redacted them")
    if into.captures or counts.pages:
        _common.put(f"Explore: archiver serve --db {_common.printable(shlex.quote(str(into.db)))}")
    _common.tell_copies(into.warcs, into.db.parent)
