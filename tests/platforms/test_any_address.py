"""What holds of every platform, whatever the address."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.platforms import PLATFORMS, Platform

_PIECES = st.sampled_from(
    [
        *(
            "https:",
            "http:",
            "//",
            "/",
            "?",
            "#",
            "&",
            "&amp;",
            "=",
            "@",
            "%40",
            ":",
            ".",
            "_",
            "-",
            "%",
            "[",
            "]",
            "\\",
        ),
        *("at:", "did:plc:", "urn:li:share:", "embed", "post", "status", "comments", "comment", "video", "watch", "v="),
        *("posts", "p", "wall", "w=", "users", "statuses", "feed", "update", "app.bsky.feed.post", "/web/2020/"),
        *("www.", "m.", "bsky.app", "embed.bsky.app", "social.example", "truthsocial.com", "reddit.com", "redd.it"),
        *("t.me", "youtube.com", "youtu.be", "vimeo.com", "player.vimeo.com", "linkedin.com", "vk.com", "x.com"),
        *("instagram.com", "facebook.com", "threads.net", "tiktok.com", "vine.co", "tumblr.com", "pinterest.com"),
        *(
            "ann",
            "ann.dev",
            "116321600525435156",
            "6950337899716329472",
            "3l25zusnsfctk",
            "Ab1_-Cd2Ef3",
            "-1_2",
            "1",
            "é",
        ),
    ]
)
_ADDRESSES = st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join))


@given(_ADDRESSES)
@example("//[")
@example("https://[::1")
@example("https://\ud800.example/@ann/116321600525435156")
@example("https://youtu.be/\x00")
def test_no_string_makes_a_platform_raise(address: str) -> None:
    for platform in PLATFORMS:
        for read in (platform.parse_permalink, platform.parse_frame):
            post = read(address) if read else None
            assert post is None or post.platform == platform.name


@given(_ADDRESSES)
def test_a_permalink_found_in_any_string_reads_back(address: str) -> None:
    for platform in PLATFORMS:
        for read in (platform.parse_permalink, platform.parse_frame):
            post = read(address) if read else None
            if post and post.permalink:
                again = platform.parse_permalink(post.permalink)
                assert again
                assert again.platform_id == post.platform_id


_STARTS = (
    *("https://bsky.app/profile/", "https://bsky.app/profile/ann.dev/post/", "at://", "at://did:plc:"),
    *("https://social.example/@", "https://social.example/@ann/", "//", "https://truthsocial.com/@"),
    *("https://www.reddit.com/r/fairs/comments/a/", "https://www.reddit.com/", "https://t.me/", "https://t.me/s/ann"),
    *("https://www.youtube.com/watch?", "https://www.youtube.com/embed/", "https://vimeo.com/", "https://vk.com/"),
    *("https://player.vimeo.com/video/1?", "https://vk.com/feed?", "https://vk.com/video_ext.php?"),
    *("https://www.linkedin.com/posts/", "https://www.linkedin.com/feed/?", "https://www.linkedin.com/feed/update/"),
)
_UNITS = (
    "a",
    "1",
    "/",
    ".",
    "a.",
    "&",
    "&v",
    "v=",
    "@a",
    "%40",
    "-",
    "_activity-",
    "urn:li:",
    "w=",
    "h=",
    " ",
    "é",
    "a/",
)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.name)
def test_long_addresses_are_read_in_linear_time(platform: Platform) -> None:
    for start in _STARTS:
        for unit in _UNITS:
            address = start + unit * (100_000 // len(unit))
            for read in (platform.parse_permalink, platform.parse_frame):
                if read:
                    read(address)
