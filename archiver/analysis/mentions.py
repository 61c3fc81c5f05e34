"""Articles that speak of posts, embedded there or not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.store.questions import Filter, ask

__all__ = ["Sentence", "Spoken", "by_platform", "sentences"]

_OF = "{articles:,} articles in the archive that the filter allows"
_NOTE = "found by phrases in English, German, French, Spanish, Portuguese and Italian, in prose read when archiving"


@dataclass(frozen=True, slots=True)
class Spoken:
    """How many sentences speak of posts of a platform (None: of any), and in how many articles.

    `n_without` counts the articles that embed no post of that platform, `share` is theirs of all articles.
    """

    lang: str
    platform: str | None
    n_sentences: int
    n_articles: int
    n_without: int
    n_quotes: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that speaks of a post; `embedded` is 1 where the article embeds some post of that platform."""

    page_url: str
    outlet: str | None
    published_at: str | None
    lang: str
    platform: str | None
    phrase: str
    handle: str | None
    quote: str | None
    embedded: int
    text: str


def by_platform(archive: sqlite3.Connection, about: Filter) -> Answer[Spoken]:
    """How many articles speak of posts, by language and platform."""
    (_, _, n, *_) = next(ask(archive, about, "articles", "sizes"))
    found = ask(archive, about, "articles", "mentions_by_platform")
    rows = [Spoken(*[*told, share(told[4], n)]) for told in found]
    titled = ("mentions-platforms", "Articles that speak of posts")
    picture = Picture(("platform", "lang"), "n_articles")
    return answer(archive, about, "articles", titled, Spoken, rows, _OF, _NOTE, picture=picture)


def sentences(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Sentence]:
    """Sentences that speak of posts, in the order of their articles' publication."""
    rows = [Sentence(*told) for told in ask(archive, about, "articles", "mentions", limit=limit)]
    titled = ("mentions", "Sentences that speak of posts")
    return answer(archive, about, "articles", titled, Sentence, rows, _OF, _NOTE)
