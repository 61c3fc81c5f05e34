from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import pinterest

POSTS = [
    (
        "https://www.pinterest.com/pin/99300112233445566/",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "//pinterest.com/pin/99300112233445566",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "https://de.pinterest.com/pin/99300112233445566/?lp=true",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "https://www.pinterest.co.uk/pin/apple-pie--99300112233445566/",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "https://www.pinterest.de/pin/99300112233445566/",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "https://pinterest.com.au/pin/99300112233445566/sent/",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
    (
        "https://web.archive.org/web/20180101000000/https://www.pinterest.com/pin/99300112233445566/",
        "99300112233445566",
        None,
        "https://www.pinterest.com/pin/99300112233445566/",
    ),
]
NO_POSTS = [
    "",
    "https://www.pinterest.com/",
    "https://www.pinterest.com/annlee/",
    "https://www.pinterest.com/annlee/fair/",
    "https://www.pinterest.com/pin/create/button/?url=x",
    "https://www.pinterest.com/pin/find/?url=x",
    "https://www.pinterest.com/pin/",
    "https://www.pinterest.com/ideas/fair/900000000000/",
    "https://pin.it/abcdef",
    "https://example.org/pin/99300112233445566/",
    "https://notpinterest.com/pin/99300112233445566/",
    "https://www.pinterest.com/pin/99300112233445566x/",
]
FRAMES = [
    ("https://assets.pinterest.com/ext/embed.html?id=99300112233445566", "99300112233445566"),
    ("//assets.pinterest.com/ext/embed.html?src=sdk&id=99300112233445566&lang=de", "99300112233445566"),
]
NO_FRAMES = [
    "",
    "https://www.pinterest.com/pin/99300112233445566/",
    "https://assets.pinterest.com/ext/embed.html?id=",
    "https://assets.pinterest.com/js/pinit.js",
]
PIECES = [
    "https://www.pinterest.com/",
    "pin/",
    "99300112233445566",
    "a--",
    "/",
    "https://assets.pinterest.com/ext/embed.html?",
    "id=",
    "&",
    "?",
    "-",
    "#",
]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = pinterest.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == (
        "pinterest",
        platform_id,
        handle,
        permalink,
    )


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = pinterest.parse_permalink(url)
    again = pinterest.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert pinterest.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = pinterest.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert pinterest.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (pinterest.parse_permalink(url), pinterest.parse_frame(url)):
        if post and post.permalink:
            again = pinterest.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        pinterest.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        pinterest.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))
