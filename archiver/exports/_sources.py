"""Posts and articles as a bibliography cites them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from archiver.analysis import posts
from archiver.analysis.posts import Citing, Listed
from archiver.exports import _letters, _pseudonymous, _words
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store.questions import Filter

__all__ = ["Kind", "Source", "What", "cited"]

What = Literal["posts", "articles", "both"]
Kind = Literal["post", "article", "webpage"]
_TITLE_WORDS = 20  # of a post stand for its title, as APA has it


@dataclass(frozen=True, slots=True)
class Source:
    """An entry. `key` never changes and is unique, also without regard to case; texts are single lines.

    `container` is the platform or the outlet, `day` (UTC) year, month and day, `is_circa` says that it may be a day
    off, `accessed` when the article was captured. None: not told.
    """

    key: str
    kind: Kind
    author: str | None
    title: str
    container: str | None
    day: tuple[int, int, int] | None
    is_circa: bool
    url: str | None
    lang: str | None
    accessed: tuple[int, int, int] | None
    note: str | None


def cited(
    archive: sqlite3.Connection, about: Filter, what: What = "both", by: Pseudonyms | None = None
) -> Iterator[Source]:
    """The chosen posts, by the time of posting, and the articles that embed them; with pseudonyms where given."""
    if what != "articles":
        yield from map(_post, _pseudonymous.posts(posts.listed(archive, about), by))
    if what != "posts":
        yield from map(_article, _pseudonymous.articles(posts.articles(archive, about), by))


def _post(post: Listed) -> Source:
    words = _letters.line(post.text or "").split(" ")
    title = " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")
    first = post.shown[0]
    told = [
        f"@{_letters.line(post.handle)}" if post.handle else "",
        f"as shown in {_words.page(first.page_url)}, captured {first.captured_at[:10]}",
        f"time: {_words.how(post.time_source)}" if post.time_source else "time not known",
    ]
    return Source(
        _key(post.key),
        "post",
        _told(post.author_name) or _told(post.handle),
        title or "[Post without text]",
        _words.platform(post.platform),
        _words.day(post.posted_at),
        post.time_source == "embed_text_local",
        _letters.link(post.permalink),
        _told(post.lang),
        None,
        "; ".join(filter(None, told)),
    )


def _article(article: Citing) -> Source:
    digest = sha256(article.url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    is_article = bool(article.outlet and (article.published_at or article.byline))
    return Source(
        "-".join(filter(None, (_plain(article.outlet or "page"), digest))),
        "article" if is_article else "webpage",
        _told(article.byline),
        _told(article.title) or f"[{_words.page(article.url)}]",
        _told(article.outlet_name) or article.outlet,
        _words.day(article.published_at),
        False,
        _letters.link(article.url),
        _told(article.lang),
        _words.day(article.captured_at),
        None,
    )


def _key(natural: str) -> str:
    """A post's natural key in letters, digits and dashes; where that changes it, a digest keeps two apart."""
    plain = _plain(natural)
    if plain == natural.replace(":", "-") and natural == natural.lower():
        return plain
    return f"{plain[:40]}-{sha256(natural.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def _told(text: str | None) -> str | None:
    return _letters.line(text or "") or None
