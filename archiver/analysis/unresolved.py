"""Quotations with a handle but no id."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote as quoted

from archiver.analysis import _likeness
from archiver.analysis._answers import Answer, answer
from archiver.analysis._likeness import likeness
from archiver.clocks import SNOWFLAKE_BITS, SNOWFLAKE_EPOCH_MS
from archiver.store.questions import Filter, View, ask

__all__ = ["ALIKE", "Unresolved", "likeness", "quotations", "search"]

ALIKE = 85.0
"""From this likeness on (0 to 100), words are told as those of a stored post."""

_MOST = 1000  # posts compared with one quotation
_BATCH = 5000  # quotations whose accounts' posts are read together
_CDX = "https://web.archive.org/cdx/search/cdx?url={url}*&output=json&filter=statuscode:200&collapse=urlkey{since}"
_ADDRESSES = {  # where a platform keeps an account's posts
    "bluesky": "bsky.app/profile/{handle}/post/",
    "facebook": "facebook.com/{handle}/posts/",
    "telegram": "t.me/{handle}/",
    "threads": "threads.net/@{handle}/post/",
    "tiktok": "tiktok.com/@{handle}/video/",
    "truthsocial": "truthsocial.com/@{handle}/",
    "twitter": "twitter.com/{handle}/status/",
}
_QUESTIONS: tuple[tuple[str, View, str], ...] = (
    ("prose", "articles", "quotations_in_prose"),
    ("embed", "posts", "quotations"),  # last, for what is asked after them is of this view
)
_SNOWFLAKES = datetime(2010, 11, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Words quoted from an account without an id.

    `source` is `embed` (shown as a post) or `prose` (quoted in a sentence). `day` is that of the post, or for prose of
    the article. `match` is the post of this archive whose words are most alike, `likeness` how much, from 0 to 100;
    None where none is alike. `search` asks the Wayback Machine for captures of the account's posts of that time.
    """

    source: str
    platform: str | None
    handle: str
    day: str | None
    match: str | None
    likeness: float | None
    page_url: str | None
    search: str | None
    text: str


def quotations(archive: sqlite3.Connection, about: Filter, limit: int = 20, alike: float = ALIKE) -> Answer[Unresolved]:
    """Quotations with a handle and no id: first those that some stored post explains, the most alike first."""
    counts: Counter[str] = Counter()

    def found() -> Iterator[_Quoted]:
        for source, view, question in _QUESTIONS:
            for each in _matched(archive, about, view, source, question, alike):
                counts.update((source, "matched") if each.match else (source,))
                yield each

    kept = sorted(found(), key=_order) if limit < 0 else nsmallest(limit, found(), key=_order)
    numbers = {f"of_{source}": [each.number for each in kept if each.source == source] for source in ("embed", "prose")}
    told = ask(archive, about, "posts", "pages_of_quotations", **{name: json.dumps(n) for name, n in numbers.items()})
    urls = {(source, number): url for source, number, url in told}
    rows = [_unresolved(each, urls.get((each.source, each.number))) for each in kept]
    n, embedded, in_prose = counts["embed"] + counts["prose"], counts["embed"], counts["prose"]
    of = f"{n:,} quotations ({embedded:,} embedded, {in_prose:,} in prose), {counts['matched']:,} with a match"
    note = f"a match has words alike by {alike:g} of 100 or more, by the same account, within a day (prose: a month)"
    titled = ("unresolved", "Quotations with a handle and no id")
    return answer(archive, about, "posts", titled, Unresolved, rows, of, note)


def search(platform: str | None, handle: str, day: str | None, *, is_article: bool = False) -> str | None:
    """A query to the Wayback Machine's index for an account's posts of a day; None where addresses hold no handle.

    A tweet's id tells its time, so that the first digits of the ids of those days narrow the search. Of an article's
    day the posts are those of it and the two weeks before.
    """
    address = _ADDRESSES.get(platform or "")
    if address is None:
        return None
    url = address.format(handle=quoted(handle.lstrip("@"), safe=""))
    since = ""
    if day:
        begin = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=14 if is_article else 1)
        end = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=2)
        since = f"&from={begin:%Y%m%d}"
        if platform == "twitter" and begin > _SNOWFLAKES:
            url += _shared(_first_id(begin), _first_id(end))
    return _CDX.format(url=url, since=since)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A quotation: the number of its post or sentence, and the days (the last not included) when it may be from."""

    source: str
    author_id: int | None
    number: int
    platform: str | None
    handle: str
    day: str | None
    since: str | None
    until: str | None
    words: str
    match: str | None = None
    likeness: float | None = None


def _matched(
    archive: sqlite3.Connection, about: Filter, view: View, source: str, question: str, alike: float
) -> Iterator[_Quoted]:
    """The quotations that a question finds, with the post that is most like each; of two alike the older.

    The posts of an account are read once for all its quotations of a batch: it may be quoted ten thousand times.
    """
    quotations = (_Quoted(source, *told) for told in ask(archive, about, view, question))
    for batch in _batches(quotations):
        windows = json.dumps(list(_windows(batch)))
        by_author = groupby(ask(archive, about, view, "posts_in_windows", windows=windows), key=itemgetter(0))
        author, posts = next(by_author, (None, iter(())))
        for author_id, group in groupby(batch, key=_author):
            if author_id is None or author_id != author:
                yield from group
                continue
            yield from _of_author(list(group), sorted(posts, key=itemgetter(1)), alike)
            author, posts = next(by_author, (None, iter(())))


def _batches(quotations: Iterable[_Quoted]) -> Iterator[list[_Quoted]]:
    """Some thousands at a time, each account's together."""
    batch: list[_Quoted] = []
    for _, group in groupby(quotations, key=_author):
        batch += group
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _windows(quotations: Iterable[_Quoted]) -> Iterator[tuple[int, str, str]]:
    """For each account the days when quotations may be from, in order and apart from each other."""
    for author_id, group in groupby(quotations, key=_author):
        if author_id is None:
            continue
        first, last = "", ""
        for since, until in sorted((each.since, each.until) for each in group if each.since and each.until):
            if since > last:
                if last:
                    yield author_id, first, last
                first = since
            last = max(last, until)
        if last:
            yield author_id, first, last


def _of_author(
    quotations: Sequence[_Quoted], posts: Sequence[tuple[int, str, str, str]], alike: float
) -> Iterator[_Quoted]:
    times = [at for _, at, _, _ in posts]
    texts = [_likeness.plain(text) for *_, text in posts]
    for each in quotations:
        best = None
        if each.since and each.until:
            begin = bisect_left(times, each.since)
            some = texts[begin : min(bisect_left(times, each.until), begin + _MOST)]
            best = _likeness.best(_likeness.plain(each.words), some, alike)
        yield replace(each, match=posts[begin + best[1]][2], likeness=best[0]) if best else each


def _author(each: _Quoted) -> int | None:
    return each.author_id


def _order(each: _Quoted) -> tuple[object, ...]:
    likeness = each.likeness or 0
    return each.likeness is None, -likeness, each.source, each.day or "", each.handle, each.words, each.number


def _unresolved(each: _Quoted, page_url: str | None) -> Unresolved:
    query = search(each.platform, each.handle, each.day, is_article=each.source == "prose")
    told = (each.source, each.platform, each.handle, each.day, each.match, each.likeness, page_url, query, each.words)
    return Unresolved(*told)


def _first_id(moment: datetime) -> str:
    return str((int(moment.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << SNOWFLAKE_BITS)


def _shared(first: str, last: str) -> str:
    """The digits with which all numbers from one to another of the same length begin."""
    if len(first) != len(last):
        return ""
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(first))]
