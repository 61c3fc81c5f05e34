"""Lists of posts: a URL or an id a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from archiver import platforms
from archiver.imports import _streams
from archiver.imports._base import Bad, Head, Kind, Source
from archiver.model import Post
from archiver.platforms import PLATFORMS
from archiver.told import Imported, Told

__all__ = ["BY_ID", "KIND", "post"]

BY_ID = {
    "twitter": "https://twitter.com/i/status/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "threads": "https://www.threads.net/t/{}",
    "reddit": "https://www.reddit.com/comments/{}",
    "telegram": "https://t.me/{}",
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "linkedin": "https://www.linkedin.com/feed/update/urn:li:activity:{}",
    "pinterest": "https://www.pinterest.com/pin/{}/",
    "vk": "https://vk.com/{}",
    "vine": "https://vine.co/v/{}",
    "tiktok": "https://www.tiktok.com/embed/v2/{}",
}
"""Of platforms whose ids alone lead to posts, the address of an id."""

_FIRST_TWEET = 20  # https://twitter.com/jack/status/20
_TWEETS = next(each.clock for each in PLATFORMS if each.name == "twitter")
_ID = re.compile(r"[\w:./@=-]{1,200}", re.ASCII)
_AROUND = "<>\"',;"
_SHOWN = 100
_FEW = 20
_DAY = timedelta(days=1)


def post(line: str, platform: str | None, now: datetime) -> Post | None:
    """The post that a line names by its URL, or by an id of the platform; an id alone is a tweet's, if it can be."""
    words = line.split(None, 1)
    told = words[0].strip(_AROUND) if words else ""
    if found := platforms.named(told):
        return found
    if platform is None or platform == "twitter":
        return platforms.named(BY_ID["twitter"].format(told)) if _is_tweet(told, now) else None
    found = platforms.framed(BY_ID[platform].format(told)) if _ID.fullmatch(told) else None
    return found if found and found.platform == platform else None


def _is_tweet(told: str, now: datetime) -> bool:
    """Whether a number can be a tweet's id: none that was never given, or is of tomorrow."""
    if not (told.isascii() and told.isdigit()) or len(told) > 19 or int(told) < _FIRST_TWEET or _TWEETS is None:
        return False
    made = _TWEETS.moment(told)
    return not (_TWEETS.is_impossible and _TWEETS.is_impossible(told)) and (made is None or made - now < _DAY)


def _fits(head: Head) -> bool:
    lines = [line for line in head.text.splitlines()[:_FEW] if line.strip() and not line.lstrip().startswith("#")]
    found = sum(_is_sure(line) for line in lines)
    return found * 2 > len(lines)


def _is_sure(line: str) -> bool:
    told = line.split(None, 1)[0].strip(_AROUND)
    return platforms.named(told) is not None or (told.isascii() and told.isdigit())


def _read(source: Source) -> Iterator[Imported | Bad]:
    for line in _streams.lines(source.path):
        if isinstance(line, Bad):
            yield line
        elif not line.body.lstrip().startswith(b"#") and not source.is_read(str(line.number)):
            words = line.body.decode("utf-8", "replace")
            found = post(words, source.platform, source.at)
            if found is None or found.key is None:
                of = f" of {source.platform}" if source.platform else ""
                yield Bad(str(line.number), f"is no post's URL or id{of}: {words.strip()[:_SHOWN]}")
            else:
                capture = source.capture(str(line.number), line.body, "text/plain")
                yield Imported(capture.target, capture, (Told(found, "list"),))


KIND = Kind("list", "a list of posts' URLs or ids", _fits, _read)
