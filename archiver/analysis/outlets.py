"""Outlets: who embeds what, whom, first, and together."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from archiver.analysis import _inequality
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._inequality import Measure
from archiver.store.questions import Filter, ask

__all__ = [
    "First",
    "Outlet",
    "Overlap",
    "Reach",
    "Reached",
    "Tie",
    "concentration",
    "farthest",
    "firsts",
    "overlap",
    "reach",
    "ties",
    "top",
]

_POSTS = "{posts:,} embedded posts"
_HOMELESS = "articles without a known outlet are in no row"


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet, how many posts it embeds, how often, in how many articles, and of how many authors."""

    outlet: str
    name: str | None
    n_posts: int
    n_embeds: int
    n_articles: int
    n_authors: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Tie:
    """An outlet and an account that it embeds."""

    outlet: str
    platform: str
    handle: str
    n_posts: int
    n_embeds: int
    n_articles: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two outlets, how many posts each embeds and both embed; `jaccard` is both, of all that either embeds."""

    outlet: str
    other: str
    n_outlet: int
    n_other: int
    n_both: int
    jaccard: float


@dataclass(frozen=True, slots=True)
class Reach:
    """How many posts are embedded by that many outlets."""

    n_outlets: int
    n_posts: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A post, and how many outlets and articles embed it."""

    platform: str
    handle: str | None
    posted_at: str | None
    permalink: str | None
    n_outlets: int
    n_articles: int
    text: str | None


@dataclass(frozen=True, slots=True)
class First:
    """An outlet: of the posts that it shares with others, how many it embedded first, alone or with another.

    Where of an article only the day is known, all articles of that day tie.
    """

    outlet: str
    n_shared: int
    n_first: int
    n_tied: int
    share_first: float | None


def top(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Outlet]:
    """The outlets that embed most posts."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Outlet(*[*told, share(told[2], n)]) for told in ask(archive, about, "posts", "outlets", limit=limit)]
    titled = ("outlets", "Outlets that embed most posts")
    note = "a post may have several outlets, so shares may add up to more than 1"
    picture = Picture(("outlet",), "n_posts")
    return answer(archive, about, "posts", titled, Outlet, rows, _POSTS, note, _HOMELESS, picture=picture)


def concentration(archive: sqlite3.Connection, about: Filter) -> Answer[Measure]:
    """How the embedded posts are spread over outlets; a post of two outlets counts for both."""
    sizes = [n for (n,) in ask(archive, about, "posts", "outlet_sizes")]
    rows = _inequality.measures(sizes, "outlets", "posts")
    titled = ("outlets-concentration", "How posts are spread over outlets")
    of = f"{sum(sizes):,} pairs of a post and an outlet that embeds it"
    return answer(archive, about, "posts", titled, Measure, rows, of, _HOMELESS)


def ties(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Tie]:
    """Who embeds whom: the pairs of outlet and account with most posts."""
    rows = [Tie(*told) for told in ask(archive, about, "posts", "who_embeds_whom", limit=limit)]
    titled = ("outlets-whom", "Who embeds whom")
    of = "{posts:,} embedded posts, {outlets:,} outlets"
    picture = Picture(("outlet", "handle"), "n_posts")
    return answer(archive, about, "posts", titled, Tie, rows, of, picture=picture)


def overlap(archive: sqlite3.Connection, about: Filter, limit: int = 20, minimum: int = 1) -> Answer[Overlap]:
    """The pairs of outlets that embed the same posts, the most alike first; `minimum` posts at least."""
    rows = []
    for first, second, n_first, n_second, both in ask(archive, about, "posts", "outlet_pairs"):
        if both >= minimum:
            (outlet, n), (other, n_other) = sorted(((first, n_first), (second, n_second)))
            rows.append(Overlap(outlet, other, n, n_other, both, round(both / (n + n_other - both), 6)))
    rows.sort(key=lambda row: (-row.jaccard, -row.n_both, row.outlet, row.other))
    titled = ("outlets-overlap", "Outlets that embed the same posts")
    kept = rows[: limit if limit >= 0 else None]
    picture = Picture(("outlet", "other"), "jaccard")
    return answer(archive, about, "posts", titled, Overlap, kept, "{outlets:,} outlets", picture=picture)


def reach(archive: sqlite3.Connection, about: Filter) -> Answer[Reach]:
    """By how many outlets posts are embedded."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Reach(outlets, posts, share(posts, n)) for outlets, posts in ask(archive, about, "posts", "reach")]
    titled = ("outlets-reach", "How many outlets share a post")
    note = "0 outlets: articles whose outlet is not known"
    return answer(
        archive, about, "posts", titled, Reach, rows, _POSTS, note, picture=Picture(("n_outlets",), "n_posts")
    )


def farthest(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Reached]:
    """The posts that most outlets embed."""
    rows = [Reached(*told) for told in ask(archive, about, "posts", "farthest_posts", limit=limit)]
    return answer(archive, about, "posts", ("outlets-farthest", "Posts of most outlets"), Reached, rows, _POSTS)


def firsts(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[First]:
    """Outlets by how many of the posts that they share with others they embedded before the others."""
    shared: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    tied: Counter[str] = Counter()
    posts = 0
    found = ask(archive, about, "posts", "dated_embeds_of_shared_posts")
    for _, group in groupby(found, key=lambda row: row[0]):
        shown = [(outlet, at, bool(is_day)) for _, outlet, at, is_day in group]
        shared.update({outlet for outlet, _, _ in shown})
        first = _first(shown)
        (alone if len(first) == 1 else tied).update(first)
        posts += 1
    rows = [First(o, n, alone[o], tied[o], share(alone[o], n)) for o, n in shared.items()]
    rows.sort(key=lambda row: (-row.n_first, -row.n_tied, -row.n_shared, row.outlet))
    titled = ("outlets-first", "Outlets that embed a post first")
    of = f"{posts:,} posts that several outlets embed in dated articles, of {_POSTS}"
    note = "first in this archive, by the dates that articles tell; who else embedded a post, it cannot know"
    picture = Picture(("outlet",), "n_first")
    kept = rows[: limit if limit >= 0 else None]
    return answer(archive, about, "posts", titled, First, kept, of, note, picture=picture)


def _first(shown: Iterable[tuple[str, str, bool]]) -> set[str]:
    """The outlets before whose articles no other's surely came; each is outlet, time, whether only the day is known."""
    earliest: dict[str, set[tuple[str, bool]]] = {}
    for outlet, at, is_day in shown:
        earliest.setdefault(outlet, set()).add((at[:10] if is_day else at, is_day))
    # One article surely came before another where its day did, or, both known finely, its moment.
    days = min(at[:10] for each in earliest.values() for at, _ in each)
    on_day = {o: {(at, d) for at, d in each if at[:10] == days} for o, each in earliest.items()}
    moment = min((at for each in on_day.values() for at, is_day in each if not is_day), default=None)
    return {o for o, each in on_day.items() if any(is_day or at == moment for at, is_day in each)}
