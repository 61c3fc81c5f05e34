"""Authors: whose posts are embedded, and how concentrated."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.analysis import _inequality
from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.analysis._inequality import Measure
from archiver.store.questions import Filter, ask

__all__ = ["Author", "concentration", "top"]

_OF = "{posts:,} embedded posts"


@dataclass(frozen=True, slots=True)
class Author:
    """An account, how many of its posts are embedded, how often, in how many articles and by how many outlets."""

    platform: str
    handle: str
    name: str | None
    n_posts: int
    n_embeds: int
    n_articles: int
    n_outlets: int
    share: float | None


def top(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Author]:
    """The accounts of most embedded posts."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Author(*[*told, share(told[3], n)]) for told in ask(archive, about, "posts", "authors", limit=limit)]
    titled = ("authors", "Authors of most embedded posts")
    picture = Picture(("handle", "platform"), "n_posts")
    return answer(archive, about, "posts", titled, Author, rows, _OF, _unsigned(archive, about), picture=picture)


def concentration(archive: sqlite3.Connection, about: Filter) -> Answer[Measure]:
    """How the embedded posts are spread over their authors."""
    rows = _inequality.measures(_sizes(archive, about), "authors", "posts")
    titled = ("authors-concentration", "How posts are spread over authors")
    return answer(archive, about, "posts", titled, Measure, rows, _OF, _unsigned(archive, about))


def _sizes(archive: sqlite3.Connection, about: Filter) -> list[int]:
    return [n for (n,) in ask(archive, about, "posts", "author_sizes")]


def _unsigned(archive: sqlite3.Connection, about: Filter) -> str:
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    unknown = n - sum(_sizes(archive, about))
    return f"{unknown:,} posts whose author no page tells are in no row" if unknown else ""
