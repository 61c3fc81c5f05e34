from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import _snowflake, tiktok

POSTS = [
    (
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
        "7380087564788714795",
        "ann.lee",
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    ),
    (
        "//tiktok.com/@ann.lee/video/7380087564788714795?lang=de&is_copy_url=1",
        "7380087564788714795",
        "ann.lee",
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    ),
    (
        "https://m.tiktok.com/@ann.lee/video/7380087564788714795/",
        "7380087564788714795",
        "ann.lee",
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/@ann.lee/photo/7380087564788714795",
        "7380087564788714795",
        "ann.lee",
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/@/video/7380087564788714795",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/@_/video/7380087564788714795",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://m.tiktok.com/v/7380087564788714795.html",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/share/video/7380087564788714795/",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/embed/7380087564788714795",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://www.tiktok.com/embed/v2/7380087564788714795?lang=en",
        "7380087564788714795",
        None,
        "https://www.tiktok.com/@_/video/7380087564788714795",
    ),
    (
        "https://web.archive.org/web/20240101000000/https://www.tiktok.com/@ann.lee/video/7380087564788714795",
        "7380087564788714795",
        "ann.lee",
        "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    ),
]
NO_POSTS = [
    "",
    "https://www.tiktok.com",
    "https://www.tiktok.com/@ann.lee",
    "https://www.tiktok.com/@ann.lee/live",
    "https://www.tiktok.com/@ann.lee/playlist/x-7380087564788714795",
    "https://www.tiktok.com/tag/fair",
    "https://www.tiktok.com/music/original-sound-7380087564788714795",
    "https://www.tiktok.com/embed/@ann.lee",
    "https://www.tiktok.com/embed.js",
    "https://www.tiktok.com/login?redirect_url=https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    "https://www.tiktok.com/share?url=https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    "https://vm.tiktok.com/ZMabc123/",
    "https://example.org/@ann/video/7380087564788714795",
    "https://www.tiktok.com/@ann.lee/video/7380087564788714795abc",
]
FRAMES = [
    ("https://www.tiktok.com/embed/7380087564788714795", "7380087564788714795"),
    ("//www.tiktok.com/embed/v2/7380087564788714795?lang=de-DE", "7380087564788714795"),
    ("https://www.tiktok.com/player/v1/7380087564788714795?autoplay=0", "7380087564788714795"),
]
NO_FRAMES = [
    "",
    "https://www.tiktok.com/@ann.lee/video/7380087564788714795",
    "https://www.tiktok.com/embed/@ann.lee",
    "https://www.tiktok.com/embed/v2/",
]
PIECES = [
    "https://www.tiktok.com/",
    "@ann",
    "/video/",
    "/photo/",
    "7380087564788714795",
    "embed/",
    "v2/",
    "player/v1/",
    "/",
    "?",
    "#",
    ".",
    "_",
]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = tiktok.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == ("tiktok", platform_id, handle, permalink)


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = tiktok.parse_permalink(url)
    again = tiktok.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert tiktok.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = tiktok.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert tiktok.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (tiktok.parse_permalink(url), tiktok.parse_frame(url)):
        if post and post.permalink:
            again = tiktok.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        tiktok.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        tiktok.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))


def test_an_id_carries_the_second_in_which_it_was_made() -> None:
    assert _snowflake.tiktok("7380087564788714795") == datetime(2024, 6, 13, 20, 28, 57, tzinfo=UTC)


@pytest.mark.parametrize("platform_id", ["", "12345678", "175263530498330624", "9" * 19, "9" * 30, "７", "-1", "x"])
def test_an_id_without_a_clock_has_no_time(platform_id: str) -> None:
    assert _snowflake.tiktok(platform_id) is None
