"""Articles told twice: the same story in several outlets."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from string import punctuation
from zlib import crc32

from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.store.questions import Filter, ask

__all__ = ["ALIKE", "Count", "Story", "alike", "counts", "stories"]

ALIKE = 0.7
"""Articles of which so much of the word triples is common are one story."""

_FEWEST = 8  # words: of shorter titles and descriptions nothing can be said
_SKETCH = 4  # hashes of an article by which others like it are looked for
_MOST = 50  # articles compared with one that have a hash in common
_BLANKS = bytes.maketrans(punctuation.encode(), b" " * len(punctuation))
_LONGEST = 5000  # characters of a title and description that are read
_OF = "{articles:,} articles in the archive that the filter allows"
_NOTE = (
    "a story is articles whose titles and descriptions have most word triples in common; titles and descriptions that "
    "an outlet puts on many pages make stories too"
)


@dataclass(frozen=True, slots=True)
class Story:
    """Articles that tell the same: how many, of how many outlets, how many posts they embed, and the first of them."""

    n_articles: int
    n_outlets: int
    n_posts: int
    first_published_at: str | None
    first_outlet: str | None
    page_url: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """A figure counted by articles as they were published, and with each story once."""

    measure: str
    by_article: float | None
    by_story: float | None


def stories(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Story]:
    """The stories that most articles tell."""
    story_of = _story_of(archive, about)
    groups: dict[int, list[int]] = {}
    for page_id, story in story_of.items():
        groups.setdefault(story, []).append(page_id)
    posts: dict[int, set[int]] = {}
    for post_id, page_id in ask(archive, about, "articles", "shown_by", pages=json.dumps(list(story_of))):
        if page_id in story_of:
            posts.setdefault(story_of[page_id], set()).add(post_id)
    largest = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))[: limit if limit >= 0 else None]
    rows = []
    for story, pages in largest:
        told = list(ask(archive, about, "articles", "articles_told", ids=json.dumps(pages)))
        _, url, outlet, at, title, _ = told[0]
        outlets = {domain for _, _, domain, *_ in told if domain}
        rows.append(Story(len(pages), len(outlets), len(posts.get(story, ())), at, outlet, url, title))
    titled = ("syndication", "Stories that several articles tell")
    of = f"{len(groups):,} stories of {len(story_of):,} articles, of {_OF}"
    picture = Picture(("text",), "n_articles")
    return answer(archive, about, "articles", titled, Story, rows, of, _NOTE, picture=picture)


def counts(archive: sqlite3.Connection, about: Filter) -> Answer[Count]:
    """What is counted otherwise when each story counts once."""
    story_of = _story_of(archive, about)
    told = json.dumps(list(story_of))
    _, _, n_pages, n_with, _ = next(ask(archive, about, "articles", "sizes"))
    n_stories = n_pages - len(story_of) + len(set(story_of.values()))
    n_others, several_others, most_others = next(ask(archive, about, "articles", "shown_by_others", pages=told))
    pairs, several, most = [n_others] * 2, [several_others] * 2, [most_others] * 2  # by article, by story
    with_embeds: set[int] = set()
    for _, group in groupby(ask(archive, about, "articles", "shown_by", pages=told), key=itemgetter(0)):
        pages = {page_id for _, page_id in group}
        with_embeds |= pages & story_of.keys()
        once = {story_of.get(page_id, page_id) for page_id in pages}
        for place, n in enumerate((len(pages), len(once))):
            pairs[place], several[place], most[place] = pairs[place] + n, several[place] + (n > 1), max(most[place], n)
    n_with_once = n_with - len(with_embeds) + len({story_of[page_id] for page_id in with_embeds})
    rows = [
        Count("articles", n_pages, n_stories),
        Count("articles with embeds", n_with, n_with_once),
        Count("share of articles with embeds", share(n_with, n_pages), share(n_with_once, n_stories)),
        Count("posts in articles", *pairs),
        Count("posts in more than one", *several),
        Count("most that embed one post", *most),
    ]
    titled = ("syndication-counts", "Counts by article, and with each story once")
    return answer(archive, about, "articles", titled, Count, rows, _OF, _NOTE)


def alike(read: Callable[[], Iterable[tuple[int, str]]]) -> dict[int, int]:
    """The articles that tell what another tells, each with the least number of its story.

    `read` is called twice, and yields numbers and texts. Candidates are found by MinHash (Broder 1997): the least
    hashes of an article's word triples, of which two articles must have two in common; then the Jaccard index of all
    triples decides.
    """
    candidates = _candidates(read())
    if not candidates:
        return {}
    wanted = {number for pair in candidates for number in pair}
    triples = {number: array("q", _triples(text)) for number, text in read() if number in wanted}
    parents: dict[int, int] = {}
    for pair in sorted(candidates):
        one, other = (set(triples[number]) for number in pair)
        if len(one & other) >= ALIKE * len(one | other):
            root, under = sorted(_root(parents, number) for number in pair)
            parents[under] = root
            parents[root] = root
    return {number: _root(parents, number) for number in sorted(parents)}


def _candidates(texts: Iterable[tuple[int, str]]) -> set[tuple[int, int]]:
    """Pairs of articles that have two of their least hashes in common."""
    numbers, hashes = array("q"), array("q")
    for number, text in texts:
        least = sorted(_triples(text))[:_SKETCH]
        hashes.fromlist(least)
        numbers.fromlist([number] * len(least))
    often = _often(hashes)
    more: dict[int, list[int]] = {}
    found: set[tuple[int, int]] = set()
    shared = ((number, part) for number, part in zip(numbers, hashes, strict=True) if part in often)
    for number, parts in groupby(shared, key=itemgetter(0)):
        near: set[int] = set()
        for _, part in parts:
            others = more.setdefault(part, [])
            found.update((other, number) for other in near.intersection(others))
            near.update(others)
            if len(others) < _MOST:
                others.append(number)
    return found


def _often(hashes: Sequence[int]) -> set[int]:
    """The hashes that are there twice. Most are there once and need not be kept: bits tell which may be there twice."""
    seen = bytearray(1 << (8 * len(hashes)).bit_length())
    mask, some = len(seen) - 1, set()
    for part in hashes:
        if seen[part & mask]:
            some.add(part)
        else:
            seen[part & mask] = 1
    return {part for part, n in Counter(filter(some.__contains__, hashes)).items() if n > 1}


def _triples(text: str) -> set[int]:
    """Hashes of each three words that follow each other; none of a text of few words.

    Python's hash of three numbers is the same in every process, which that of words is not.
    """
    words = [*map(crc32, text[:_LONGEST].casefold().encode().translate(_BLANKS).split())]
    return set(map(hash, zip(words, words[1:], words[2:], strict=False))) if len(words) >= _FEWEST else set()


def _root(parents: dict[int, int], number: int) -> int:
    while (parent := parents.get(number, number)) != number:
        parents[number] = number = parents.get(parent, parent)
    return number


def _story_of(archive: sqlite3.Connection, about: Filter) -> dict[int, int]:
    return alike(lambda: ask(archive, about, "articles", "articles"))
