"""Time from post to article, and from use to re-use."""

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._quantiles import quartiles
from archiver.store.questions import Filter, ask

__all__ = ["Bin", "Lag", "Reuse", "histogram", "histogram_and_summary", "reuse", "summary"]

_HOUR, _DAY = 3600.0, 86400.0
_OF = "{n:,} pairs of a post and an article that embeds it, both dated, of {{embeds:,}} embeds"
_BINS = (
    ("under 1 hour", 0, _HOUR),
    ("1 to 3 hours", _HOUR, 3 * _HOUR),
    ("3 to 6 hours", 3 * _HOUR, 6 * _HOUR),
    ("6 to 24 hours", 6 * _HOUR, _DAY),
    ("1 to 2 days", _DAY, 2 * _DAY),
    ("2 to 7 days", 2 * _DAY, 7 * _DAY),
    ("1 to 4 weeks", 7 * _DAY, 28 * _DAY),
    ("4 weeks to 1 year", 28 * _DAY, 365 * _DAY),
    ("1 year and more", 365 * _DAY, float("inf")),
)


@dataclass(frozen=True, slots=True)
class Lag:
    """Time from post to article over pairs of both, those without where the post is newer.

    The row `hours` is of pairs of which both times are known finely, `days` of all pairs, by their calendar days (UTC).
    """

    unit: str
    n: int
    newer: int
    first_quartile: float | None
    median: float | None
    third_quartile: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """How many pairs of post and article are so far apart."""

    apart: str
    n: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Reuse:
    """Posts that articles embedded again: how many, how often, and the days after their first article.

    After `half_life` days half of all later embeddings had been published.
    """

    n_posts: int
    n_reuses: int
    first_quartile: float | None
    half_life: float | None
    third_quartile: float | None


@dataclass(frozen=True, slots=True)
class _Lags:
    """Times apart, sorted: seconds of the pairs that are known finely, days of all pairs, and days of the others."""

    seconds: array[float]
    days: array[int]
    coarse: array[int]


def summary(archive: sqlite3.Connection, about: Filter) -> Answer[Lag]:
    """Quartiles of the time from post to article."""
    return _summary(archive, about, _lags(archive, about))


def histogram(archive: sqlite3.Connection, about: Filter) -> Answer[Bin]:
    """How many articles came how long after their posts; what is known by the day only is counted by days."""
    return _histogram(archive, about, _lags(archive, about))


def histogram_and_summary(archive: sqlite3.Connection, about: Filter) -> tuple[Answer[Bin], Answer[Lag]]:
    """Both answers from one reading of all pairs."""
    lags = _lags(archive, about)
    return _histogram(archive, about, lags), _summary(archive, about, lags)


def _summary(archive: sqlite3.Connection, about: Filter, lags: _Lags) -> Answer[Lag]:
    seconds, days = lags.seconds, lags.days
    newer, newer_days = bisect_left(seconds, 0.0), bisect_left(days, 0)
    hours = [s / _HOUR for s in seconds[newer:]]
    rows = [
        Lag("hours", len(seconds), newer, *quartiles(hours)),
        Lag("days", len(days), newer_days, *quartiles(days[newer_days:])),
    ]
    notes = ("posts newer than their article are counted, and left out of the quartiles: such articles were changed",)
    return answer(archive, about, "posts", ("lag", "Time from post to article"), Lag, rows, _of(days), *notes)


def _histogram(archive: sqlite3.Connection, about: Filter, lags: _Lags) -> Answer[Bin]:
    seconds, days = lags.seconds, lags.coarse
    counts = [("post newer than article", bisect_left(seconds, 0.0) + bisect_left(days, 0))]
    same_day = bisect_left(days, 1) - bisect_left(days, 0)
    for name, low, high in _BINS:
        if low == _DAY:
            counts.append(("same day, hour not known", same_day))
        n = bisect_left(seconds, high) - bisect_left(seconds, low)
        n += 0 if low < _DAY else bisect_left(days, high / _DAY) - bisect_left(days, low / _DAY)
        counts.append((name, n))
    total = len(seconds) + len(days)
    rows = [Bin(name, n, share(n, total)) for name, n in counts]
    of = _OF.format(n=total)
    titled = ("lag-histogram", "How long after the post the article came")
    return answer(archive, about, "posts", titled, Bin, rows, of, picture=Picture(("apart",), "n"))


def reuse(archive: sqlite3.Connection, about: Filter) -> Answer[Reuse]:
    """How long after its first article a post is embedded again."""
    posts, later = set(), array("d")
    for post_id, days in ask(archive, about, "posts", "reuses"):
        posts.add(post_id)
        later.append(days)
    first, median, third = quartiles(sorted(later))
    rows = [Reuse(len(posts), len(later), first, median, third)]
    titled = ("lag-reuse", "How long posts are used again")
    of = "{posts:,} embedded posts"
    note = "by the dates that articles tell; an article captured late counts when it was published"
    return answer(archive, about, "posts", titled, Reuse, rows, of, note)


def _lags(archive: sqlite3.Connection, about: Filter) -> _Lags:
    seconds, days, coarse = array("d"), array("q"), array("q")
    for apart, by_day, apart_days in ask(archive, about, "posts", "lags"):
        days.append(apart_days)
        if by_day:
            coarse.append(apart_days)
        else:
            seconds.append(apart)
    return _Lags(array("d", sorted(seconds)), array("q", sorted(days)), array("q", sorted(coarse)))


def _of(pairs: Sequence[int]) -> str:
    return _OF.format(n=len(pairs))
