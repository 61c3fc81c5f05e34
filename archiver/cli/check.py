"""`archiver check`: whether the posts are still there."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from archiver import checking
from archiver.analysis import Filter
from archiver.checking import ENDPOINTS, Looked, Manners, Round, Ways
from archiver.cli import _common
from archiver.cli._filters import chosen, filtering
from archiver.cli._stopping import stopping
from archiver.cli._times import AGE, PAUSE, TIMEOUT
from archiver.errors import TargetError
from archiver.evidence import warcs
from archiver.sources import Settings
from archiver.store import checks
from archiver.store.checks import Planned, Wanted

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver check --dry-run                          # who would be asked about how many posts
  archiver check --outlet example.com --max 1000
  archiver check --older-than 7d                    # once more what was asked longer ago than that
  archiver check --author some_account --json

Ctrl-C ends it; the same command again goes on with the rest. What each outcome means and what it does not:
docs/checking.md. Exit codes: 0 all were asked, 1 some could not be, 2 wrong usage, 130 interrupted.
"""
_SETTINGS, _MANNERS = Settings(), Manners()
_OUTCOMES = ("there", "gone", "restricted", "suspended", "unknown", "error")
_SUSPICIOUS = 20  # posts of a platform of which not one is there


def _bases(_: click.Context, __: click.Parameter, told: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in told]
    if wrong := [name for name, mark, _ in pairs if not mark]:
        raise click.BadParameter(f"{wrong[0]!r} has no address: write NAME=URL")
    bases = {name: base for name, _, base in pairs}
    try:
        return dict(Ways(bases).bases)
    except TargetError as error:
        raise click.BadParameter(str(error)) from error


@click.command("check", epilog=_EPILOG)
@_common.existing
@filtering
@click.option("--older-than", type=AGE, default="30d", show_default=True, metavar="AGE", help="Asked longer ago.")
@click.option("--max", "most", type=click.IntRange(min=1), metavar="N", help="At most N posts.")
@click.option("--dry-run", is_flag=True, help="Only print how many posts would be asked about; ask and write nothing.")
@click.option("--new-round", is_flag=True, help="Begin anew, where a round was interrupted.")
@click.option(
    "--meta-token",
    envvar="ARCHIVER_META_TOKEN",
    metavar="TOKEN",
    help="An access token for Instagram, Facebook and Threads; best in ARCHIVER_META_TOKEN. It is stored nowhere.",
)
@click.option(
    "--endpoint-url",
    "bases",
    multiple=True,
    callback=_bases,
    metavar="NAME=URL",
    help=f"Ask an endpoint elsewhere: {', '.join(e.name for e in ENDPOINTS)}.",
)
@click.option(
    "--delay",
    type=PAUSE,
    default=_MANNERS.delay,
    show_default=True,
    metavar="SECONDS",
    help="Between two questions to one host.",
)
@click.option(
    "--timeout",
    type=TIMEOUT,
    default=_SETTINGS.timeout,
    show_default=True,
    metavar="SECONDS",
    help="Longest wait for an answer.",
)
@click.option("--user-agent", default=_SETTINGS.user_agent, metavar="TEXT", help="How to introduce ourselves.")
@click.option("--allow-private", is_flag=True, help="Also ask hosts at private addresses (localhost, 10.x ...).")
@click.option("--no-warc", is_flag=True, help="Do not keep the answers themselves (in WARC files beside the archive).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary, or the plan, as one JSON object.")
def command(
    db: Path,
    older_than: timedelta,
    most: int | None,
    bases: dict[str, str],
    meta_token: str | None,
    *,
    dry_run: bool,
    new_round: bool,
    no_warc: bool,
    delay: float,
    as_json: bool,
    **options: Any,
) -> None:
    """Ask the platforms whether posts are still there, and what they say.

    Public endpoints are asked about embedded posts: of Twitter (now X), Bluesky, Mastodon (each post's own instance),
    TikTok, Reddit, YouTube, Vimeo, Tumblr and Pinterest; with a token also Meta's. Each answer is kept with its time
    and digest, and none is overwritten. A post is gone after two answers 24 hours apart, and probably gone until then;
    an answer that could not be had is no verdict.
    """
    about = chosen(options)
    now = datetime.now(UTC)
    argv = ["check", *_words(about, older_than, most)]
    with _common.opened(db) as archive:
        ways = Ways(bases, meta_token)
        wanted = Wanted(about, checking.platforms(ways), now - older_than, now, most)
        if dry_run:
            _show_plan(checks.plan(archive, wanted), most, delay, as_json=as_json)
            return
        settings = Settings(**options)
        writer = nullcontext(None) if no_warc else closing(warcs.Writer(db, " ".join(["archiver", *argv])))
        with writer as kept, stopping() as stop:
            asked = Round(archive, db, argv, settings, ways, Manners(delay=delay), kept)
            counts = _watch(asked.run(wanted, stop, is_new=new_round), asked)
    _summary(asked, counts, db, as_json=as_json)
    sys.exit(_common.exit_code(counts["error"] + asked.left) if asked.is_whole else 130)


