"""Questions that an archive answers, as plain typed rows.

    archive = store.open_archive("archive.db")
    answer = analysis.hashtags.top(archive, Filter(platforms=("twitter",)), limit=10)
    for tag in answer.rows:
        print(tag.hashtag, tag.n_posts)

Every function takes an open archive and a Filter, reads and writes nothing, and comes back with an Answer: rows, the
filter in words, what shares are shares of, and when the archive's posts and articles are of. A limit below 0 is none.
"""

from __future__ import annotations

from archiver.analysis import (
    authors,
    cooccurrence,
    embeds,
    hashtags,
    known,
    lag,
    mentions,
    networks,
    outlets,
    overview,
    posts,
    rot,
    syndication,
    unresolved,
    variants,
)
from archiver.analysis._answers import Answer, Picture, Scope
from archiver.analysis._periods import PeriodError
from archiver.store.questions import Filter

__all__ = [
    "Answer",
    "Filter",
    "PeriodError",
    "Picture",
    "Scope",
    "authors",
    "cooccurrence",
    "embeds",
    "hashtags",
    "known",
    "lag",
    "mentions",
    "networks",
    "outlets",
    "overview",
    "posts",
    "rot",
    "syndication",
    "unresolved",
    "variants",
]
