"""Archives of any size, alike each time, by the product's writer."""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import time
from bisect import bisect
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where profile.py would hide the standard library's

from archiver import entities, store  # noqa: E402
from archiver.model import Archived, Capture, Embed, Mention, Page, Post  # noqa: E402

TOP_TAG = "MeToo"  # on every fifth post
COMMON_WORD = "people"  # in every fifth text
SEED = 20171015
BATCH = 5000  # pages in one transaction
_FIRST, _DAYS = datetime(2009, 1, 1, tzinfo=UTC), 16 * 365
_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_PLATFORMS = {"twitter": 80, "instagram": 7, "facebook": 4, "bluesky": 4, "tiktok": 3, "youtube": 1.5, "vimeo": 0.5}
_LANGS = {"en": 72, "es": 8, "de": 6, "fr": 5, "pt": 3, "ja": 1, "tr": 1, "und": 1, None: 3}
_FLAGS = {(): 970, ("date_differs",): 10, ("handle_differs",): 8, ("newer_than_article",): 8, ("impossible_id",): 4}
_SHAPES = {"blockquote": 75, "iframe": 12, "text_signature": 8, "link": 5}
_SECTIONS = {"News": 30, "Politics": 25, "Culture": 15, "Sport": 10, "Opinion": 8, None: 12}
_TAGS = {0: 35, 1: 35, 2: 20, 3: 8, 4: 2}  # how many hashtags a text has, beside the one on every fifth
_HTML = '<blockquote class="twitter-tweet" data-lang="en"><p lang="en" dir="ltr">{}</p>&mdash; {} (@{}) {}</blockquote>'


