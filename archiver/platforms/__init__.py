"""The platforms that can be recognised, in order."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise

from archiver import urls
from archiver.model import Post
from archiver.platforms import (
    bluesky,
    facebook,
    instagram,
    linkedin,
    mastodon,
    pinterest,
    reddit,
    telegram,
    threads,
    tiktok,
    truthsocial,
    tumblr,
    twitter,
    vimeo,
    vine,
    vk,
    youtube,
)
from archiver.platforms._base import Clock, Platform, Shape, Signature
from archiver.platforms._filter import Filter
from archiver.platforms._hints import Searched, compiled

__all__ = [
    "PLATFORMS",
    "Clock",
    "Platform",
    "Searched",
    "Shape",
    "Signature",
    "framed",
    "hinted",
    "may_hold",
    "named",
    "words",
]

PLATFORMS: tuple[Platform, ...] = (
    twitter.PLATFORM,
    bluesky.PLATFORM,
    mastodon.PLATFORM,
    truthsocial.PLATFORM,
    reddit.PLATFORM,
    telegram.PLATFORM,
    youtube.PLATFORM,
    vimeo.PLATFORM,
    linkedin.PLATFORM,
    vk.PLATFORM,
    instagram.PLATFORM,
    facebook.PLATFORM,
    threads.PLATFORM,
    tiktok.PLATFORM,
    vine.PLATFORM,
    tumblr.PLATFORM,
    pinterest.PLATFORM,
)

_HOST = re.compile(r"(?:https?:)?//([^/?#\s]{1,300})", re.IGNORECASE)
_HINTS = {p: tuple(map(compiled, p.hints)) for p in PLATFORMS}
_EVERYWHERE = tuple(p for p in PLATFORMS if not p.sites)
_BY_SITE = {site: (p, *_EVERYWHERE) for p in PLATFORMS for site in p.sites}


def hinted(text: bytes | str, among: tuple[Platform, ...] = PLATFORMS) -> tuple[Platform, ...]:
    """The platforms of which a page of these bytes, or a text in a page, can hold a post."""
    searched = Searched(text.encode("utf-8", "replace") if isinstance(text, str) else text)
    return tuple(platform for platform in among if any(map(searched.holds, _HINTS[platform])))


def may_hold(body: bytes | memoryview) -> bool:
    """Whether bytes can hold a post of any platform: far quicker than `hinted`, and true wherever that finds one."""
    return _filter().lets(body)


@cache
def words(known: tuple[Platform, ...]) -> tuple[str, ...]:
    """Words one of which stands in every address of a post; none holds another."""
    sites = {site if "." in site else f"{site}." for platform in known for site in platform.sites}
    sites |= {"/@", "/users/"} if any(not platform.sites for platform in known) else set()
    return tuple(sorted(site for site in sites if not any(other in site for other in sites - {site})))


def named(url: str) -> Post | None:
    """The post that a URL is the address of; None for any other URL."""
    url = urls.unwrap(url)
    return next((post for p in _at(url) if (post := p.parse_permalink(url))), None)


def framed(url: str) -> Post | None:
    """The post that a frame of this address shows, also through Embedly, iframely and their like."""
    for inner in urls.carried(url):
        for platform in _at(inner):
            post = platform.parse_frame(inner) if platform.parse_frame else None
            post = post or platform.parse_permalink(inner)
            if post:
                return post
    return None


@cache
def _filter() -> Filter:
    return Filter(hint for hints in _HINTS.values() for hint in hints)  # made when first asked: it takes 0.1 s


@lru_cache(maxsize=10_000)
def _on(host: str) -> tuple[Platform, ...]:
    """The platforms whose posts may stand on a host."""
    labels = host.lower().partition(":")[0].split(".")
    sites = (*labels, *map(".".join, pairwise(labels)))
    return next((_BY_SITE[site] for site in sites if site in _BY_SITE), _EVERYWHERE)


def _at(url: str) -> tuple[Platform, ...]:
    """The platforms whose posts may stand at an address."""
    match = _HOST.match(url)
    return _on(match[1] if match else url.partition("/")[0])
