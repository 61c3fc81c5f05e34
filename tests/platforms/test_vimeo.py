"""Addresses of Vimeo."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import vimeo


@pytest.mark.parametrize(
    ("url", "permalink"),
    [
        ("https://vimeo.com/27246366", "https://vimeo.com/27246366"),
        ("//www.vimeo.com/27246366?share=copy#t=3s", "https://vimeo.com/27246366"),
        ("http://vimeo.com/m/27246366/", "https://vimeo.com/27246366"),
        ("https://vimeo.com/channels/staffpicks/27246366", "https://vimeo.com/27246366"),
        ("https://vimeo.com/groups/fairs/videos/27246366", "https://vimeo.com/27246366"),
        ("https://vimeo.com/showcase/1234567/video/27246366", "https://vimeo.com/27246366"),
        ("https://vimeo.com/ondemand/fairs/27246366", "https://vimeo.com/27246366"),
        ("https://vimeo.com/27246366/0a1b2c3d4e?share=copy", "https://vimeo.com/27246366/0a1b2c3d4e"),
        ("https://player.vimeo.com/video/27246366?h=0a1b2c3d4e&badge=0", "https://vimeo.com/27246366/0a1b2c3d4e"),
        ("https://player.vimeo.com/video/27246366?badge=0&amp;h=0a1b2c3d4e", "https://vimeo.com/27246366/0a1b2c3d4e"),
        ("https://web.archive.org/web/2015/http://vimeo.com/27246366", "https://vimeo.com/27246366"),
    ],
)
def test_a_permalink_names_the_video_and_its_key(url: str, permalink: str) -> None:
    post = vimeo.parse_permalink(url)
    assert post
    assert (post.platform_id, post.permalink) == ("27246366", permalink)


@pytest.mark.parametrize(
    "url",
    [
        "https://vimeo.com/",
        "https://vimeo.com/annsfair",
        "https://vimeo.com/user27246366",
        "https://vimeo.com/27246366abc",
        "https://vimeo.com/27246366-abc",
        "https://vimeo.com/album/27246366",
        "https://vimeo.com/showcase/27246366/embed",
        "https://vimeo.com/event/27246366/embed",
        "https://vimeo.com/channels/27246366",
        "https://vimeo.com/search?q=27246366",
        "https://vimeo.com/log_in?next=/27246366",
        "https://player.vimeo.com/external/27246366.sd.mp4?s=abc",
        "https://player.vimeo.com/api/player.js",
        "https://notvimeo.com/27246366",
    ],
)
def test_other_addresses_name_no_video(url: str) -> None:
    assert vimeo.parse_permalink(url) is None


@pytest.mark.parametrize(
    ("url", "platform_id"),
    [
        ("//player.vimeo.com/video/27246366?title=0&byline=0", "27246366"),
        ("http://vimeo.com/moogaloop.swf?clip_id=27246366&server=vimeo.com", "27246366"),
        ("http://vimeo.com/moogaloop.swf?server=vimeo.com&clip_id=27246366", "27246366"),
        ("https://vimeo.com/27246366", None),
        ("https://player.vimeo.com/video/", None),
    ],
)
def test_a_frame_is_a_player_of_one_video(url: str, platform_id: str | None) -> None:
    post = vimeo.parse_frame(url)
    assert (post.platform_id if post else None) == platform_id


@given(st.integers(1, 10**12 - 1), st.from_regex(r"(?:[0-9a-f]{10})?", fullmatch=True))
def test_a_permalink_reads_back(video: int, key: str) -> None:
    post = vimeo.parse_frame(f"https://player.vimeo.com/video/{video}?h={key}")
    assert post
    assert post.permalink
    assert vimeo.parse_permalink(post.permalink) == post
