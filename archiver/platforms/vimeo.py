"""Vimeo: addresses of videos and players, AMP, lite elements."""

from __future__ import annotations

import re
from dataclasses import replace

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_ID = r"(\d{1,12})(?![\w-])"
_KEY = r"([0-9a-f]{8,12})(?![\w-])"  # without it an unlisted video cannot be seen
_PERMALINK = re.compile(
    r"(?i:(?:https?:)?//(?:www\.|m\.)?vimeo\.com(?::\d{1,5})?)/+(?:m/+)?"
    r"(?:channels/+[\w-]{1,100}/+|groups/+[\w-]{1,100}/+videos?/+|(?:album|showcase)/+\d{1,12}/+video/+"
    rf"|ondemand/+[\w-]{{1,100}}/+|videos?/+)?{_ID}(?:/+{_KEY})?",
    re.ASCII,
)
_FRAME = re.compile(
    rf"(?i:(?:https?:)?//player\.vimeo\.com(?::\d{{1,5}})?)/+video/+{_ID}(?:[^#]{{0,1000}}?[?&;]h={_KEY})?"
    rf"|(?i:(?:https?:)?//(?:www\.)?vimeo\.com)/+moogaloop\.swf\?(?:[^#]{{0,1000}}[&;])?clip_id={_ID}",
    re.ASCII,
)
_VIDEO = re.compile(_ID, re.ASCII)


def parse_permalink(url: str) -> Post | None:
    """The Vimeo video that a URL names, also by its player; None for people, albums and any other URL."""
    url = urls.unwrap(url)
    match = _PERMALINK.match(url)
    return _post(match[1], match[2]) if match else parse_frame(url)


def parse_frame(url: str) -> Post | None:
    """The video that the player at this address shows; None for any other address."""
    match = _FRAME.match(urls.unwrap(url))
    return _post(match[1] or match[3], match[2]) if match else None


def _amp(tag: Tag) -> Post | None:
    match = _VIDEO.fullmatch(soup.attr(tag, "data-videoid"))
    return _post(match[1], None) if match else None


def _lite(tag: Tag) -> Post | None:
    match = _VIDEO.fullmatch(soup.attr(tag, "videoid"))
    return replace(_post(match[1], None), text=soup.attr(tag, "videotitle") or None) if match else None


def _post(platform_id: str, key: str | None) -> Post:
    tail = f"/{key}" if key else ""
    return Post("vimeo", platform_id=platform_id, permalink=f"https://vimeo.com/{platform_id}{tail}")


PLATFORM = Platform(
    name="vimeo",
    sites=("vimeo",),
    hints=hints("vimeo.com~(?:/|clip_id.{0,3})[0-9] amp->vimeo lite->vimeo"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("amp", "amp-vimeo[data-videoid]", _amp),
        Shape("lite", "lite-vimeo[videoid]", _lite),
    ),
)
