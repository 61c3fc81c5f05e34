"""Sightings to embeds, with the words around each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

from archiver import entities
from archiver.model import Embed, Post, Prose, Sighting

__all__ = ["hashtags", "place"]

_PARAGRAPHS_BEFORE = 5
_LONGEST_PARAGRAPH = 4000  # characters
_MOST_LINKS = 500  # links to posts of one page that are kept


def place(items: list[Prose | Sighting]) -> tuple[Embed, ...]:
    """The embeds of a page in its order; of a post seen several times one, with the richest fields of all.

    Before an embed stands the prose since the embed above it, at most five paragraphs; after it the one paragraph that
    follows, where no heading or other embed comes first. The heading is the nearest above.
    """
    merged = _merged([item for item in items if isinstance(item, Sighting)])
    items = [item for item in items if isinstance(item, Prose) or id(item) in merged]
    embeds: list[Embed] = []
    before: list[str] = []
    heading: str | None = None
    links = 0
    for at, item in enumerate(items):
        if isinstance(item, Sighting):
            sighting = merged[id(item)]
            is_link = sighting.shape == "link"
            if is_link and (links := links + 1) > _MOST_LINKS:
                continue
            words_before = before[-1:] if is_link else before[-_PARAGRAPHS_BEFORE:]
            words_after = _after(items, at)
            embeds.append(
                Embed(
                    post=sighting.post,
                    shape=sighting.shape,
                    position=len(embeds) + 1,
                    occurrence=1,
                    context_before="\n\n".join(words_before) or None,
                    context_after="\n\n".join(words_after) or None,
                    heading=heading,
                    context_hashtags=() if is_link else _tags([*words_before, *_not_shared(items, at, words_after)]),
                    html=sighting.html,
                    flags=sighting.post.flags,
                )
            )
            if not is_link:
                before.clear()
        elif item.heading:
            heading = item.text
        else:
            before.append(_clipped(item.text))
    return tuple(embeds)


def _merged(sightings: list[Sighting]) -> dict[int, Sighting]:
    """The first sighting of each post that is more than a link, by its identity, with what the others add to it."""
    groups: list[list[Sighting]] = []
    by_key: dict[str, list[Sighting]] = {}
    for sighting in sightings:
        post = sighting.post
        keys = [key for key in {post.key, post.text_key} if key]
        known = [group for key in keys if (group := by_key.get(key)) and _may_be_one(group[0].post, post)]
        if known:
            known[0].append(sighting)
        else:
            known = [[sighting]]
            groups.append(known[0])
        for key in keys:
            by_key.setdefault(key, known[0])
    merged: dict[int, Sighting] = {}
    for group in groups:
        shown = [s for s in group if s.shape != "link"] or group[:1]
        merged[id(shown[0])] = replace(shown[0], post=_joined([s.post for s in shown]))
    return merged


def _may_be_one(one: Post, other: Post) -> bool:
    return not one.platform_id or not other.platform_id or one.platform_id == other.platform_id


def _joined(posts: list[Post]) -> Post:
    """One post of what several sightings tell: the one with a signature first, then the one with a text.

    It has the flags that all of them have: what another shows well is not odd.
    """
    if len(posts) == 1:
        return posts[0]
    best, *others = sorted(posts, key=lambda p: (p.author_name is None, p.text is None, p.platform_id is None))
    for other in others:
        told = {f.name: getattr(other, f.name) for f in fields(Post) if not getattr(best, f.name)}
        best = replace(best, **{name: value for name, value in told.items() if value})
    return replace(best, flags=tuple(flag for flag in posts[0].flags if all(flag in post.flags for post in posts)))


def hashtags(items: list[Prose | Sighting], title: str | None) -> tuple[str, ...]:
    """The hashtags of an article's own words, its title's first, each as first written."""
    return _tags([title or "", *(item.text for item in items if isinstance(item, Prose))])


def _not_shared(items: list[Prose | Sighting], at: int, after: list[str]) -> list[str]:
    """The paragraph after an embed, unless it leads to the next embed: its hashtags are that one's."""
    between = 0
    for item in _from(items, at + 1):
        if isinstance(item, Sighting) and item.shape != "link":
            return after if between > _PARAGRAPHS_BEFORE else []
        between += isinstance(item, Prose) and not item.heading
        if between > _PARAGRAPHS_BEFORE:
            break
    return after


def _clipped(paragraph: str) -> str:
    """A paragraph, or its beginning where it is longer than any that people write."""
    return paragraph if len(paragraph) <= _LONGEST_PARAGRAPH else f"{paragraph[:_LONGEST_PARAGRAPH]}…"


def _after(items: list[Prose | Sighting], at: int) -> list[str]:
    for item in _from(items, at + 1):
        if isinstance(item, Sighting):
            if item.shape == "link":
                continue
            break
        return [] if item.heading else [_clipped(item.text)]
    return []


def _from(items: list[Prose | Sighting], at: int) -> Iterator[Prose | Sighting]:
    """The items from a place on, without copying them."""
    return (items[place] for place in range(at, len(items)))


def _tags(paragraphs: list[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for paragraph in paragraphs:
        if "#" not in paragraph and "＃" not in paragraph:
            continue
        for tag in entities.hashtags(paragraph):
            found.setdefault(entities.tag_key(tag), tag)
    return tuple(found.values())
