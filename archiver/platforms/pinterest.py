"""Pinterest: permalinks, official pins, AMP."""

from __future__ import annotations

import re

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_PERMALINK = re.compile(
    r"(?:https?:)?//(?:[a-z]{1,3}(?:-[a-z]{2,4})?\.)?pinterest\.(?:com(?:\.[a-z]{2})?|co\.[a-z]{2}|[a-z]{2,4})(?::\d+)?"
    r"/+pin/+(?:[^/?#\s]{0,300}?--)?(\d{5,20})(?=[/?#\s]|$)",
    re.ASCII | re.IGNORECASE,
)
_FRAME = re.compile(
    r"(?:https?:)?//assets\.pinterest\.com/+ext/+embed\.html\?(?:[^#\s]{0,200}?&)?id=(\d{5,20})(?=[&#\s]|$)",
    re.ASCII | re.IGNORECASE,
)


def parse_permalink(url: str) -> Post | None:
    """The pin that a URL names, in any country's host; None for profiles, boards, buttons and any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    return _identified(match[1]) if match else None


def parse_frame(url: str) -> Post | None:
    """The pin that the address of an official iframe shows."""
    match = _FRAME.match(urls.unwrap(url))
    return _identified(match[1]) if match else None


def _anchor(tag: Tag) -> Post | None:
    """The official link, which the script replaces by the pin."""
    return parse_permalink(soup.attr(tag, "href"))


def _amp(tag: Tag) -> Post | None:
    return parse_permalink(soup.attr(tag, "data-url"))


def _identified(platform_id: str) -> Post:
    permalink = f"https://www.pinterest.com/pin/{platform_id}/"
    return Post("pinterest", platform_id=platform_id, permalink=permalink)


PLATFORM = Platform(
    name="pinterest",
    sites=("pinterest", "pin"),
    hints=hints(r"embedPin pinterest~(?:/pin/(?!create)|/embed\.html)"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("anchor", 'a[data-pin-do="embedPin"]', _anchor),
        Shape("amp", 'amp-pinterest[data-do="embedPin"]', _amp),
    ),
)
