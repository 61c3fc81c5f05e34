from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import threads

POSTS = [
    (
        "https://www.threads.net/@ann.lee_/post/DE_WnnbR8Un",
        "DE_WnnbR8Un",
        "ann.lee_",
        "https://www.threads.com/@ann.lee_/post/DE_WnnbR8Un",
    ),
    (
        "//threads.com/@ann/post/DE_WnnbR8Un/?xmt=A#x",
        "DE_WnnbR8Un",
        "ann",
        "https://www.threads.com/@ann/post/DE_WnnbR8Un",
    ),
    (
        "https://www.threads.com/@ann/post/DE_WnnbR8Un/embed",
        "DE_WnnbR8Un",
        "ann",
        "https://www.threads.com/@ann/post/DE_WnnbR8Un",
    ),
    ("https://threads.net/t/DE_WnnbR8Un/", "DE_WnnbR8Un", None, "https://www.threads.com/t/DE_WnnbR8Un"),
    (
        "https://web.archive.org/web/20250101000000/https://www.threads.net/t/DE_WnnbR8Un",
        "DE_WnnbR8Un",
        None,
        "https://www.threads.com/t/DE_WnnbR8Un",
    ),
]
NO_POSTS = [
    "",
    "https://www.threads.com",
    "https://www.threads.com/@ann",
    "https://www.threads.com/@ann/replies",
    "https://www.threads.com/search?q=fair",
    "https://www.threads.com/intent/post?text=x",
    "https://www.threads.com/login",
    "https://www.threads.com/@ann/post/",
    "https://example.org/@ann/post/DE_WnnbR8Un",
    "https://www.threads.org/t/DE_WnnbR8Un",
]
FRAMES = [
    ("https://www.threads.com/@ann/post/DE_WnnbR8Un/embed", "DE_WnnbR8Un"),
    ("https://www.threads.net/t/DE_WnnbR8Un/embed/?theme=dark", "DE_WnnbR8Un"),
]
NO_FRAMES = [
    "",
    "https://www.threads.com/@ann/post/DE_WnnbR8Un",
    "https://www.threads.com/@ann/embed",
]
PIECES = ["https://www.threads.com/", "@ann", "/post/", "t/", "DE_WnnbR8Un", "/embed", "/", "?", "#", ".", "-"]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = threads.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == ("threads", platform_id, handle, permalink)


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = threads.parse_permalink(url)
    again = threads.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert threads.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = threads.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert threads.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (threads.parse_permalink(url), threads.parse_frame(url)):
        if post and post.permalink:
            again = threads.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        threads.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        threads.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))
