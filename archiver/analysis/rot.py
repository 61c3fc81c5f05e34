"""Which posts are lost: by platform, outlet, month, author."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from archiver.analysis import _periods
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._periods import By
from archiver.store.questions import Filter, ask

__all__ = ["Lost", "LostAuthor", "LostOutlet", "LostPeriod", "authors", "outlets", "over_time", "platforms"]

R = TypeVar("R")

_NOTES = (
    "gone: two answers at least 24 hours apart said so; who took it away, the author or the platform, they do not tell",
    "withheld: the account is protected or suspended, or the post is for adults; such posts come back",
    "share: gone, of those that were asked about with an answer",
)


@dataclass(frozen=True, slots=True)
class Lost:
    """A platform: of how many posts an answer came, and what the answers come to; `share` is that of the gone."""

    platform: str
    n_checked: int
    n_there: int
    n_gone: int
    n_probably_gone: int
    n_withheld: int
    n_unknown: int
    share: float | None


@dataclass(frozen=True, slots=True)
class LostOutlet:
    """The same of an outlet that embeds the posts."""

    outlet: str
    n_checked: int
    n_there: int
    n_gone: int
    n_probably_gone: int
    n_withheld: int
    n_unknown: int
    share: float | None


@dataclass(frozen=True, slots=True)
class LostAuthor:
    """The same of an account."""

    platform: str
    handle: str
    n_checked: int
    n_there: int
    n_gone: int
    n_probably_gone: int
    n_withheld: int
    n_unknown: int
    share: float | None


@dataclass(frozen=True, slots=True)
class LostPeriod:
    """The same of the posts of a day, week, month or year."""

    period: str
    n_checked: int
    n_there: int
    n_gone: int
    n_probably_gone: int
    n_withheld: int
    n_unknown: int
    share: float | None


def platforms(archive: sqlite3.Connection, about: Filter) -> Answer[Lost]:
    """What became of the posts of each platform."""
    found = ask(archive, about, "posts", "rot_by_platform", limit=-1)
    rows = [Lost(platform, *_counts(counts)) for platform, *counts in found]
    return _answer(archive, about, ("rot", "What became of the posts"), Lost, rows, Picture(("platform",), "n_gone"))


def outlets(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[LostOutlet]:
    """What became of the posts that each outlet embeds; a post of two outlets counts for both."""
    found = ask(archive, about, "posts", "rot_by_outlet", limit=limit)
    rows = [LostOutlet(outlet, *_counts(counts)) for outlet, *counts in found]
    titled = ("rot-outlets", "Outlets that embed most posts which are gone")
    return _answer(archive, about, titled, LostOutlet, rows, Picture(("outlet",), "n_gone"))


def authors(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[LostAuthor]:
    """What became of the posts of each account."""
    found = ask(archive, about, "posts", "rot_by_author", limit=limit)
    rows = [LostAuthor(platform, handle, *_counts(counts)) for platform, handle, *counts in found]
    titled = ("rot-authors", "Accounts of which most posts are gone")
    return _answer(archive, about, titled, LostAuthor, rows, Picture(("platform", "handle"), "n_gone"))


def over_time(archive: sqlite3.Connection, about: Filter, by: By = "month") -> Answer[LostPeriod]:
    """What became of the posts of each period; posts of unknown time are in no row."""
    found: dict[str, Counter[int]] = {}
    for day, *counts in ask(archive, about, "posts", "rot_by_period", length=_periods.length(by)):
        found.setdefault(_periods.named(day, by), Counter()).update(dict(enumerate(counts)))
    rows = [LostPeriod(name, *_counts([found[name][n] for n in range(6)])) for name in sorted(found)]
    titled = ("rot-time", f"What became of the posts of each {by}")
    picture = Picture(("period",), "n_gone", by)
    return _answer(archive, about, titled, LostPeriod, rows, picture, "posts whose time is not known are in no row")


def _counts(told: Iterable[int]) -> tuple[int, int, int, int, int, int, float | None]:
    checked, there, gone, probably, withheld, unknown = told
    return checked, there, gone, probably, withheld, unknown, share(gone, checked)


def _answer(
    archive: sqlite3.Connection,
    about: Filter,
    titled: tuple[str, str],
    row: type[R],
    rows: list[R],
    picture: Picture,
    *notes: str,
) -> Answer[R]:
    n, asked, checked, first, last = next(ask(archive, about, "posts", "rot_checked"))
    when = f", last told from {first[:10]} to {last[:10]}" if first else ""
    of = f"{checked:,} embedded posts of which an answer came{when}"
    missing = f"of {n:,} embedded posts {n - asked:,} were never asked about, of {asked - checked:,} no answer came"
    return answer(archive, about, "posts", titled, row, rows, of, missing, *notes, *_NOTES, picture=picture)
