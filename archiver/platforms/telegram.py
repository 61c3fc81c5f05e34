"""Telegram: permalinks of channel posts, the official widget."""

from __future__ import annotations

import re

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_CHANNEL = r"([A-Za-z][A-Za-z0-9_]{3,31})"
_NUMBER = r"([1-9]\d{0,9})(?![\w-])"
_PERMALINK = re.compile(
    rf"(?i:(?:https?:)?//(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog))/+"
    rf"(?:(?:s/+)?{_CHANNEL}|c/+(\d{{4,16}}))/+(?:\d{{1,10}}/+)?{_NUMBER}",
    re.ASCII,
)
_SUBDOMAIN = re.compile(rf"(?i:(?:https?:)?//{_CHANNEL}\.t\.me)/+{_NUMBER}", re.ASCII)
_WIDGET = re.compile(rf"{_CHANNEL}/{_NUMBER}", re.ASCII)
_EMBED = re.compile(r"[^?#]{1,1000}\?(?:[^#]{0,1000}&)?embed=(?!0)", re.ASCII)
# What stands where a channel's name would.
_NO_CHANNELS = frozenset(
    "addemoji addlist addstickers addtheme boost confirmphone contact giftcode invoice joinchat login proxy "
    "setlanguage share socks stars www".split()
)


def parse_permalink(url: str) -> Post | None:
    """The Telegram post that a URL names, by channel and number; None for any other URL.

    The id is `channel/number`, as Telegram's own widget writes it: numbers are counted in each channel.
    """
    url = urls.unwrap(url)
    if match := _SUBDOMAIN.match(url):
        return _post(match[1], match[2])
    match = _PERMALINK.match(url)
    if match is None:
        return None
    if match[2]:  # a channel without a public name
        name = f"c/{match[2]}/{match[3]}"
        return Post("telegram", platform_id=name, permalink=f"https://t.me/{name}")
    return _post(match[1], match[3])


def parse_frame(url: str) -> Post | None:
    """The post that the official iframe at this address shows; None for any other address."""
    return parse_permalink(url) if _EMBED.match(urls.unwrap(url)) else None


def _widget(tag: Tag) -> Post | None:
    match = _WIDGET.fullmatch(soup.attr(tag, "data-telegram-post"))
    return _post(match[1], match[2]) if match else parse_permalink(soup.attr(tag, "data-telegram-post"))


def _post(channel: str, number: str) -> Post | None:
    if channel.lower() in _NO_CHANNELS:
        return None
    return Post(
        "telegram",
        platform_id=f"{channel.lower()}/{number}",
        permalink=f"https://t.me/{channel}/{number}",
        handle=channel,
        author_url=f"https://t.me/{channel}",
    )


PLATFORM = Platform(
    name="telegram",
    sites=("t.me", "telegram"),
    hints=hints(r"data-telegram-post t.me~/[0-9]{1,10}(?![\w-]) telegram>\.(?:me|dog)\S{0,99}?/[0-9]{1,10}(?![\w-])"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("widget", "[data-telegram-post]", _widget),),
)
