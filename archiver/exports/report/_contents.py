"""What a report tells, asked from an archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from archiver.analysis import (
    authors,
    cooccurrence,
    hashtags,
    known,
    lag,
    networks,
    outlets,
    overview,
    posts,
    variants,
)
from archiver.analysis.overview import Figure as Count
from archiver.analysis.posts import Listed
from archiver.exports.report import _figures
from archiver.exports.report._figures import Figure
from archiver.store.questions import Filter

__all__ = ["Card", "Contents", "Section", "gather"]

_ROWS = 20
_CARDS = 6
_PLACES = 4  # articles that a card names


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; figures that are `beside` stand two in a row where there is room."""

    id: str
    title: str
    intro: str
    figures: tuple[Figure, ...]
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A post that many articles embed, how many do, of how many outlets; `post.shown` are the first of its embeds."""

    post: Listed
    n_articles: int
    n_outlets: int


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a report tells, its sections in order."""

    filter: str
    span: str
    counts: tuple[Count, ...]
    sections: tuple[Section, ...]
    cards: tuple[Card, ...]
    versions: tuple[str, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of all sections."""
        return tuple(figure for section in self.sections for figure in section.figures)


def gather(archive: sqlite3.Connection, about: Filter, tell: Callable[[str], None]) -> Contents:
    """Asks all that a report tells; `tell` hears of each section before it is asked for. Raises ArchiveError."""
    counts = overview.figures(archive, about)
    sections = []
    for number, part in enumerate((_making, _time, _top, _networks, _lag, _known), 1):
        tell(f"{number}/7 {part.__name__.removeprefix('_')}")
        sections.append(part(archive, about))
    tell("7/7 posts")
    cards = tuple(map(_card, posts.notable(archive, about, _CARDS)))
    versions = tuple(sorted({run.version for run in overview.runs(archive, about, -1).rows}))
    return Contents(counts.filter, counts.span, counts.rows, tuple(sections), cards, versions)


def _making(archive: sqlite3.Connection, about: Filter) -> Section:
    told = (overview.runs(archive, about, _ROWS), overview.attempts(archive, about))
    intro = (
        "Each run of a command that wrote into the archive, and how attempts to read pages ended. These figures are of "
        "the whole archive, whatever the filter."
    )
    return Section(
        "making", "How it was made", intro, tuple(_figures.of_answer(answer, drawn=False) for answer in told)
    )


def _time(archive: sqlite3.Connection, about: Filter) -> Section:
    figures = (
        _figures.over_time(overview.posts_over_time(archive, about), "posts"),
        _figures.over_time(overview.articles_over_time(archive, about), "articles"),
    )
    intro = (
        "When the posts were posted, and when the articles that embed them were published. Undated ones are left out."
    )
    return Section("time", "Over time", intro, figures)


def _top(archive: sqlite3.Connection, about: Filter) -> Section:
    told = (
        hashtags.top(archive, about, _ROWS),
        authors.top(archive, about, _ROWS),
        outlets.top(archive, about, _ROWS),
        overview.platforms(archive, about),
    )
    intro = "The twelve first are drawn; the tables below the pictures hold twenty, and more columns."
    figures = tuple(_figures.of_answer(answer) for answer in told)
    return Section("top", "Most embedded", intro, figures, beside=True)


def _networks(archive: sqlite3.Connection, about: Filter) -> Section:
    figures = tuple(
        _figures.of_network(networks.of(archive, about, name)) for name in ("hashtags", "accounts", "outlets")
    )
    pairs = _figures.of_answer(cooccurrence.pairs(archive, about, _ROWS), drawn=False)
    intro = (
        "Of each network only the heaviest edges are drawn. Whole networks, for Gephi and the like: "
        "archiver export gexf, archiver export graphml."
    )
    return Section("networks", "Networks", intro, (*figures, pairs))


def _lag(archive: sqlite3.Connection, about: Filter) -> Section:
    told = (*lag.histogram_and_summary(archive, about), lag.reuse(archive, about))
    spread = (outlets.reach(archive, about), outlets.firsts(archive, about, _ROWS))
    intro = (
        "How long after a post the article came that embeds it, and how far posts spread over outlets. Quartiles and "
        "half-life of re-use are in days after the first article."
    )
    return Section(
        "lag", "From post to article", intro, tuple(_figures.of_answer(answer) for answer in (*told, *spread))
    )


def _known(archive: sqlite3.Connection, about: Filter) -> Section:
    figures = (
        _figures.of_known(known.sources(archive, about)),
        _figures.of_answer(variants.differences(archive, about)),
        _figures.of_answer(variants.flags(archive, about)),
    )
    intro = (
        "By what posts are identified and dated, in which forms pages embed them, where pages disagree, and what is "
        "odd. The last section says what the words mean."
    )
    return Section("known", "How the posts are known", intro, figures)


def _card(post: Listed) -> Card:
    first_of = {shown.page_url: shown for shown in reversed(post.shown)}
    told = sorted(first_of.values(), key=lambda shown: (shown.published_at is None, shown.published_at, shown.page_url))
    named = replace(post, shown=tuple(told[:_PLACES]))
    return Card(named, len(first_of), len({shown.outlet for shown in post.shown if shown.outlet}))
