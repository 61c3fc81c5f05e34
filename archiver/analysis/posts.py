"""Posts one by one, with the articles that show them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from archiver.store.questions import Filter, ask

__all__ = ["Citing", "Listed", "Shown", "articles", "listed", "notable"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A place where an article shows a post: the article, and the words around the embed.

    `wording` is the post's text as the page has it, None where it is the main text, or the page shows none.
    """

    page_url: str
    outlet: str | None
    title: str | None
    published_at: str | None
    published_precision: str | None
    shape: str
    wording: str | None
    context_before: str | None
    context_after: str | None
    captured_at: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A post, and every place where it is shown."""

    post_id: int
    key: str
    platform: str
    permalink: str | None
    handle: str | None
    author_name: str | None
    text: str | None
    lang: str | None
    posted_at: str | None
    time_source: str | None
    time_precision: str | None
    hashtags: tuple[str, ...]
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Citing:
    """An article that embeds posts, as a bibliography wants it; `url_source` is `file` where the page tells no URL."""

    url: str
    url_source: str
    outlet: str | None
    outlet_name: str | None
    title: str | None
    byline: str | None
    lang: str | None
    published_at: str | None
    published_precision: str | None
    captured_at: str | None


def listed(archive: sqlite3.Connection, about: Filter, ids: Sequence[int] | None = None) -> Iterator[Listed]:
    """The posts that a filter chooses, or those of them with these ids, by the time of posting, undated ones last."""
    only = None if ids is None else json.dumps(list(ids))
    for undated in (0, 1):
        rows = ask(archive, about, "posts", "listed", ids=only, undated=undated)
        for post, group in groupby(rows, key=lambda row: row[:12]):
            yield Listed(*[*post[:11], tuple(json.loads(post[11])), tuple(Shown(*row[12:]) for row in group)])


def notable(archive: sqlite3.Connection, about: Filter, limit: int = 6) -> list[Listed]:
    """The posts that most articles and most outlets embed, those of most articles first."""
    found = [
        (n_articles, n_outlets, post_id)
        for post_id, n_articles, n_outlets in ask(archive, about, "posts", "notable", limit=limit)
    ]
    order = {post_id: place for place, (*_, post_id) in enumerate(sorted(found, key=lambda e: (-e[0], -e[1], e[2])))}
    return sorted(listed(archive, about, list(order)), key=lambda post: order[post.post_id])


def articles(archive: sqlite3.Connection, about: Filter) -> Iterator[Citing]:
    """The articles that embed the chosen posts, in the order in which they came into the archive."""
    return (Citing(*row) for row in ask(archive, about, "posts", "articles_listed"))
