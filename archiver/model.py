"""The nouns: captures, posts, embeds, pages, outcomes."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Self

from archiver.errors import ArchiverError

__all__ = [
    "DATASET",
    "Archived",
    "Capture",
    "Dataset",
    "DateShown",
    "Digest",
    "Embed",
    "Exchange",
    "Failed",
    "FileKnown",
    "FileRead",
    "Link",
    "Listed",
    "Media",
    "Mention",
    "Page",
    "Passed",
    "Post",
    "Prose",
    "Sighting",
    "Unchanged",
    "utc",
]


DATASET = "dataset"
"""The shape of an embed, and the source of a page's address and date, that a dataset tells and no page of its own."""

_TEXT_KEY_CHARACTERS = 4000  # of a text, make its key; normalising takes quadratic time on hostile texts


@dataclass(frozen=True, slots=True)
class DateShown:
    """A date as an embed prints it: `shown` letter for letter, `day` the calendar day that it names."""

    shown: str
    day: date


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a post: `short` (t.co), `display` (the letters shown), `expanded` (where it leads)."""

    short: str | None
    display: str | None
    expanded: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or film of a post; `kind` is photo, video, gif, or None when the page does not tell."""

    kind: str | None
    url: str
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One social post as one page shows it. Whatever the page does not tell is None, never a guess.

    `url_handle` is the handle in the link to the post, where the embed's words name the author too. `posted_at` is
    aware and in UTC; `time_source` says how it is known (docs/glossary.md lists the words), and `time_precision` how
    finely: `millisecond`, `second`, `minute` or `day` (then `posted_at` is that day's midnight).
    `scope` is that within which `platform_id` names the post, an instance or an account; None where ids are the
    platform's own.
    """

    platform: str
    platform_id: str | None = None
    permalink: str | None = None
    handle: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    url_handle: str | None = None
    text: str | None = None
    lang: str | None = None
    date_shown: str | None = None
    posted_at: datetime | None = None
    time_source: str | None = None
    time_precision: str | None = None
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    flags: tuple[str, ...] = ()
    scope: str | None = None

    @property
    def key(self) -> str | None:
        """The natural key: by platform id, else by permalink, else by text; None where none identifies the post."""
        if self.platform_id:
            return (
                f"{self.platform}:{self.scope}/{self.platform_id}"
                if self.scope
                else f"{self.platform}:{self.platform_id}"
            )
        if self.permalink:
            return f"{self.platform}:{self.permalink}"
        return self.text_key

    @property
    def text_key(self) -> str | None:
        """A key of handle, UTC day and letters of the text, by which a post without id is known again."""
        if not self.text or not self.handle:
            return None
        day = self.posted_at.date().isoformat() if self.posted_at else ""
        return _text_key(self.platform, self.handle, day, self.text[:_TEXT_KEY_CHARACTERS])


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph of an article's own words, or a heading."""

    text: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence that speaks of a post. Whether the article embeds that post as well, it does not tell.

    `platform` is None where the phrase fits any; `handle` is one that the sentence names with an @; `quote` is what
    stands in quotation marks right before the phrase, or behind it; `sentence` is cut to a window around the phrase.
    """

    platform: str | None
    phrase: str
    sentence: str
    lang: str
    quote: str | None = None
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A post seen at one place of a page, before the words around it are known; `html` is the code it was read from."""

    post: Post
    shape: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Embed:
    """A post in a page: its place among the page's embeds (from 1), its shape, and the words around it.

    `context_before` and `context_after` are paragraphs of prose in page order, an empty line between them, None where
    there are none; `html` is the code found, None for plain text.
    """

    post: Post
    shape: str
    position: int
    occurrence: int
    context_before: str | None = None
    context_after: str | None = None
    heading: str | None = None
    context_hashtags: tuple[str, ...] = ()
    html: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as they were on the wire; over HTTP/2 written as HTTP/1.1 would be.

    `request` and `response` are whole messages, head and body; `at` is when the request was sent, in UTC; `ip` the
    address connected to; `protocol` is `http/1.1` or `h2`.
    """

    url: str
    request: bytes
    response: bytes
    at: datetime
    ip: str | None = None
    protocol: str = "http/1.1"


@dataclass(frozen=True, slots=True)
class Digest:
    """What is known of a body that is not at hand: its SHA-256, as hex, and its length in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Capture:
    """Bytes received once. `source` names the kind of way in (`file`, `stdin`, `web`, `feed`, `warc` ...).

    `body` is decoded: no chunks, no compression. `captured_at` is when the bytes were received, in UTC; in a WARC its
    WARC-Date. `warc_file`, `warc_offset` and `warc_length` (bytes, as they lie in the file) name the record that holds
    them. `exchanges` are those of a fetch, redirects first, kept until they are written; `seconds` is how long it took.
    `digest` stands for a body that is not at hand, and is empty then.
    """

    target: str
    body: bytes
    media_type: str
    source: str
    captured_at: datetime
    url: str | None = None
    final_url: str | None = None
    encoding: str | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    exchanges: tuple[Exchange, ...] = ()
    seconds: float | None = None
    digest: Digest | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body, as hex."""
        return self.digest.sha256 if self.digest else hashlib.sha256(self.body).hexdigest()

    @property
    def size(self) -> int:
        """The length of the body in bytes."""
        return self.digest.size if self.digest else len(self.body)

    def bodiless(self) -> Self:
        """The same without its body and exchanges, of which their digest stays."""
        return replace(self, body=b"", exchanges=(), digest=Digest(self.sha256, self.size))


@dataclass(frozen=True, slots=True)
class Page:
    """What a capture means: the article and its embeds. `url` is canonical; `url_source` says who told it.

    `archived_at` is when a web archive captured the page, where addresses that it rewrote tell.
    """

    url: str
    url_source: str
    outlet: str | None = None
    site_name: str | None = None
    title: str | None = None
    byline: str | None = None
    description: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_source: str | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    lang: str | None = None
    archived_at: datetime | None = None
    hashtags: tuple[str, ...] = ()
    embeds: tuple[Embed, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Archived:
    """A target that was read."""

    target: str
    capture: Capture
    page: Page


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A page that its server says is as it was when it was last captured (304)."""

    target: str
    at: datetime
    final_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    exchanges: tuple[Exchange, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Pages that were passed over unread, or not stored, for they embed no post."""

    pages: int = 1


@dataclass(frozen=True, slots=True)
class FileRead:
    """A web archive that was read to its end: its absolute path, size in bytes, and time of change in nanoseconds.

    `ends_sha256` is the SHA-256, as hex, of its first and last bytes.
    """

    path: str
    size: int
    modified_ns: int
    ends_sha256: str


@dataclass(frozen=True, slots=True)
class FileKnown:
    """A web archive that was not read, for an earlier run had read it whole."""

    path: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An address that a list names (a sitemap, a feed, a file of URLs), and when it says that the page was changed."""

    url: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A file of records that was read to its end: its format, its own size in bytes, and its SHA-256 as hex."""

    target: str
    url: str
    kind: str
    size: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """A target that was not read, and why."""

    target: str
    error: ArchiverError
    at: datetime
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    exchanges: tuple[Exchange, ...] = ()
    seconds: float | None = None


def utc(moment: datetime) -> str:
    """The moment as ISO 8601 in UTC ending in Z, with milliseconds only where there are any."""
    moment = moment.astimezone(UTC)
    spec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


@lru_cache(maxsize=256)  # a post's key is asked for several times
def _text_key(platform: str, handle: str, day: str, text: str) -> str:
    plain = "\n".join((platform, handle.casefold(), day, _letters(text)))
    return f"{platform}:text-{_digest(plain)}"


def _letters(text: str) -> str:
    """Letters and digits without links, case or quote marks; the whole text where nothing else remains."""
    words = [w for w in text.split() if not _is_link(w)]
    folded = unicodedata.normalize("NFKC", " ".join(words)).casefold()
    return "".join(c for c in folded if c.isalnum()) or " ".join(text.split())


def _is_link(word: str) -> bool:
    return word.startswith(("http://", "https://", "pic.twitter.com/", "pic.x.com/", "t.co/"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
