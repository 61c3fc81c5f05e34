"""How posts are known: for a method section."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass

from archiver.analysis._answers import Answer, answer, share
from archiver.store.questions import Filter, ask

__all__ = ["Known", "sources"]

_TOLD = {True: "told by some page", False: "not told"}


@dataclass(frozen=True, slots=True)
class Known:
    """A way in which something is known, and of how many posts or embeds; `of` says which the share is of.

    The glossary tells what the words for times and forms mean.
    """

    aspect: str
    way: str
    n: int
    of: str
    share: float | None


def sources(archive: sqlite3.Connection, about: Filter) -> Answer[Known]:
    """By what posts are identified and dated, and in which forms pages embed them."""
    posts: dict[str, Counter[str]] = {
        name: Counter() for name in ("post identified by", "time known by", "time known to the", "text", "author")
    }
    for identity, time_source, precision, has_text, has_author, n in ask(archive, about, "posts", "known_posts"):
        ways = (identity, time_source or "nothing", precision or "not known", _TOLD[has_text], _TOLD[has_author])
        for counts, way in zip(posts.values(), ways, strict=True):
            counts[way] += n
    embeds: dict[str, Counter[str]] = {
        name: Counter() for name in ("form of embed", "embed identified by", "text in the page")
    }
    for shape, identified_by, has_text, n in ask(archive, about, "posts", "known_embeds"):
        forms = (shape, identified_by, "shown" if has_text else "not shown")
        for counts, way in zip(embeds.values(), forms, strict=True):
            counts[way] += n
    rows = [*_rows(posts, "posts"), *_rows(embeds, "embeds")]
    of = "{posts:,} embedded posts, {embeds:,} embeds"
    return answer(archive, about, "posts", ("sources", "How posts are known"), Known, rows, of)


def _rows(found: dict[str, Counter[str]], of: str) -> list[Known]:
    return [
        Known(aspect, way, n, of, share(n, counts.total()))
        for aspect, counts in found.items()
        for way, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]
