"""Hashtags that posts have together."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass

from archiver.analysis._answers import Answer, Picture, answer
from archiver.store.questions import Filter, ask

__all__ = ["Pair", "pairs"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two hashtags: how many posts have both, the first, the second.

    `pmi` is pointwise mutual information in bits, above 0 where they meet more often than by chance; `g2` is Dunning's
    log-likelihood: the higher, the less chance explains (3.84 is the 5 % level of one comparison).
    """

    hashtag: str
    other: str
    n_together: int
    n_hashtag: int
    n_other: int
    pmi: float
    g2: float


def pairs(archive: sqlite3.Connection, about: Filter, limit: int = 20, minimum: int = 2) -> Answer[Pair]:
    """The pairs of hashtags that most posts have together, `minimum` posts at least."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    found = ask(archive, about, "posts", "hashtag_sizes", minimum=minimum)
    sizes = {number: (display, size) for number, display, size in found}
    rows = []
    for first, second, both in ask(archive, about, "posts", "hashtag_pairs", minimum=minimum):
        (tag, n_tag), (other, n_other) = sorted((sizes[first], sizes[second]), key=lambda each: (-each[1], each[0]))
        rows.append((both, tag, other, n_tag, n_other))
    rows.sort(key=lambda row: (-row[0], row[1], row[2]))
    kept = rows if limit < 0 else rows[:limit]
    told = [
        Pair(a, b, both, n_a, n_b, _pmi(both, n_a, n_b, n), _g2(both, n_a, n_b, n)) for both, a, b, n_a, n_b in kept
    ]
    note = f"pairs of fewer than {minimum} posts are left out; {len(rows):,} pairs remain" if minimum > 1 else ""
    picture = Picture(("hashtag", "other"), "n_together")
    titled = ("cooccurrence", "Hashtags that posts have together")
    return answer(archive, about, "posts", titled, Pair, told, "{posts:,} embedded posts", note, picture=picture)


def _pmi(both: int, n_a: int, n_b: int, n: int) -> float:
    return round(math.log2(both * n / (n_a * n_b)), 4)


def _g2(both: int, n_a: int, n_b: int, n: int) -> float:
    """Twice the sum of observed × log(observed / expected) over the four cells of the two-by-two table."""
    cells = (
        (both, n_a * n_b),
        (n_a - both, n_a * (n - n_b)),
        (n_b - both, (n - n_a) * n_b),
        (n - n_a - n_b + both, (n - n_a) * (n - n_b)),
    )
    return round(max(0.0, 2 * sum(o * math.log(o * n / e) for o, e in cells if o)), 4)