def main() -> None:
    """Makes one archive; says how long it took and how large it is."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("posts", type=int, help="how many posts, for example 1000000")
    ask.add_argument("db", type=Path, help="the file to make")
    ask.add_argument("--seed", type=int, default=SEED)
    chosen = ask.parse_args()
    if chosen.db.exists():
        ask.error(f"{chosen.db} exists")
    chosen.db.parent.mkdir(parents=True, exist_ok=True)
    with closing(store.open_archive(chosen.db)) as archive:
        archive.execute("pragma cache_size = -1000000")  # KiB: pages come in no order of time
        for posts, seconds in fill(archive, chosen.posts, chosen.seed):
            print(f"{posts:9,} posts  {seconds:6.0f} s  {1e6 * seconds / posts:5.0f} microseconds a post", flush=True)
        archive.execute("pragma analysis_limit = 1000")
        archive.execute("analyze")
        archive.execute("pragma wal_checkpoint(truncate)")
    print(f"{chosen.db}: {chosen.db.stat().st_size / 1e6:,.0f} MB")


def fill(archive: sqlite3.Connection, posts: int, seed: int = SEED, batch: int = BATCH) -> Iterator[tuple[int, float]]:
    """Stores pages until there are so many posts; after each batch how many there are and the seconds spent."""
    run_id = store.start_run(archive, ["archive", "generated"], "0", _NOW)
    made, total, started = Pages(posts, seed), store.Counts(), time.perf_counter()
    pages = iter(made)
    while made.posts < posts:
        total += store.save(archive, run_id, [archived(page) for page in islice(pages, batch)])
        yield made.posts, time.perf_counter() - started
    store.finish_run(archive, run_id, "done", total, _NOW)


def archived(page: Page) -> Archived:
    """A page as if it had been fetched."""
    return Archived(
        page.url, Capture(page.url, page.url.encode(), "text/html", "web", _NOW, page.url, status=200), page
    )


class Pages:
    """Pages without end: hashtags, authors and outlets by Zipf's law, no order of time, every sixth embed seen before.

    An embed's code has about 400 characters and the words around it about 600, half of what real pages have. Every
    tenth page tells an earlier one's story; every fourth speaks of posts in its own words.
    """

    def __init__(self, posts: int, seed: int = SEED) -> None:
        self.posts = 0
        self._random = random.Random(seed)  # noqa: S311  nothing is secret here
        self._tags = _Zipf(self._random, max(200, posts // 20))
        self._authors = _Zipf(self._random, max(100, posts // 10))
        self._outlets = _Zipf(self._random, min(2000, max(40, posts // 250)))
        self._words = _Zipf(self._random, 20_000)
        self._known: list[Post] = []
        self._also = random.Random(seed + 1)  # noqa: S311  beside the other, so that neither changes the other's posts
        self._told: list[tuple[str, str]] = []
        self._lists = {id(t): (list(t), list(accumulate(t.values()))) for t in _TABLES}

    def __iter__(self) -> Iterator[Page]:
        number = 0
        while True:
            yield self._page(number := number + 1)

    def _page(self, number: int) -> Page:
        day = self._random.random() ** 0.7 * _DAYS
        around = tuple(f"tag{self._tags()}" for _ in range(self._random.random() < 0.3))
        posts = [self._post(day) for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4, 6)))]
        embeds = tuple(self._embed(post, at, around) for at, post in enumerate(dict.fromkeys(posts), 1))
        domain = f"outlet{self._outlets()}.example"
        title, description = self._story(self._prose(9), self._prose(20))
        return Page(
            f"https://{domain}/{number}",
            "declared",
            domain,
            site_name=domain.partition(".")[0].title(),
            title=title,
            byline=f"Author {number % 997}",
            description=description,
            section=self._one_of(_SECTIONS),
            published_at=_FIRST + timedelta(days=day, seconds=number % 86400),
            published_source="json-ld",
            published_precision="second",
            lang=self._one_of(_LANGS),
            hashtags=around,
            embeds=embeds,
            mentions=tuple(self._mentions()),
        )

    def _story(self, title: str, description: str) -> tuple[str, str]:
        """These words, or those of an earlier page with one word changed."""
        if self._told and self._also.random() < 1 / 10:
            title, description = self._also.choice(self._told)
            words = description.split()
            words[self._also.randrange(len(words))] = "elsewhere"
            return title, " ".join(words)
        if len(self._told) < 5000:
            self._told.append((title, description))
        else:
            self._told[self._also.randrange(5000)] = title, description
        return title, description

    def _mentions(self) -> Iterator[Mention]:
        """Sentences that speak of posts: two in three name an account, every second of these quotes a post of it."""
        for _ in range(self._also.choice((1, 1, 2, 3)) if self._known and self._also.random() < 1 / 4 else 0):
            post = self._also.choice(self._known)
            handle = post.handle if self._also.random() < 2 / 3 else None
            words = (post.text or "").split()
            part = " ".join(words[: max(4, len(words) * 2 // 3)]) if self._also.random() < 1 / 2 else None
            said = (
                f"{f'@{handle}' if handle else 'She'} tweeted{f' “{part}”' if part else ''} at {self._also.random()}."
            )
            yield Mention(post.platform, "tweeted", said, "en", part if handle else None, handle)

    def _embed(self, post: Post, position: int, around: tuple[str, ...]) -> Embed:
        shape = self._one_of(_SHAPES) if post.platform_id else "text_signature"
        html = _HTML.format(post.text, post.author_name, post.handle, post.permalink)
        before = self._prose(60) + "".join(f" #{tag}" for tag in around)
        flags = self._one_of(_FLAGS)
        return Embed(post, shape, position, 1, before, self._prose(35), self._prose(5), around, html, flags)

    def _post(self, day: float) -> Post:
        if self._known and self._random.random() < 1 / 6:
            return self._random.choice(self._known)
        self.posts += 1
        platform, account = self._one_of(_PLATFORMS), self._authors()
        at = _FIRST + timedelta(
            days=max(day - self._random.expovariate(0.3), 0), milliseconds=self._random.randrange(10**7)
        )
        tags = [f"tag{self._tags()}" for _ in range(self._one_of(_TAGS))]
        if self._random.random() < 0.2:
            tags.append(TOP_TAG if self._random.random() < 0.7 else TOP_TAG.lower())
        words = self._prose(self._random.randrange(8, 26)) + (f" {COMMON_WORD}" if self._random.random() < 0.2 else "")
        text = " ".join([words, *(f"#{tag}" for tag in tags)])
        known = self._random.random() < 0.9  # by its id; the others by their text
        number = str(10**17 + self.posts * 7919)
        handle = f"{platform[:2]}_{account}"
        post = Post(
            platform,
            number if known else None,
            f"https://{platform}.example/{handle}/status/{number}" if known else None,
            handle,
            f"Name {account}",
            text=text,
            lang=self._one_of(_LANGS),
            date_shown=f"{at:%B} {at.day}, {at.year}",
            posted_at=at if known else at.replace(hour=0, minute=0, second=0, microsecond=0),
            time_source="id_snowflake" if known else "embed_text_utc_day",
            time_precision="millisecond" if known else "day",
            hashtags=tuple(entities.hashtags(text)),
        )
        if len(self._known) < 50_000:
            self._known.append(post)
        else:
            self._known[self._random.randrange(50_000)] = post
        return post

    def _prose(self, words: int) -> str:
        return " ".join([f"w{self._words()}" for _ in range(words)])

    def _one_of(self, table):
        values, sums = self._lists[id(table)]
        return values[bisect(sums, self._random.random() * sums[-1])]


class _Zipf:
    """Numbers from 1, the n-th with a weight of 1/n."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self._chance, self._sums = chance.random, list(accumulate(1 / n for n in range(1, size + 1)))

    def __call__(self) -> int:
        return bisect(self._sums, self._chance() * self._sums[-1]) + 1


_TABLES = (_PLATFORMS, _LANGS, _FLAGS, _SHAPES, _SECTIONS, _TAGS)

if __name__ == "__main__":
    main()
