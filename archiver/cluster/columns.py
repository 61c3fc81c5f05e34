"""The columns of a part: one row an embed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from archiver.model import Archived, Capture, Digest, Embed, Link, Media, Mention, Page, Post
from archiver.store._rows import clean

__all__ = ["COLUMNS", "SCHEMA", "Column", "archived", "row"]

_TEXT, _NUMBER, _TEXTS = pa.string(), pa.int64(), pa.list_(pa.string())
_TIME = pa.timestamp("us", "UTC")
_LINKS = pa.list_(pa.struct([(name, _TEXT) for name in ("short", "display", "expanded")]))
_MEDIA = pa.list_(pa.struct([(name, _TEXT) for name in ("kind", "url", "alt")]))
_MENTIONS = pa.list_(
    pa.struct([(name, _TEXT) for name in ("platform", "phrase", "sentence", "lang", "quote", "handle")])
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type, what it holds, and how that is had of a page's number and an embed in it."""

    name: str
    kind: pa.DataType
    about: str
    of: Callable[[int, Archived, Embed], object]


def _told(name: str, kind: pa.DataType, about: str, of: Callable[[Any], object] | str, what: str) -> Column:
    """A column whose value stands in the `post`, the `embed`, the `page` or the `capture`."""
    get = of if callable(of) else lambda held: getattr(held, of)
    return Column(name, kind, about, lambda _, archived, embed: get(_HOLDERS[what](archived, embed)))


_HOLDERS: dict[str, Callable[[Archived, Embed], object]] = {
    "post": lambda _, embed: embed.post,
    "embed": lambda _, embed: embed,
    "page": lambda archived, _: archived.page,
    "capture": lambda archived, _: archived.capture,
}

# The first are what `archiver extract` prints, in its order.
COLUMNS: tuple[Column, ...] = (
    Column("target", _TEXT, "the record: its WARC, # and its offset", lambda _, archived, __: archived.target),
    _told("page_url", _TEXT, "the article's canonical URL", "url", "page"),
    _told("position", _NUMBER, "the embed's place in the page, from 1", "position", "embed"),
    _told("shape", _TEXT, "how the embed is written; `link` for a mere link", "shape", "embed"),
    _told("platform", _TEXT, "`twitter`, `bluesky` ...", "platform", "post"),
    _told("platform_id", _TEXT, "the platform's own id", "platform_id", "post"),
    _told("permalink", _TEXT, "the post's address", "permalink", "post"),
    _told("handle", _TEXT, "the account", "handle", "post"),
    _told("author_name", _TEXT, "the name beside it", "author_name", "post"),
    _told("text", _TEXT, "the post as this page shows it", "text", "post"),
    _told("lang", _TEXT, "its language", "lang", "post"),
    _told("date_shown", _TEXT, "its date, letter for letter", "date_shown", "post"),
    _told("posted_at", _TIME, "when it was posted", "posted_at", "post"),
    _told("time_source", _TEXT, "how that is known", "time_source", "post"),
    _told("hashtags", _TEXTS, "of the post", "hashtags", "post"),
    _told("mentions", _TEXTS, "handles that the post names", "mentions", "post"),
    _told("links", _LINKS, "in the post", lambda post: [asdict(each) for each in post.links], "post"),
    _told(
        "media", _MEDIA, "pictures and films of the post", lambda post: [asdict(each) for each in post.media], "post"
    ),
    _told("context_before", _TEXT, "the paragraphs before the embed", "context_before", "embed"),
    _told("context_after", _TEXT, "the paragraphs after it", "context_after", "embed"),
    _told("heading", _TEXT, "the heading above it", "heading", "embed"),
    _told("flags", _TEXTS, "what is odd about the embed", "flags", "embed"),
    # What else is told of the embed and its post.
    _told("occurrence", _NUMBER, "how often the page has shown the post so far", "occurrence", "embed"),
    _told("post_key", _TEXT, "the post's natural key, as in `posts.key`; null where it has none", "key", "post"),
    _told(
        "identified_by", _TEXT, "by what the post is known: `id`, `permalink`, `text`", lambda p: _identified(p), "post"
    ),
    _told("author_url", _TEXT, "the account's address", "author_url", "post"),
    _told("url_handle", _TEXT, "the handle in the link to the post", "url_handle", "post"),
    _told("time_precision", _TEXT, "how finely `posted_at` is known", "time_precision", "post"),
    _told("scope", _TEXT, "the instance or account within which the id counts", "scope", "post"),
    _told("post_flags", _TEXTS, "what is odd about the post", "flags", "post"),
    _told("context_hashtags", _TEXTS, "in the paragraphs around the embed", "context_hashtags", "embed"),
    _told("html", _TEXT, "the embed's code", "html", "embed"),
    # The page, the same in each of its rows.
    Column("page_number", _NUMBER, "the page's number in this part, from 0", lambda number, _, __: number),
    _told("page_embeds", _NUMBER, "how many rows the page has", lambda page: len(page.embeds), "page"),
    _told("page_url_source", _TEXT, "who told the URL: `declared`, `fetched`", "url_source", "page"),
    _told("page_title", _TEXT, "the article's title", "title", "page"),
    _told("outlet", _TEXT, "who publishes it, by registrable domain", "outlet", "page"),
    _told("site_name", _TEXT, "what the outlet calls itself", "site_name", "page"),
    _told("byline", _TEXT, "its authors", "byline", "page"),
    _told("description", _TEXT, "its summary", "description", "page"),
    _told("section", _TEXT, "its section", "section", "page"),
    _told("keywords", _TEXTS, "its keywords", "keywords", "page"),
    _told("published_at", _TIME, "when it was published", "published_at", "page"),
    _told("published_source", _TEXT, "how that is known", "published_source", "page"),
    _told("published_precision", _TEXT, "how finely", "published_precision", "page"),
    _told("modified_at", _TIME, "when it was changed", "modified_at", "page"),
    _told("page_lang", _TEXT, "its language", "lang", "page"),
    _told("page_hashtags", _TEXTS, "in its own words", "hashtags", "page"),
    _told(
        "page_mentions",
        _MENTIONS,
        "sentences that speak of posts",
        lambda page: [asdict(each) for each in page.mentions],
        "page",
    ),
    _told("archived_at", _TIME, "when a web archive captured it, where its addresses tell", "archived_at", "page"),
    # The capture, the same in each row of its page.
    _told("captured_at", _TIME, "the record's WARC-Date", "captured_at", "capture"),
    _told("source", _TEXT, "`warc`, or `feed` for an entry of a feed in it", "source", "capture"),
    _told("url", _TEXT, "the address that answered", "url", "capture"),
    _told("final_url", _TEXT, "where redirects led", "final_url", "capture"),
    _told("status", _NUMBER, "the HTTP status", "status", "capture"),
    _told("media_type", _TEXT, "`text/html` ...", "media_type", "capture"),
    _told("encoding", _TEXT, "the charset that the server told", "encoding", "capture"),
    _told("etag", _TEXT, "the answer's ETag", "etag", "capture"),
    _told("last_modified", _TEXT, "the answer's Last-Modified", "last_modified", "capture"),
    _told("bytes", _NUMBER, "of the decoded body", "size", "capture"),
    _told("sha256", _TEXT, "of the decoded body, in hex", "sha256", "capture"),
    _told("warc_file", _TEXT, "the WARC", "warc_file", "capture"),
    _told("warc_offset", _NUMBER, "where the record begins in it", "warc_offset", "capture"),
    _told("warc_length", _NUMBER, "the record's bytes as they lie there", "warc_length", "capture"),
)
SCHEMA = pa.schema([(column.name, column.kind) for column in COLUMNS])


