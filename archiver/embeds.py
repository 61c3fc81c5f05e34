"""Sightings to embeds, with the words around each."""

from __future__ import annotations

from collections import Counter

from archiver import entities
from archiver.model import Embed, Prose, Sighting

__all__ = ["hashtags", "place"]

_PARAGRAPHS_BEFORE = 5


def place(items: list[Prose | Sighting]) -> tuple[Embed, ...]:
    """The embeds of a page in its order.

    Before an embed stands the prose since the embed above it, at most five paragraphs; after it the one paragraph that
    follows it, where no other embed comes first. The heading is the nearest above.
    """
    embeds: list[Embed] = []
    seen: Counter[str | None] = Counter()
    before: list[str] = []
    heading: str | None = None
    for at, item in enumerate(items):
        if isinstance(item, Sighting):
            seen[item.post.key] += 1
            words_before, words_after = before[-_PARAGRAPHS_BEFORE:], _after(items, at)
            embeds.append(
                Embed(
                    post=item.post,
                    shape=item.shape,
                    position=len(embeds) + 1,
                    occurrence=seen[item.post.key],
                    context_before="\n\n".join(words_before) or None,
                    context_after="\n\n".join(words_after) or None,
                    heading=heading,
                    context_hashtags=_tags([*words_before, *words_after]),
                    html=item.html,
                )
            )
            before.clear()
        elif item.heading:
            heading = item.text
        else:
            before.append(item.text)
    return tuple(embeds)


def hashtags(items: list[Prose | Sighting], title: str | None) -> tuple[str, ...]:
    """The hashtags of an article's own words, its title's first, each as first written."""
    return _tags([title or "", *(item.text for item in items if isinstance(item, Prose))])


def _after(items: list[Prose | Sighting], at: int) -> list[str]:
    for item in items[at + 1 :]:
        if isinstance(item, Sighting):
            break
        if not item.heading:
            return [item.text]
    return []


def _tags(paragraphs: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for paragraph in paragraphs:
        for tag in entities.hashtags(paragraph):
            found.setdefault(entities.tag_key(tag), tag)
    return tuple(found.values())
