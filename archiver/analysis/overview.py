"""How much there is, when, where, and how it came."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from datetime import date

from archiver.analysis import _periods
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._periods import By
from archiver.store.questions import Filter, ask

__all__ = [
    "Attempts",
    "Figure",
    "Period",
    "Platform",
    "Run",
    "articles_over_time",
    "attempts",
    "figures",
    "platforms",
    "posts_over_time",
    "runs",
]

_OF = "{posts:,} embedded posts"
_WHOLE = "of the whole archive, whatever the filter"
_MOST_DAYS, _MOST_MONTHS = 92, 240  # periods that a picture has room for


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of something is chosen, and how much the archive holds."""

    thing: str
    n_chosen: int
    n_in_archive: int


@dataclass(frozen=True, slots=True)
class Period:
    """How many posts or articles are of a period; `share` is of those of known time."""

    period: str
    n: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform, its embedded posts, how often, in how many articles and by how many outlets."""

    platform: str
    n_posts: int
    n_embeds: int
    n_articles: int
    n_outlets: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a command that wrote into the archive; `outcome` is None where it was cut off."""

    command: str
    version: str
    started_at: str
    outcome: str | None
    n_pages: int
    n_embeds: int
    n_posts_new: int
    n_failures: int


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many attempts to read a page came in by a way and ended so; `error` names the kind of failure."""

    source: str | None
    outcome: str
    error: str | None
    n_attempts: int
    share: float | None
    first_at: str
    last_at: str


def figures(archive: sqlite3.Connection, about: Filter) -> Answer[Figure]:
    """How much a filter chooses of what the archive holds."""
    rows = [Figure(*told) for told in ask(archive, about, "posts", "figures")]
    titled = ("figures", "How much there is")
    note = "links to posts in running prose are no embeds"
    return answer(archive, about, "posts", titled, Figure, rows, _OF, note)


def posts_over_time(archive: sqlite3.Connection, about: Filter, by: By | None = None) -> Answer[Period]:
    """The posts by when they were posted (UTC); by days, months or years as their span asks for."""
    found = Counter(dict(ask(archive, about, "posts", "posts_by_period", length=10)))
    return _over_time(archive, about, found, by, "posts", "posting")


def articles_over_time(archive: sqlite3.Connection, about: Filter, by: By | None = None) -> Answer[Period]:
    """The articles that embed the posts, by when they were published (UTC)."""
    found = Counter(dict(ask(archive, about, "posts", "embedding_articles_by_period", length=10)))
    return _over_time(archive, about, found, by, "articles", "publication")


def platforms(archive: sqlite3.Connection, about: Filter) -> Answer[Platform]:
    """The platforms of the embedded posts."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Platform(*[*told, share(told[1], n)]) for told in ask(archive, about, "posts", "platforms")]
    picture = Picture(("platform",), "n_posts")
    return answer(archive, about, "posts", ("platforms", "Platforms"), Platform, rows, _OF, picture=picture)


def runs(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Run]:
    """The runs that made the archive, the last first."""
    every = [Run(*told) for told in ask(archive, about, "posts", "runs")]
    kept = every[: limit if limit >= 0 else None]
    of = f"{len(every):,} run{'' if len(every) == 1 else 's'}, {_WHOLE}"
    note = f"only the last {len(kept):,} are listed" if len(kept) < len(every) else ""
    return answer(archive, about, "posts", ("runs", "Runs"), Run, kept, of, note)


def attempts(archive: sqlite3.Connection, about: Filter) -> Answer[Attempts]:
    """By which ways pages came, and how attempts to read them ended."""
    found = list(ask(archive, about, "posts", "attempts"))
    total = sum(row[3] for row in found)
    rows = [Attempts(*[*told, n, share(n, total), first, last]) for *told, n, first, last in found]
    of = f"{total:,} attempts to read a page, {_WHOLE}"
    note = "a page tried again counts each time"
    return answer(archive, about, "posts", ("attempts", "Ways in, and failures"), Attempts, rows, of, note)


def _over_time(
    archive: sqlite3.Connection, about: Filter, found: Counter[str | None], by: By | None, things: str, of_what: str
) -> Answer[Period]:
    undated = found.pop(None, 0)
    days = {day: n for day, n in found.items() if day is not None}
    by = by or _fitting(list(days))
    counts: Counter[str] = Counter()
    for day, n in days.items():
        counts[_periods.named(day if by == "week" else day[: _periods.length(by)], by)] += n
    periods = _periods.sequence(list(counts), by)  # also those without any
    rows = [Period(period, counts[period], share(counts[period], counts.total())) for period in periods]
    titled = (f"{things}-by-{by}", f"{things.capitalize()} by {by} of {of_what}")
    of = f"{counts.total():,} {things} of known time, of {counts.total() + undated:,}"
    return answer(
        archive, about, "posts", titled, Period, rows, of, "times are UTC", picture=Picture(("period",), "n", by)
    )


def _fitting(days: list[str]) -> By:
    """The periods by which so many days are not too many bars."""
    if not days:
        return "month"
    first, last = (date.fromisoformat(day) for day in (min(days), max(days)))
    if (last - first).days < _MOST_DAYS:
        return "day"
    return "month" if (last.year - first.year) * 12 + last.month - first.month < _MOST_MONTHS else "year"
