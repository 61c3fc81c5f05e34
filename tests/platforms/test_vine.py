from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import vine

POSTS = [
    ("https://vine.co/v/bAbCdEfGhIj", "bAbCdEfGhIj", None, "https://vine.co/v/bAbCdEfGhIj"),
    ("//www.vine.co/v/bAbCdEfGhIj/", "bAbCdEfGhIj", None, "https://vine.co/v/bAbCdEfGhIj"),
    ("http://vine.co/v/bAbCdEfGhIj/embed/simple?audio=1", "bAbCdEfGhIj", None, "https://vine.co/v/bAbCdEfGhIj"),
    ("https://vine.co/v/bAbCdEfGhIj/card", "bAbCdEfGhIj", None, "https://vine.co/v/bAbCdEfGhIj"),
    (
        "https://web.archive.org/web/20140101000000/https://vine.co/v/bAbCdEfGhIj",
        "bAbCdEfGhIj",
        None,
        "https://vine.co/v/bAbCdEfGhIj",
    ),
]
NO_POSTS = [
    "",
    "https://vine.co",
    "https://vine.co/annlee",
    "https://vine.co/u/1234567890123456",
    "https://vine.co/tags/fair",
    "https://vine.co/v/",
    "https://platform.vine.co/static/scripts/embed.js",
    "https://newsvine.co/v/bAbCdEfGhIj",
    "https://vine.co/v/ab-cdefgh",
]
FRAMES = [
    ("https://vine.co/v/bAbCdEfGhIj/embed/simple", "bAbCdEfGhIj"),
    ("//vine.co/v/bAbCdEfGhIj/embed/postcard?related=0", "bAbCdEfGhIj"),
    ("https://vine.co/v/bAbCdEfGhIj/card?mute=1", "bAbCdEfGhIj"),
    ("https://vine.co/v/bAbCdEfGhIj/embed", "bAbCdEfGhIj"),
]
NO_FRAMES = [
    "",
    "https://vine.co/v/bAbCdEfGhIj",
    "https://vine.co/v/bAbCdEfGhIj/share",
]
PIECES = ["https://vine.co/", "v/", "bAbCdEfGhIj", "/embed", "/simple", "/card", "/", "?", "#", "a"]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = vine.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == ("vine", platform_id, handle, permalink)


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = vine.parse_permalink(url)
    again = vine.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert vine.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = vine.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert vine.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (vine.parse_permalink(url), vine.parse_frame(url)):
        if post and post.permalink:
            again = vine.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        vine.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        vine.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))
