from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import tumblr

POSTS = [
    (
        "http://ann-lee.tumblr.com/post/164300112233/at-the-fair",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "//Ann-Lee.tumblr.com/post/164300112233?a=1",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://ann-lee.tumblr.com/image/164300112233",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://www.tumblr.com/ann-lee/164300112233",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://www.tumblr.com/ann-lee/164300112233/at-the-fair?source=share",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://www.tumblr.com/blog/view/ann-lee/164300112233",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://www.tumblr.com/dashboard/blog/ann-lee/164300112233",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
    (
        "https://web.archive.org/web/20180101000000/http://ann-lee.tumblr.com/post/164300112233",
        "164300112233",
        "ann-lee",
        "https://www.tumblr.com/ann-lee/164300112233",
    ),
]
NO_POSTS = [
    "",
    "https://www.tumblr.com",
    "https://ann-lee.tumblr.com/",
    "https://www.tumblr.com/ann-lee",
    "https://www.tumblr.com/tagged/20240101",
    "https://www.tumblr.com/search/20240101",
    "https://www.tumblr.com/share/link?url=https://a.tumblr.com/post/164300112233",
    "https://www.tumblr.com/widgets/share/tool?canonicalUrl=x",
    "https://www.tumblr.com/login?redirect_to=/ann-lee/164300112233",
    "https://ann-lee.tumblr.com/tagged/fair",
    "https://ann-lee.tumblr.com/post/",
    "https://www.tumblr.com/post/164300112233",
    "https://assets.tumblr.com/post/164300112233",
    "https://blog.example.org/post/164300112233",
]
FRAMES = [
    ("https://embed.tumblr.com/embed/post/aBcD-fGhIjKlMnOpQrStUv/164300112233", "164300112233"),
    ("//embed.tumblr.com/embed/post/t:aBcDefGhIjKlMnOpQrStUv/164300112233/v2?width=540", "164300112233"),
]
NO_FRAMES = [
    "",
    "https://www.tumblr.com/ann-lee/164300112233",
    "https://www.tumblr.com/share",
    "https://embed.tumblr.com/widgets/share/button",
]
PIECES = [
    "https://www.tumblr.com/",
    "ann-lee",
    "post/",
    "164300112233",
    "/",
    "blog/view/",
    "https://embed.tumblr.com/embed/post/",
    "t:a",
    ".tumblr.com",
    "?",
    "-",
    "1",
]
ADDRESSES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize(("url", "platform_id", "handle", "permalink"), POSTS)
def test_a_posts_address_gives_its_id_handle_and_canonical_permalink(
    url: str, platform_id: str | None, handle: str | None, permalink: str
) -> None:
    post = tumblr.parse_permalink(url)
    assert post is not None
    assert (post.platform, post.platform_id, post.handle, post.permalink) == ("tumblr", platform_id, handle, permalink)


@pytest.mark.parametrize("url", [url for url, *_ in POSTS])
def test_a_permalink_reads_back_as_the_same_post(url: str) -> None:
    post = tumblr.parse_permalink(url)
    again = tumblr.parse_permalink(post.permalink or "") if post else None
    assert post is not None
    assert again is not None
    assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("url", NO_POSTS)
def test_any_other_address_is_no_post(url: str) -> None:
    assert tumblr.parse_permalink(url) is None


@pytest.mark.parametrize(("url", "platform_id"), FRAMES)
def test_a_frames_address_gives_the_post_that_it_shows(url: str, platform_id: str) -> None:
    post = tumblr.parse_frame(url)
    assert post is not None
    assert post.platform_id == platform_id


@pytest.mark.parametrize("url", NO_FRAMES)
def test_any_other_frame_is_no_post(url: str) -> None:
    assert tumblr.parse_frame(url) is None


@given(ADDRESSES)
def test_no_address_makes_them_raise_and_every_permalink_reads_back(url: str) -> None:
    for post in (tumblr.parse_permalink(url), tumblr.parse_frame(url)):
        if post and post.permalink:
            again = tumblr.parse_permalink(post.permalink)
            assert again is not None
            assert (again.platform_id, again.permalink) == (post.platform_id, post.permalink)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hundred_kilobytes_of_hostile_address_are_read_without_hanging(piece: str) -> None:
    for start in PIECES:
        tumblr.parse_permalink(PIECES[0] + start + piece * (100_000 // len(piece)))
        tumblr.parse_frame(PIECES[0] + start + piece * (100_000 // len(piece)))
