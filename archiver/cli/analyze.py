"""`archiver analyze`: questions answered as tables and pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from archiver.analysis import Answer, Filter
from archiver.analysis.catalogue import QUESTIONS, Options
from archiver.cli import _answers, _common
from archiver.errors import ArchiverError

__all__ = ["command", "filtering"]

_F = TypeVar("_F", bound=Callable[..., None])

_EPILOG = """\b
Examples:
  archiver analyze hashtags --from 2017-10 --to 2017-12
  archiver analyze hashtags --table time --by week --hashtag MeToo --plot metoo.svg
  archiver analyze hashtags --table changes --then 2017-09 --now 2017-10..2017-12
  archiver analyze outlets --table overlap --format csv > overlap.csv

Filters combine: within one any value will do, and all must hold. Each answer says what was chosen, of what its shares
are shares, and what it leaves out.
"""


class _Date(click.ParamType[str]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            _answers.check_date(str(value))
        except ValueError as error:
            self.fail(f"{error} (2017, 2017-10 or 2017-10-15)", param, ctx)
        return str(value)


def filtering(command: _F) -> _F:
    """The options of a filter; `chosen` makes a Filter of them."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def chosen(options: dict[str, Any]) -> Filter:
    """The filter that options give; takes its own out of them."""
    return Filter(**{name: options.pop(name) for name in tuple(options) if name in Filter.__dataclass_fields__})


_FILTERS = (
    click.option(
        "--hashtag", "hashtags", multiple=True, metavar="TAG", help="Posts with this hashtag, or with it around them."
    ),
    click.option(
        "--author", "authors", multiple=True, metavar="HANDLE", help="Posts of this account; also PLATFORM:HANDLE."
    ),
    click.option("--outlet", "outlets", multiple=True, metavar="DOMAIN", help="What articles of this outlet embed."),
    click.option("--platform", "platforms", multiple=True, metavar="NAME", help="Posts on this platform."),
    click.option("--lang", "langs", multiple=True, metavar="CODE", help="Posts in this language; of articles, theirs."),
    click.option("--from", "since", type=_Date(), metavar="DATE", help="Posted then or later; of articles, published."),
    click.option("--to", "until", type=_Date(), metavar="DATE", help="Posted then or before; of articles, published."),
    click.option("--search", metavar="WORDS", help='Posts with all these words; "a phrase" in quotation marks.'),
    click.option(
        "--in-post-only", is_flag=True, help="Hashtags count only where they stand in the post, not around it."
    ),
)


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
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows at most; 0 for all.")
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
    metavar="FILE",
    help="Also draw the first table, or that of --table, as .svg, .png or .html.",
)
def command(what: str, db: Path, table: str | None, kind: str, plot: Path | None, **options: Any) -> None:
    """Answer a question from an archive.

    WHAT is hashtags, cooccurrence, authors, outlets, lag (time from post to article), embeds (which articles embed
    posts, and how), variants, suspect, sources (how posts are known), mentions (posts that articles speak of),
    unresolved (posts that are quoted and not found) or syndication (articles told twice).
    """
    about = chosen(options)
    asked = Options(limit=options.pop("limit") or -1, **options)
    names = _names(what, table, asked, only_first=kind == "csv" or (plot is not None and table is None))
    with _common.opened(db) as archive:
        try:
            found = [t.ask(archive, about, asked) for t in QUESTIONS[what] if t.name in names]
        except ValueError as error:
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
        raise click.ClickException(str(error)) from error
    click.echo(f"drawn: {path}", err=True)
