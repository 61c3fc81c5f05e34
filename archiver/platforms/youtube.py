"""YouTube: addresses of videos and players, AMP, lite elements."""

from __future__ import annotations

import re
from dataclasses import replace

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms import _shown
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_ID = r"([A-Za-z0-9_-]{11})(?![A-Za-z0-9_-])"
_SITE = r"(?i:(?:https?:)?//(?:(?:www|m|music|gaming)\.)?(?:youtube|youtube-nocookie)\.com\.?(?::\d{1,5})?)/+"
_PERMALINK = re.compile(
    rf"(?:{_SITE}(?:(?:watch/?)?[?#](?:[^#\s]{{0,2000}}?[&?;])?!?vi?=|(?:shorts|live|watch)/+)"
    rf"|(?i:(?:https?:)?//(?:www\.)?youtu\.be)/+){_ID}",
    re.ASCII,
)
_FRAME = re.compile(rf"{_SITE}(?:embed|v|e)/+{_ID}", re.ASCII)
_VIDEO = re.compile(_ID, re.ASCII)
_NO_VIDEOS = frozenset(("videoseries", "live_stream"))  # words of eleven letters, where an id would stand


def parse_permalink(url: str) -> Post | None:
    """The YouTube video that a URL names, also by its player; None for channels, playlists and any other URL."""
    url = urls.unwrap(url)
    return _post(_PERMALINK.match(url) or _FRAME.match(url))


def parse_frame(url: str) -> Post | None:
    """The video that the player at this address shows; None for playlists, live channels and any other address."""
    return _post(_FRAME.match(urls.unwrap(url)))


def _amp(tag: Tag) -> Post | None:
    return _post(_VIDEO.fullmatch(soup.attr(tag, "data-videoid")))


def _lite(tag: Tag) -> Post | None:
    """`lite-youtube`, of either of the two authors; one of them gives the title."""
    post = _post(_VIDEO.fullmatch(soup.attr(tag, "videoid")))
    return _shown.captioned(replace(post, text=soup.attr(tag, "videotitle") or None)) if post else None


def _post(match: re.Match[str] | None) -> Post | None:
    if match is None or match[1] in _NO_VIDEOS:
        return None
    return Post("youtube", platform_id=match[1], permalink=f"https://www.youtube.com/watch?v={match[1]}")


PLATFORM = Platform(
    name="youtube",
    sites=("youtube", "youtu", "youtube-nocookie"),
    hints=hints(
        r"youtube>(?:-nocookie|\.com\S{0,99}?/(?:embed|watch|v/|shorts|live/)) youtu.be amp->youtube lite->youtube"
    ),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("amp", "amp-youtube[data-videoid]", _amp),
        Shape("lite", "lite-youtube[videoid]", _lite),
    ),
)
