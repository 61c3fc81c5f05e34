"""A plain text to prose and sightings, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from archiver import soup
from archiver.model import Prose, Sighting
from archiver.platforms import PLATFORMS, Platform, Signature

__all__ = ["read", "title"]

_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_LONGEST_WRAPPED_LINE = 100  # characters: a longer line was not broken by a mail program or an editor
_LONGEST_TITLE = 200


def read(text: str) -> list[Prose | Sighting]:
    """The paragraphs and the signed posts of a text, in its order.

    A post is the paragraph that ends in, or stands above, a signature. Copies of web pages write one paragraph a line,
    other texts set paragraphs apart by empty lines: which of the two a text does, its long lines tell.
    """
    text = soup.squeeze(text.replace("\x0b", "\n").replace("\x0c", "\n"))
    signed = _signatures(text)
    per_line = _is_paragraph_per_line(text, signed)
    items: list[Prose | Sighting] = []
    end = 0
    for platform, signature in signed:
        paragraphs = _paragraphs(text[end : signature.start], per_line)
        post = signature.post
        if not signature.alone:
            post = replace(post, text=paragraphs.pop() if paragraphs else None)
        items += [Prose(p) for p in paragraphs]
        items.append(Sighting(platform.complete(post) if platform.complete else post, "text_signature"))
        end = signature.end
    items += [Prose(p) for p in _paragraphs(text[end:].lstrip(" .:;"), per_line)]
    match items:
        case [Prose(text=first), _, *_] if len(first) <= _LONGEST_TITLE and "\n" not in first:
            items[0] = Prose(first, heading=True)
    return items


def title(items: list[Prose | Sighting]) -> str | None:
    """The heading with which the copy of a page begins: its first paragraph, when that is a short one above others."""
    match items:
        case [Prose(text=first, heading=True), *_]:
            return first
    return None


def _signatures(text: str) -> list[tuple[Platform, Signature]]:
    found = [(p, s) for p in PLATFORMS if p.signatures for s in p.signatures(text)]
    apart: list[tuple[Platform, Signature]] = []
    for platform, signature in sorted(found, key=lambda pair: pair[1].start):
        if not apart or signature.start >= apart[-1][1].end:
            apart.append((platform, signature))
    return apart


def _paragraphs(text: str, per_line: bool) -> list[str]:
    parts = text.split("\n") if per_line else _EMPTY_LINE.split(text)
    return [p.strip() for p in parts if p.strip()]


def _is_paragraph_per_line(text: str, signed: list[tuple[Platform, Signature]]) -> bool:
    """Whether a line too long to be a wrapped one is followed by another line of prose without an empty one between."""
    starts = [s.start for _, s in signed]
    return any(len(above) > _LONGEST_WRAPPED_LINE and below.strip() for above, below in _neighbours(text, starts))


def _neighbours(text: str, starts: list[int]) -> Iterator[tuple[str, str]]:
    """Each line with the next one, leaving out the last lines before a signature, which may be one post."""
    at, signs = 0, iter(starts)
    sign = next(signs, None)
    lines = text.split("\n")
    for above, below in pairwise(lines):
        at += len(above) + 1  # where the line below begins
        while sign is not None and sign < at:
            sign = next(signs, None)
        if sign is None or not at <= sign <= at + len(below) + 1:
            yield above, below
