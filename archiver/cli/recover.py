"""`archiver recover`: lost posts, from the Wayback Machine."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from archiver.checking import Recovering
from archiver.cli import _common
from archiver.cli._filters import chosen, filtering
from archiver.cli._stopping import stopping
from archiver.cli._times import AGE, TIMEOUT
from archiver.evidence import warcs
from archiver.sources import Settings
from archiver.sources.services import wayback
from archiver.store import recoveries

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver recover --dry-run                        # how many tweets are gone, or known by their id only
  archiver recover --max 100
  archiver recover --author some_account

Ctrl-C ends it; the same command again goes on with the rest. Exit codes: 0 all were looked for, 1 some could not be,
2 wrong usage, 130 interrupted.
"""
_SETTINGS, _SERVICE = Settings(), wayback.Service()
_OUTCOMES = ("found", "nothing", "error")


@click.command("recover", epilog=_EPILOG)
@_common.existing
@filtering
@click.option(
    "--older-than",
    type=AGE,
    default="90d",
    show_default=True,
    metavar="AGE",
    help="Look again for what was looked for longer ago.",
)
@click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="At most N posts.")
@click.option("--dry-run", is_flag=True, help="Only print how many posts would be looked for.")
@click.option(
    "--timeout",
    type=TIMEOUT,
    default=_SETTINGS.timeout,
    show_default=True,
    metavar="SECONDS",
    help="Longest wait for an answer; a search may take four times as long.",
)
@click.option("--user-agent", default=_SETTINGS.user_agent, metavar="TEXT", help="How to introduce ourselves.")
@click.option("--allow-private", is_flag=True, help="Also ask an archive at a private address (localhost, 10.x ...).")
@click.option("--no-warc", is_flag=True, help="Do not keep what the archive sent (in WARC files beside ours).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("--cdx-url", envvar="ARCHIVER_CDX_URL", default=_SERVICE.cdx_url, hidden=True)
@click.option("--replay-url", envvar="ARCHIVER_REPLAY_URL", default=_SERVICE.replay_url, hidden=True)
def command(
    db: Path,
    older_than: timedelta,
    most: int | None,
    cdx_url: str,
    replay_url: str,
    *,
    dry_run: bool,
    no_warc: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Look for lost tweets in the Wayback Machine.

    Lost are tweets that are gone, withheld, or known by their id only (archiver check tells which); without filters
    those too that pages only link to. Captures of twitter.com and x.com are read, the interface's JSON first. What they
    tell is kept as told by that capture, beside what articles show. The archive is searched at most 24 times a minute,
    which is about twelve posts.
    """
    about, before = chosen(options), datetime.now(UTC) - older_than
    counts = Counter[str]()
    with _common.opened(db) as archive:
        due = recoveries.count(archive, about, before)
        wanted = due if most is None else min(due, most)
        if dry_run:
            told = {"db": str(db), "posts": wanted, "due": due}
            words = f"{_common.many(wanted, 'post')} would be looked for, of {due:,}"
            _common.put(_common.as_json(told) if as_json else f"{words} that are lost or known by their id only")
            return
        service = wayback.Service(cdx_url=cdx_url, replay_url=replay_url.rstrip("/"))
        writer = nullcontext(None) if no_warc else closing(warcs.Writer(db, "archiver recover"))
        with writer as kept, stopping() as stop:
            run = Recovering(archive, ["recover"], Settings(**options), service, kept)
            for searched in run.run(about, before, stop, most):
                counts[searched.found.outcome] += 1
                if searched.found.outcome == "error":
                    told_of = f"{searched.post.permalink}: {searched.found.note}"
                    click.echo(f"{click.style('no answer', fg='yellow')}  {_common.printable(told_of)}", err=True)
                elif _common.is_terminal():
                    click.echo(f"{counts.total():,} of {wanted:,} posts, {counts['found']:,} found", err=True)
    if run.stopped:
        click.echo(f"left alone: {_common.printable(run.stopped)}", err=True)
    left = wanted - counts.total()
    if as_json:
        found = {outcome: counts[outcome] for outcome in _OUTCOMES}
        _common.put(_common.as_json({"db": str(db), "asked": counts.total(), **found, "left": left}))
    else:
        told_words = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in _OUTCOMES if counts[outcome])
        _common.put(f"looked for {_common.many(counts.total(), 'post')}" + (f": {told_words}" if told_words else ""))
        if left:
            _common.put(f"{_common.many(left, 'post')} left: the same command goes on with them")
    sys.exit(130 if stop.is_set() else _common.exit_code(counts["error"] + left))
