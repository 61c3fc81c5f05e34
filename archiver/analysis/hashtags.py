"""Hashtags: which, when, rising or falling."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from dataclasses import dataclass

from archiver.analysis import _periods
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._periods import By
from archiver.store.questions import Filter, ask

__all__ = ["Change", "Tag", "TagInPeriod", "by_period", "changes", "top"]

_PRIOR = 100.0  # uses of hashtags that the prior is worth


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag: how many posts have it in their own text, how many only in the words of articles around them.

    `share` is of all posts asked about, `first_use` and `last_use` are of posts that have it in their own text.
    """

    hashtag: str
    n_posts: int
    in_post: int
    in_article_only: int
    n_authors: int
    share: float | None
    first_use: str | None
    last_use: str | None


@dataclass(frozen=True, slots=True)
class TagInPeriod:
    """How many posts of a period have a hashtag; `share` is of all posts of the period."""

    period: str
    hashtag: str
    n_posts: int
    in_post: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A hashtag in two periods. Shares are of all uses of hashtags there.

    `log_odds` is the logarithm of the ratio of the odds now and then, under the prior; `z` is it in standard errors: of
    hashtags that did not change, 5 in 100 are beyond ±1.96.
    """

    hashtag: str
    n_then: int
    n_now: int
    share_then: float | None
    share_now: float | None
    log_odds: float
    z: float


def top(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Tag]:
    """The hashtags of most posts."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    found = ask(archive, about, "posts", "hashtags", limit=limit)
    rows = [Tag(*[*told, share(told[1], n), first, last]) for *told, first, last in found]
    titled = ("hashtags", "Hashtags of most posts")
    picture = Picture(("hashtag",), "n_posts")
    of = "{posts:,} embedded posts"
    return answer(archive, about, "posts", titled, Tag, rows, of, picture=picture)


def by_period(archive: sqlite3.Connection, about: Filter, by: By = "month", limit: int = 10) -> Answer[TagInPeriod]:
    """The hashtags of most posts, in each period in which some post has them."""
    cut = _periods.length(by)
    posts: Counter[str] = Counter()
    undated = 0
    for day, n in ask(archive, about, "posts", "posts_by_period", length=cut):
        if day is None:
            undated = n
        else:
            posts[_periods.named(day, by)] += n
    found: dict[tuple[str, str], list[int]] = {}
    for day, tag, n, in_post in ask(archive, about, "posts", "hashtags_by_period", length=cut, limit=limit):
        sums = found.setdefault((_periods.named(day, by), tag), [0, 0])
        sums[0], sums[1] = sums[0] + n, sums[1] + in_post
    rows = [
        TagInPeriod(period, tag, n, in_post, share(n, posts[period]))
        for (period, tag), (n, in_post) in sorted(found.items(), key=lambda each: (each[0][0], -each[1][0], each[0][1]))
    ]
    titled = (f"hashtags-by-{by}", f"Hashtags by {by} of posting")
    of = "{posts:,} embedded posts; each share is of the posts of its " + by
    picture = Picture(("period",), "n_posts", by, ("hashtag",))
    notes = (f"{undated:,} posts of unknown time are left out", "times are UTC")
    return answer(archive, about, "posts", titled, TagInPeriod, rows, of, *notes, picture=picture)


def changes(
    archive: sqlite3.Connection, about: Filter, then: str, now: str, limit: int = 20, prior: float = _PRIOR
) -> Answer[Change]:
    """Hashtags that rose and fell most from one period to another, rising first.

    By log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, doi:10.1093/pan/mpn018): the prior
    is worth so many uses of hashtags, spread over the hashtags as all posts asked about have them. Raises PeriodError
    where a period is none.
    """
    (then_from, then_to), (now_from, now_to) = _periods.bounds(then), _periods.bounds(now)
    values = {"then_from": then_from, "then_to": then_to, "now_from": now_from, "now_to": now_to}
    found = list(ask(archive, about, "posts", "hashtags_in_periods", **values))
    everywhere, n_then, n_now = (sum(row[i] for row in found) for i in (1, 2, 3))
    rows = []
    for tag, background, was, is_now in found:
        if was or is_now:
            odds, z = _log_odds(is_now, n_now, was, n_then, prior * background / everywhere, prior)
            rows.append(Change(tag, was, is_now, share(was, n_then), share(is_now, n_now), round(odds, 4), round(z, 4)))
    rows.sort(key=lambda row: (-row.z, row.hashtag))
    kept = rows if limit < 0 or len(rows) <= 2 * limit else rows[:limit] + rows[-limit:]
    of = f"{n_then:,} uses of hashtags in {then}, {n_now:,} in {now}, in {{posts:,}} embedded posts"
    note = f"the prior is worth {prior:g} uses; |z| below 1.96 is what chance alone gives in 95 of 100 cases"
    titled = ("hashtags-changes", f"Hashtags rising and falling from {then} to {now}")
    return answer(archive, about, "posts", titled, Change, kept, of, note, picture=Picture(("hashtag",), "z"))


def _log_odds(n: int, of: int, n_other: int, of_other: int, alpha: float, prior: float) -> tuple[float, float]:
    """The log-odds ratio of a word in two corpora under a Dirichlet prior, and the same in standard errors."""
    here, there = n + alpha, n_other + alpha
    rest_here, rest_there = of + prior - here, of_other + prior - there
    if rest_here <= 0 or rest_there <= 0:  # the only hashtag there is: nothing to compare it with
        return 0.0, 0.0
    odds = math.log(here / rest_here) - math.log(there / rest_there)
    return odds, odds / math.sqrt(1 / here + 1 / there)
