"""The platforms that can be recognised, in order."""

from __future__ import annotations

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
from archiver.platforms._base import Platform, Shape, Signature

__all__ = ["PLATFORMS", "Platform", "Shape", "Signature"]

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
