"""Every question by name, and the tables that answer it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from archiver.analysis import (
    authors,
    cooccurrence,
    embeds,
    hashtags,
    known,
    lag,
    mentions,
    outlets,
    rot,
    syndication,
    unresolved,
    variants,
)
from archiver.analysis._answers import Answer
from archiver.analysis._periods import By, PeriodError
from archiver.store.questions import Filter

__all__ = ["QUESTIONS", "Options", "Table"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a question is answered: rows at most (below 0 all), periods, what two periods to compare, posts at least."""

    limit: int = 20
    by: By | None = None
    then: str | None = None
    now: str | None = None
    minimum: int | None = None


Asked = Callable[[sqlite3.Connection, Filter, Options], Answer[Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its name, and the function that makes it."""

    name: str
    ask: Asked


def _changes(archive: sqlite3.Connection, about: Filter, told: Options) -> Answer[Any]:
    if not told.then or not told.now:
        raise PeriodError("two periods are needed: --then and --now")
    return hashtags.changes(archive, about, told.then, told.now, told.limit)


QUESTIONS: dict[str, tuple[Table, ...]] = {
    "hashtags": (
        Table("top", lambda a, f, o: hashtags.top(a, f, o.limit)),
        Table(
            "time", lambda a, f, o: hashtags.by_period(a, f, o.by or "month", min(o.limit, 10) if o.limit > 0 else 10)
        ),
        Table("changes", _changes),
    ),
    "cooccurrence": (Table("pairs", lambda a, f, o: cooccurrence.pairs(a, f, o.limit, o.minimum or 2)),),
    "authors": (
        Table("top", lambda a, f, o: authors.top(a, f, o.limit)),
        Table("concentration", lambda a, f, _: authors.concentration(a, f)),
    ),
    "outlets": (
        Table("top", lambda a, f, o: outlets.top(a, f, o.limit)),
        Table("concentration", lambda a, f, _: outlets.concentration(a, f)),
        Table("whom", lambda a, f, o: outlets.ties(a, f, o.limit)),
        Table("overlap", lambda a, f, o: outlets.overlap(a, f, o.limit, o.minimum or 1)),
        Table("reach", lambda a, f, _: outlets.reach(a, f)),
        Table("farthest", lambda a, f, o: outlets.farthest(a, f, o.limit)),
        Table("first", lambda a, f, o: outlets.firsts(a, f, o.limit)),
    ),
    "lag": (
        Table("summary", lambda a, f, _: lag.summary(a, f)),
        Table("histogram", lambda a, f, _: lag.histogram(a, f)),
        Table("reuse", lambda a, f, _: lag.reuse(a, f)),
    ),
    "embeds": (
        Table("outlets", lambda a, f, o: embeds.shares(a, f, "outlet", o.limit)),
        Table("time", lambda a, f, o: embeds.shares(a, f, o.by or "month")),
        Table("sections", lambda a, f, o: embeds.shares(a, f, "section", o.limit)),
        Table("platforms", lambda a, f, o: embeds.shares(a, f, "platform", o.limit)),
        Table("forms", lambda a, f, o: embeds.forms(a, f, o.by or "year")),
    ),
    "variants": (
        Table("differences", lambda a, f, _: variants.differences(a, f)),
        Table("wordings", lambda a, f, o: variants.wordings(a, f, o.limit)),
    ),
    "suspect": (
        Table("flags", lambda a, f, _: variants.flags(a, f)),
        Table("embeds", lambda a, f, o: variants.suspects(a, f, o.limit)),
    ),
    "sources": (Table("known", lambda a, f, _: known.sources(a, f)),),
    "mentions": (
        Table("platforms", lambda a, f, _: mentions.by_platform(a, f)),
        Table("sentences", lambda a, f, o: mentions.sentences(a, f, o.limit)),
    ),
    "unresolved": (Table("quotations", lambda a, f, o: unresolved.quotations(a, f, o.limit)),),
    "rot": (
        Table("platforms", lambda a, f, _: rot.platforms(a, f)),
        Table("outlets", lambda a, f, o: rot.outlets(a, f, o.limit)),
        Table("time", lambda a, f, o: rot.over_time(a, f, o.by or "month")),
        Table("authors", lambda a, f, o: rot.authors(a, f, o.limit)),
    ),
    "syndication": (
        Table("counts", lambda a, f, _: syndication.counts(a, f)),
        Table("stories", lambda a, f, o: syndication.stories(a, f, o.limit)),
    ),
}
"""Each question's tables, the first of which answers it in short."""
