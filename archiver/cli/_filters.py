"""The options of a filter, alike in every command."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from archiver.analysis import Filter

__all__ = ["chosen", "filtering"]

_F = TypeVar("_F", bound=Callable[..., None])
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


class _Date(click.ParamType[str]):
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _DATE.fullmatch(str(value)):
            self.fail(f"{value!r} is no date (2017, 2017-10 or 2017-10-15)", param, ctx)
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
