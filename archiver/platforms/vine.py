"""Vine: permalinks, players, AMP."""

from __future__ import annotations

import re

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_PERMALINK = re.compile(
    r"(?:https?:)?//(?:(?:www|m|mobile)\.)?vine\.co(?::\d+)?/+v/+([A-Za-z0-9]{5,20})(?![A-Za-z0-9_-])",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(r"/+(?:embed(?:/+[a-z]{1,20})?|card)/*(?:[?#]|$)", re.ASCII | re.IGNORECASE)


def parse_permalink(url: str) -> Post | None:
    """The film that a URL names; None for profiles and any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    return _identified(match[1]) if match else None


def parse_frame(url: str) -> Post | None:
    """The film that the address of a player shows."""
    url = urls.unwrap(url)
    match = _PERMALINK.match(url)
    return _identified(match[1]) if match and _FRAME.match(url, match.end()) else None


def _amp(tag: Tag) -> Post | None:
    return parse_permalink(f"https://vine.co/v/{soup.attr(tag, 'data-vineid')}")


def _identified(platform_id: str) -> Post:
    return Post("vine", platform_id=platform_id, permalink=f"https://vine.co/v/{platform_id}")


PLATFORM = Platform(
    name="vine",
    sites=("vine",),
    hints=hints("vine.co>/v/ amp->vine"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("amp", "amp-vine[data-vineid]", _amp),),
)
