"""`archiver analyze`: questions answered as tables and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archiver.analysis import Answer, PeriodError
from archiver.analysis.catalogue import QUESTIONS, Options
from archiver.cli import _answers, _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.errors import ArchiverError

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver analyze hashtags --from 2017-10 --to 2017-12
  archiver analyze hashtags --table time --by week --hashtag MeToo --plot metoo.svg
  archiver analyze hashtags --table changes --then 2017-09 --now 2017-10..2017-12
  archiver analyze outlets --table overlap --format csv > overlap.csv

Filters combine: within one any value will do, and all must hold. Each answer says what was chosen, of what its shares
are shares, and what it leaves out.

\b
Tables:
""" + "".join(f"  {what:<15}{', '.join(each.name for each in tables)}\n" for what, tables in QUESTIONS.items())


@click.command("analyze", epilog=_EPILOG)
@click.argument("what", type=click.Choice(list(QUESTIONS)), metavar="WHAT")
@_common.existing
@filtering
@click.option("--table", metavar="NAME", help="Only this of the answer's tables.")
@click.option("--by", type=click.Choice(["day", "week", "month", "year"]), help="Periods of tables over time.")
@click.option(
    "--then", metavar="PERIOD", help="With --now: hashtags rising and falling between 2017 and 2018-01..2018-06."
)
@click.option("--now", metavar="PERIOD", help="The later period.")
@click.option("--minimum", type=click.IntRange(min=1), metavar="N", help="Pairs of at least N posts.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Rows at most; 0 for all. Tables over time have all periods.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["table", "csv", "json", "md"]),
    default="table",
    show_default=True,
    help="csv holds one table: the first, or that of --table.",
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_out.checked,
    metavar="FILE",
    help="Also draw the first table, or that of --table, as .svg, .png or .html.",
)
def command(what: str, db: Path, table: str | None, kind: str, plot: Path | None, **options: Any) -> None:
    """Answer a question from an archive.

    WHAT is hashtags, cooccurrence, authors, outlets, lag (time from post to article), embeds (which articles embed
    posts, and how), variants, suspect, sources (how posts are known), mentions (posts that articles speak of),
    unresolved (posts that are quoted and not found), rot (which posts are lost) or syndication (articles told twice).
    """
    about = chosen(options)
    asked = Options(limit=options.pop("limit") or -1, **options)
    names = _names(what, table, asked, only_first=kind == "csv" or (plot is not None and table is None))
    with _common.read(db) as archive:
        try:
            found = [t.ask(archive, about, asked) for t in QUESTIONS[what] if t.name in names]
        except PeriodError as error:
            raise click.UsageError(str(error)) from error
    if plot is not None:
        _draw(found[0], plot)
    _answers.show(found, kind)


def _names(what: str, table: str | None, asked: Options, *, only_first: bool) -> list[str]:
    """The tables that are asked for. Raises click.UsageError where there is none of that name."""
    every = [each.name for each in QUESTIONS[what]]
    if table is not None:
        if table not in every:
            raise click.BadParameter(f"{table!r} is none of {', '.join(every)}", param_hint="--table")
        return [table]
    if asked.then or asked.now:
        return ["changes"]
    if asked.by and "time" in every:
        return ["time"]
    without = [name for name in every if name != "changes"]  # it needs two periods
    return without[:1] if only_first else without


def _draw(answer: Answer[Any], path: Path) -> None:
    try:
        _answers.draw(answer, path)
    except ArchiverError as error:
        raise _common.refusal(error) from error
    click.echo(f"drawn: {path}", err=True)
