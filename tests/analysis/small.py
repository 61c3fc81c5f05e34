"""A small archive, and random ones, for tests of analysis."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from archiver import entities, store
from archiver.analysis import Filter
from archiver.model import Archived, Capture, Embed, Page, Post

__all__ = ["BEGIN", "Article", "Shown", "add", "archive_of", "articles", "filters", "page", "pages", "post"]

BEGIN = datetime(2017, 10, 1, tzinfo=UTC)
_WHEN = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A post of a random archive; `hours` are counted from BEGIN, and `is_day` says that only the day is known."""

    number: int
    author: str | None
    platform: str
    tags: tuple[str, ...]
    lang: str | None
    hours: int | None
    is_day: bool

    @property
    def at(self) -> datetime | None:
        return None if self.hours is None else _moment(self.hours, is_day=self.is_day)


@dataclass(frozen=True)
class Article:
    """An article of a random archive; `around` are hashtags in the words around each of its embeds."""

    number: int
    outlet: str | None
    hours: int | None
    is_day: bool
    lang: str | None
    section: str | None
    around: tuple[str, ...]
    posts: tuple[Shown, ...]
    linked: tuple[Shown, ...]

    @property
    def at(self) -> datetime | None:
        return None if self.hours is None else _moment(self.hours, is_day=self.is_day)


@contextmanager
def archive_of(pages: Sequence[Page]) -> Iterator[sqlite3.Connection]:
    """An archive in memory that holds these pages, in this order."""
    with closing(store.open_archive(":memory:")) as archive:
        add(archive, *pages)
        yield archive


def add(archive: sqlite3.Connection, *pages: Page) -> None:
    """Stores pages, as a run does."""
    run = store.start_run(archive, ["archive"], "0", _WHEN)
    store.save(archive, run, [_archived(told) for told in pages])


def post(number: int, handle: str | None = "ann", text: str | None = None, *, hours: float = 0, **more: object) -> Post:
    """A tweet with an id, posted so many hours after BEGIN."""
    words = f"Post {number}" if text is None else text
    told = Post(
        "twitter",
        str(number),
        f"https://twitter.com/{handle or 'i'}/status/{number}",
        handle,
        author_name=handle and handle.title(),
        text=words,
        lang="en",
        posted_at=BEGIN + timedelta(hours=hours),
        time_source="id_snowflake",
        time_precision="millisecond",
        hashtags=tuple(entities.hashtags(words)),
    )
    return replace(told, **more)  # type: ignore[arg-type]


def page(
    url: str,
    *posts: Post,
    hours: float | None = None,
    around: Sequence[str] = (),
    shape: str = "blockquote",
    **more: object,
) -> Page:
    """An article, published so many hours after BEGIN, with these hashtags around each of its embeds."""
    embeds = tuple(
        Embed(each, shape, n, 1, "Before", "After", context_hashtags=tuple(around)) for n, each in enumerate(posts, 1)
    )
    told = Page(
        f"https://{url}",
        "declared",
        url.partition("/")[0],
        embeds=embeds,
        published_at=None if hours is None else BEGIN + timedelta(hours=hours),
        published_precision=None if hours is None else "second",
    )
    return replace(told, **more)  # type: ignore[arg-type]


def pages(told: Sequence[Article]) -> list[Page]:
    """The pages of a random archive."""
    return [_page(article) for article in told]


def _page(article: Article) -> Page:
    found = [(each, "blockquote") for each in article.posts] + [(each, "link") for each in article.linked]
    embeds = tuple(
        Embed(_post(each), shape, n, 1, context_hashtags=article.around) for n, (each, shape) in enumerate(found, 1)
    )
    return Page(
        f"https://{article.outlet or 'files.example'}/{article.number}",
        "declared",
        article.outlet,
        section=article.section,
        published_at=article.at,
        published_precision=None if article.at is None else "day" if article.is_day else "second",
        lang=article.lang,
        embeds=embeds,
    )


def _post(shown: Shown) -> Post:
    return Post(
        shown.platform,
        str(shown.number),
        None,
        shown.author,
        author_name=shown.author,
        text=f"Post {shown.number}",
        lang=shown.lang,
        posted_at=shown.at,
        time_source=None if shown.at is None else "embed_text_utc_day" if shown.is_day else "id_snowflake",
        time_precision=None if shown.at is None else "day" if shown.is_day else "millisecond",
        hashtags=shown.tags,
    )


def _moment(hours: int, *, is_day: bool) -> datetime:
    at = BEGIN + timedelta(hours=hours)
    return at.replace(hour=0) if is_day else at


def _archived(told: Page) -> Archived:
    return Archived(told.url, Capture(told.url, repr(told).encode(), "text/html", "file", _WHEN), told)


_TAGS = st.lists(st.sampled_from("MeToo Herons Pond Oscars".split()), max_size=3, unique=True).map(tuple)
_LANGS = st.sampled_from(("en", "pt-BR", "pt", "de", None))


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    """Up to eight articles that embed some of up to six posts."""
    posts = [
        Shown(
            number,
            draw(st.sampled_from(("ann", "Bob", "cy", None))),
            draw(st.sampled_from(("twitter", "twitter", "bluesky"))),
            draw(_TAGS),
            draw(_LANGS),
            draw(st.none() | st.integers(0, 24 * 100)),
            draw(st.booleans()),
        )
        for number in range(1, draw(st.sampled_from((1, 3, 4, 6))) + 1)
    ]
    some = st.lists(st.sampled_from(posts), max_size=4, unique=True)
    made = []
    for number in range(draw(st.sampled_from((6, 8, 4, 1, 0)))):
        shown = tuple(draw(some))
        linked = tuple(each for each in draw(some) if each not in shown)[:1]
        made.append(
            Article(
                number,
                draw(st.sampled_from(("a.example", "b.example", "c.example", None))),
                draw(st.none() | st.integers(0, 24 * 100)),
                draw(st.booleans()),
                draw(_LANGS),
                draw(st.sampled_from(("News", "Sport", None))),
                draw(_TAGS),
                shown,
                linked,
            )
        )
    return made


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """A filter that chooses some of such an archive, mostly by one or two fields."""
    told: dict[str, object] = {
        "hashtags": draw(st.sampled_from(((), ("metoo",), ("#MeToo", "pond")))),
        "authors": draw(st.sampled_from(((), ("@ANN",), ("bob", "twitter:cy"), ("bluesky:ann",)))),
        "outlets": draw(st.sampled_from(((), ("a.example",), ("www.a.example", "b.example")))),
        "platforms": draw(st.sampled_from(((), ("twitter",)))),
        "langs": draw(st.sampled_from(((), ("pt",), ("en", "pt-br")))),
        "since": draw(st.sampled_from((None, "2017-10", "2017-11-05"))),
        "until": draw(st.sampled_from((None, "2017", "2017-11", "2017-12-01"))),
    }
    kept = draw(st.lists(st.sampled_from(sorted(told)), max_size=3, unique=True))
    return Filter(**{name: told[name] for name in kept}, in_post_only=draw(st.booleans()))  # type: ignore[arg-type]