def _words(about: Filter, older_than: timedelta, most: int | None) -> list[str]:
    """What tells this round from another."""
    told = {name: getattr(about, name) for name in Filter.__dataclass_fields__}
    words = [f"{name}={value}" for name, value in told.items() if value]
    return [*words, f"older-than={older_than}", *([f"max={most}"] if most else [])]


def _watch(looked: Iterable[Looked], asked: Round) -> Counter[str]:
    """Counts what comes of posts, by outcome and by platform and outcome, and shows it as it comes."""
    counts, spinner = Counter[str](), Spinner("dots")
    shown = (
        Live(spinner, console=Console(stderr=True), transient=True, refresh_per_second=5)
        if _common.is_terminal()
        else nullcontext()
    )
    is_told = False
    with shown:
        for each in looked:
            if asked.resumes is not None and not is_told:
                is_told = True
                click.echo("going on with the round that was interrupted (--new-round begins anew)", err=True)
            counts.update((each.outcome, f"{each.post.platform} {each.outcome}", each.post.platform))
            if each.outcome == "error":
                _report(each)
            told = " · ".join(f"{counts[name]:,} {name}" for name in _OUTCOMES if counts[name])
            spinner.update(text=Text(f"{sum(counts[o] for o in _OUTCOMES):,} of {asked.posts:,} posts · {told}"))
    return counts


def _report(looked: Looked) -> None:
    note = next((check.note for check in looked.checks if check.outcome == "error"), None) or "no answer"
    told = _common.printable(f"{looked.post.permalink}: {note}")
    click.echo(f"{click.style('no answer', fg='yellow')}  {told}", err=True)


def _show_plan(planned: list[Planned], most: int | None, delay: float, *, as_json: bool) -> None:
    total = sum(each.posts for each in planned)
    asked = total if most is None else min(most, total)
    if as_json:
        rows = [{"platform": p.platform, "posts": p.posts, "hosts": p.instances} for p in planned]
        _common.put(_common.as_json({"posts": asked, "due": total, "platforms": rows}))
        return
    for each in planned:
        hosts = f" on {_common.many(each.instances, 'instance')}" if each.platform == "mastodon" else ""
        _common.put(f"{each.posts:>10,}  {each.platform}{hosts}")
    _common.put(f"{_common.many(asked, 'post')} would be asked about, of {total:,} that are due")
    longest = max((p.posts / p.instances for p in planned), default=0) * delay
    if longest >= 1:
        _common.put(f"at one question every {delay:g} s to a host: about {timedelta(seconds=round(longest))} and more")


def _summary(asked: Round, counts: Counter[str], db: Path, *, as_json: bool) -> None:
    hosts = {_common.printable(host): _common.printable(why) for host, why in asked.closed.items()}
    n_asked = sum(counts[outcome] for outcome in _OUTCOMES)
    if as_json:
        told = {outcome: counts[outcome] for outcome in _OUTCOMES}
        _common.put(_common.as_json({"db": str(db), "asked": n_asked, **told, "left": asked.left, "closed": hosts}))
        return
    found = ", ".join(f"{counts[outcome]:,} {outcome}" for outcome in _OUTCOMES if counts[outcome])
    _common.put(f"asked about {_common.many(n_asked, 'post')}" + (f": {found}" if found else ""))
    if counts["gone"]:
        _common.put("a post is gone after two such answers 24 hours apart; until then it is probably gone")
    for host, why in hosts.items():
        click.echo(f"left alone: {host}: {why}", err=True)
    platforms = {name for name in counts if name not in _OUTCOMES and " " not in name}
    for name in sorted(p for p in platforms if counts[p] >= _SUSPICIOUS and not counts[f"{p} there"]):
        click.echo(f"of {counts[name]:,} posts on {name} not one is there: has the endpoint changed?", err=True)
    if asked.left:
        again = "the same command goes on with them" if not asked.is_whole else "a later round asks again"
        _common.put(f"{_common.many(asked.left, 'post')} left: {again}")
