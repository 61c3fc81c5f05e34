"""What an answer holds besides its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from archiver.analysis import _filters
from archiver.analysis._periods import By
from archiver.store import questions
from archiver.store.questions import Filter, View

__all__ = ["Answer", "Picture", "Scope", "answer", "scope", "share", "span"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Scope:
    """How much a filter chooses, and the archive's span: the first and last time of all its posts and articles."""

    posts: int
    embeds: int
    articles: int
    articles_with: int
    outlets: int
    posted: tuple[str | None, str | None]
    published: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Picture:
    """How rows are drawn: a bar for each, named by the columns of `label` and as long as `value`.

    With `by`, bars stand over time, `label` is the period, and `series` the column by which they go apart.
    """

    label: tuple[str, ...]
    value: str
    by: By | None = None
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """Rows, and what a reader must know of them.

    `filter` says in words what was asked about, `denominator` of what a share is a share, `span` when the archive's
    posts and articles are of, `notes` what the figures leave out. `rows` are frozen dataclasses, all of one type, that
    of `row`; their fields' names are the columns of tables. `picture` says how they are drawn, None where they are not.
    """

    name: str
    title: str
    row: type[R]
    rows: tuple[R, ...]
    filter: str
    denominator: str
    span: str
    notes: tuple[str, ...] = ()
    picture: Picture | None = None


def scope(archive: sqlite3.Connection, about: Filter, view: View) -> Scope:
    """How much is chosen, of what the archive holds."""
    posts, embeds, articles, articles_with, outlets = next(questions.ask(archive, about, view, "sizes"))
    _, first, last, _, first_page, last_page = next(questions.ask(archive, about, view, "span"))
    return Scope(posts, embeds, articles, articles_with, outlets, (first, last), (first_page, last_page))


def answer(
    archive: sqlite3.Connection,
    about: Filter,
    view: View,
    titled: tuple[str, str],
    row: type[R],
    rows: Iterable[R],
    of: str,
    *notes: str,
    picture: Picture | None = None,
) -> Answer[R]:
    """An answer with its filter in words and the archive's span; in `of` and notes, fields of the scope may stand."""
    told = scope(archive, about, view)
    sizes = {"posts": told.posts, "embeds": told.embeds, "articles": told.articles, "outlets": told.outlets}
    sizes["articles_with"] = told.articles_with
    return Answer(
        *titled,
        row,
        tuple(rows),
        _filters.words(about, view),
        of.format(**sizes),
        span(told),
        tuple(note.format(**sizes) for note in notes if note),
        picture,
    )


def share(part: float, whole: float) -> float | None:
    """The part as a share of the whole, None where there is no whole."""
    return round(part / whole, 6) if whole else None


def span(told: Scope) -> str:
    """The archive's span, in words."""
    return f"posts {_span(told.posted)}; articles {_span(told.published)}"


def _span(times: tuple[str | None, str | None]) -> str:
    first, last = times
    return f"of {first[:10]} to {last[:10]}" if first and last else "without dates"
