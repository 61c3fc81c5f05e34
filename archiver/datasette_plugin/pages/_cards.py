"""Posts as cards."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.datasette_plugin import filters
from archiver.datasette_plugin.pages import _links, _words
from archiver.datasette_plugin.pages._archive import Archive, Row

__all__ = ["COLUMNS", "Card", "Piece", "by_ids", "card", "listed", "tag_of"]

COLUMNS = """posts.id, posts.key, posts.platform, posts.platform_id, posts.permalink, posts.posted_at,
    posts.time_source, posts.time_precision, posts.text, posts.lang, posts.hashtags, posts.n_pages, posts.n_embeds,
    authors.handle, authors.name"""
_TAG = re.compile(r"[#＃](\w+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a post's text, and the page of the hashtag that they are."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A post as a card shows it; `context_tags` are (spelling, address) of the hashtags that its text lacks."""

    id: int
    href: str
    platform: str
    platform_name: str
    handle: str | None
    name: str | None
    author_href: str | None
    when: str
    posted_at: str | None
    lang: str | None
    pieces: tuple[Piece, ...]
    context_tags: tuple[tuple[str, str], ...]
    n_pages: int
    original: str | None


def card(archive: Archive, row: Row) -> Card:
    """A card of a row that has COLUMNS."""
    tags = {tag_of(tag): tag for tag in listed(row["hashtags"])}
    pieces, seen = _pieces(archive, row["text"] or "", set(tags))
    return Card(
        id=row["id"],
        href=archive.post(row["key"]),
        platform=row["platform"],
        platform_name=_words.platform(row["platform"]),
        handle=row["handle"],
        name=row["name"],
        author_href=archive.path("author", row["platform"], row["handle"]) if row["handle"] else None,
        when=_words.moment(row["posted_at"], row["time_precision"]),
        posted_at=row["posted_at"],
        lang=row["lang"],
        pieces=pieces,
        context_tags=tuple((tag, archive.path("hashtag", tag)) for key, tag in tags.items() if key not in seen),
        n_pages=row["n_pages"],
        original=_links.outward(row["permalink"]),
    )


async def by_ids(archive: Archive, ids: Sequence[int]) -> list[Card]:
    """Cards of posts by their ids, in that order; those that are not there are left out."""
    sql = f"""select {COLUMNS} from posts left join authors on authors.id = posts.author_id
        where posts.id in (select value from json_each(:ids)) and posts.id not in ({filters.HIDDEN})"""  # noqa: S608
    found = {row["id"]: row for row in await archive.rows(sql, ids=json.dumps(list(ids))) or ()}
    return [card(archive, found[post_id]) for post_id in ids if post_id in found]


def tag_of(spelling: str) -> str:
    """A hashtag as it is compared: NFKC, case folded, without its sign."""
    return unicodedata.normalize("NFKC", spelling).casefold().removeprefix("#")


def listed(told: object) -> list[str]:
    """The strings of a JSON list as stored; an empty list where it is none."""
    try:
        values = json.loads(told) if isinstance(told, str) else []
    except ValueError:
        values = []
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _pieces(archive: Archive, text: str, tags: Iterable[str]) -> tuple[tuple[Piece, ...], set[str]]:
    """A text cut at its hashtags, and which of the tags it has."""
    pieces, seen, end = [], set[str](), 0
    for found in _TAG.finditer(text):
        tag = tag_of(found[1])
        if tag in tags:
            seen.add(tag)
            pieces += [Piece(text[end : found.start()]), Piece(found[0], archive.path("hashtag", found[1]))]
            end = found.end()
    pieces.append(Piece(text[end:]))
    return tuple(piece for piece in pieces if piece.text), seen
