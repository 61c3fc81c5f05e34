"""Quotations with a handle but no id."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import quote as quoted

from rapidfuzz import fuzz

from archiver.analysis._answers import Answer, answer
from archiver.store.questions import Filter, ask

__all__ = ["ALIKE", "Unresolved", "likeness", "quotations", "search"]

ALIKE = 85.0
"""From this likeness on (0 to 100), words are told as those of a stored post."""

_SHORTEST = 12  # characters: shorter quotations are compared whole only
_MOST = 1000  # posts compared with one quotation
_LINK = re.compile(r"(?:https?://|pic\.(?:twitter|x)\.com/|t\.co/)\S*")
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
_TWITTER_MS, _TWITTER_BITS = 1288834974657, 22  # see platforms/_snowflake.py
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
    embedded = list(_matched("embed", ask(archive, about, "posts", "quotations"), alike))
    in_prose = list(_matched("prose", ask(archive, about, "articles", "quotations_in_prose"), alike))
    rows = sorted(
        embedded + in_prose,
        key=lambda r: (r.likeness is None, -(r.likeness or 0), r.source, r.day or "", r.handle, r.text),
    )
    matched = sum(row.match is not None for row in rows)
    of = f"{len(rows):,} quotations ({len(embedded):,} embedded, {len(in_prose):,} in prose), {matched:,} with a match"
    note = f"a match has words alike by {alike:g} of 100 or more, by the same account, within a day (prose: a month)"
    kept = rows[: limit if limit >= 0 else None]
    titled = ("unresolved", "Quotations with a handle and no id")
    return answer(archive, about, "posts", titled, Unresolved, kept, of, note)


def likeness(words: str, text: str) -> float:
    """How much quoted words are like a post's text, from 0 to 100; a part of it is as good as the whole."""
    here, there = _plain(words), _plain(text)
    if min(len(here), len(there)) < _SHORTEST:
        return round(fuzz.ratio(here, there), 2)
    return round(max(fuzz.ratio(here, there), fuzz.partial_ratio(here, there) if len(here) <= len(there) else 0.0), 2)


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


def _matched(source: str, found: Iterable[Any], alike: float) -> Iterator[Unresolved]:
    """One row a quotation, with the post that is most like it; of two alike the older."""
    for (_, platform, handle, day, words, page_url), group in groupby(found, key=lambda row: row[:6]):
        best: tuple[float, str] | None = None
        for compared, (*_, permalink, text) in enumerate(group):
            if text is None or permalink is None or compared >= _MOST:
                continue
            score = likeness(words, text)
            if score >= alike and (best is None or score > best[0]):
                best = score, permalink
        query = search(platform, handle, day, is_article=source == "prose")
        alike_by, match = best or (None, None)
        yield Unresolved(source, platform, handle, day, match, alike_by, page_url, query, words)


def _plain(text: str) -> str:
    """Letters and digits of the words that are no links, small, with single blanks between words."""
    kept = "".join(c if c.isalnum() else " " for c in _LINK.sub(" ", text).casefold())
    return " ".join(kept.split())


def _first_id(moment: datetime) -> str:
    return str((int(moment.timestamp() * 1000) - _TWITTER_MS) << _TWITTER_BITS)


def _shared(first: str, last: str) -> str:
    """The digits with which all numbers from one to another of the same length begin."""
    if len(first) != len(last):
        return ""
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(first))]
