"""Articles of datasets, and the posts embedded in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from archiver import entities, flags, urls
from archiver.imports import lists
from archiver.imports._base import Bad, Source
from archiver.model import DATASET, Archived, Capture, Embed, Page, Post
from archiver.page import read_page

__all__ = ["archived", "page"]

_SHOWN = 100
_MOST = 1000  # embeds of one article


def page(address: str, **told: str | datetime | None) -> Page | None:
    """The page at an address, with what a dataset tells of it; None where that is no web address."""
    if not urls.is_web(address):
        return None
    url = urls.canonical(address)
    return Page(url, DATASET, urls.outlet(url), **told)  # type: ignore[arg-type]


def archived(
    source: Source, capture: Capture, told: Page, words: str, embedded: Iterable[str]
) -> Iterator[Archived | Bad]:
    """An article with its embeds, told by URL, by id or as HTML, each post once; and what is told and is no post.

    `words` are the article's own, of which the hashtags are kept.
    """
    found, wrong = dict[str, Embed](), list[str]()
    for one in embedded:
        named = list(_embeds(source, one))
        wrong += [] if named else [one]
        for embed in named:
            if embed.post.key and len(found) < _MOST:
                found.setdefault(embed.post.key, replace(embed, position=len(found) + 1))
    tags = {entities.tag_key(tag): tag for tag in reversed(entities.hashtags(f"{told.title or ''}\n{words}"))}
    told = replace(told, hashtags=tuple(reversed(tags.values())))
    flagged = tuple(replace(each, flags=flags.of(each, told, told.archived_at or source.at)) for each in found.values())
    yield Archived(capture.target, capture, replace(told, embeds=flagged))
    if wrong:
        place = capture.target.removeprefix(f"{source.target}#")
        yield Bad(place, f"names {len(wrong)} embeds that are no posts, first: {wrong[0].strip()[:_SHOWN]}")


def _embeds(source: Source, told: str) -> Iterator[Embed]:
    if "<" not in told:
        if post := lists.post(told, "twitter", source.at):
            yield _embed(post, None)
        return
    fragment = Capture(source.target, told.encode("utf-8", "replace"), "text/html", "import", source.at)
    for embed in read_page(fragment).embeds:
        yield _embed(embed.post, embed.html)


def _embed(post: Post, html: str | None) -> Embed:
    return Embed(replace(post, flags=()), DATASET, 1, 1, html=html)
