"""Posts shown in several wordings, and embeds with something odd."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archiver.analysis._answers import Answer, Picture, answer, share
from archiver.store.questions import Filter, ask

__all__ = ["Difference", "Flagged", "Suspect", "Variant", "differences", "flags", "suspects", "wordings"]


@dataclass(frozen=True, slots=True)
class Difference:
    """In what wordings differ from the main text of their posts (the longest), and how many do so."""

    difference: str
    n_wordings: int
    n_posts: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Variant:
    """A wording of a post that pages show in several; `page_url` is one of `n_pages` that show it so."""

    platform: str
    handle: str | None
    permalink: str | None
    number: int
    difference: str
    n_pages: int
    page_url: str
    text: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag, and how many embeds, posts and articles have it; `share` is of all embeds."""

    flag: str
    n_embeds: int
    n_posts: int
    n_articles: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Suspect:
    """An embed with a flag, which is no verdict: the glossary says what each proves."""

    flag: str
    platform: str
    handle: str | None
    url_handle: str | None
    posted_at: str | None
    date_shown: str | None
    published_at: str | None
    permalink: str | None
    page_url: str
    text: str | None


def differences(archive: sqlite3.Connection, about: Filter) -> Answer[Difference]:
    """In what ways posts are shown in other wordings."""
    (n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Difference(*[*told, share(told[2], n)]) for told in ask(archive, about, "posts", "differences")]
    titled = ("variants-differences", "How wordings of one post differ")
    note = "a post with wordings of several kinds counts in each; wordings are those of all articles in the archive"
    return answer(
        archive,
        about,
        "posts",
        titled,
        Difference,
        rows,
        "{posts:,} embedded posts",
        note,
        picture=Picture(("difference",), "n_posts"),
    )


def wordings(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Variant]:
    """Posts that pages show in several wordings, one row a wording, the main text first."""
    rows = [Variant(*told) for told in ask(archive, about, "posts", "variants", limit=limit)]
    titled = ("variants", "Posts shown in several wordings")
    return answer(archive, about, "posts", titled, Variant, rows, "{posts:,} embedded posts")


def flags(archive: sqlite3.Connection, about: Filter) -> Answer[Flagged]:
    """How many embeds have something odd about them."""
    (_, n, *_) = next(ask(archive, about, "posts", "sizes"))
    rows = [Flagged(*[*told, share(told[1], n)]) for told in ask(archive, about, "posts", "flags")]
    titled = ("suspect-flags", "What is odd about embeds")
    note = "a flag says what was seen, and is no verdict; docs/glossary.md tells what each proves and what it does not"
    picture = Picture(("flag",), "n_embeds")
    return answer(archive, about, "posts", titled, Flagged, rows, "{embeds:,} embeds", note, picture=picture)


def suspects(archive: sqlite3.Connection, about: Filter, limit: int = 20) -> Answer[Suspect]:
    """Embeds with something odd about them, one row a flag."""
    rows = [Suspect(*told) for told in ask(archive, about, "posts", "suspects", limit=limit)]
    titled = ("suspect", "Embeds with something odd")
    return answer(archive, about, "posts", titled, Suspect, rows, "{embeds:,} embeds")