def row(number: int, archived: Archived, embed: Embed) -> dict[str, object]:
    """The row of an embed in a page of that number; texts are clean, as the store makes them."""
    return {column.name: _plain(column.of(number, archived, embed)) for column in COLUMNS}


def archived(rows: Sequence[Mapping[str, Any]]) -> Archived:
    """The page that these rows, one for each of its embeds, were made of; its capture is without a body."""
    first = rows[0]
    capture = Capture(
        target=first["target"],
        body=b"",
        digest=Digest(first["sha256"], first["bytes"]),
        captured_at=_moment(first["captured_at"]) or datetime.min.replace(tzinfo=UTC),
        **_same(first, "source url final_url status media_type encoding etag last_modified"),
        **_same(first, "warc_file warc_offset warc_length"),
    )
    page = Page(
        url=first["page_url"],
        url_source=first["page_url_source"],
        title=first["page_title"],
        lang=first["page_lang"],
        hashtags=tuple(first["page_hashtags"]),
        keywords=tuple(first["keywords"]),
        mentions=tuple(Mention(**each) for each in first["page_mentions"]),
        embeds=tuple(map(_embed, rows)),
        **_same(first, "outlet site_name byline description section published_source published_precision"),
        **_moments(first, "published_at modified_at archived_at"),
    )
    return Archived(first["target"], capture, page)


def _embed(told: Mapping[str, Any]) -> Embed:
    post = Post(
        hashtags=tuple(told["hashtags"]),
        mentions=tuple(told["mentions"]),
        links=tuple(Link(**each) for each in told["links"]),
        media=tuple(Media(**each) for each in told["media"]),
        flags=tuple(told["post_flags"]),
        **_same(told, "platform platform_id permalink handle author_name author_url url_handle text lang date_shown"),
        **_same(told, "time_source time_precision scope"),
        **_moments(told, "posted_at"),
    )
    return Embed(
        post=post,
        context_hashtags=tuple(told["context_hashtags"]),
        flags=tuple(told["flags"]),
        **_same(told, "shape position occurrence context_before context_after heading html"),
    )


def _same(told: Mapping[str, Any], names: str) -> dict[str, Any]:
    return {name: told[name] for name in names.split()}


def _moments(told: Mapping[str, Any], names: str) -> dict[str, Any]:
    return {name: _moment(told[name]) for name in names.split()}


def _moment(told: datetime | None) -> datetime | None:
    return told.astimezone(UTC) if told else None


def _identified(post: Post) -> str:
    return "id" if post.platform_id else "permalink" if post.permalink else "text"


def _plain(value: object) -> object:
    """A value as Arrow takes it, its texts clean."""
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return clean(value)
