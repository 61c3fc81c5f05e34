"""Addresses of YouTube."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import youtube

ID = "Ab1_-Cd2Ef3"


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.youtube.com/watch?v={ID}",
        f"//m.youtube.com/watch?feature=share&v={ID}&list=PLaaa",
        f"https://www.youtube.com/watch?feature=share&amp;v={ID}",
        f"http://YouTube.com/watch/?v={ID}#t=4",
        f"http://www.youtube.com/watch#!v={ID}",
        f"https://music.youtube.com/watch?v={ID}",
        f"https://www.youtube.com/?v={ID}",
        f"https://youtu.be/{ID}?si=abc",
        f"https://www.youtube.com/shorts/{ID}",
        f"https://www.youtube.com/live/{ID}?feature=share",
        f"https://www.youtube.com/embed/{ID}",
        f"https://web.archive.org/web/2015/http://www.youtube.com/watch?v={ID}",
    ],
)
def test_a_permalink_names_the_video(url: str) -> None:
    post = youtube.parse_permalink(url)
    assert post
    assert (post.platform_id, post.permalink) == (ID, f"https://www.youtube.com/watch?v={ID}")
    assert (post.handle, post.posted_at) == (None, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/",
        "https://www.youtube.com/@annsfair",
        "https://www.youtube.com/@annsfair00/",
        "https://www.youtube.com/user/annsfairfun",
        "https://www.youtube.com/c/annsfairfun",
        "https://www.youtube.com/annsfairfun",
        "https://www.youtube.com/channel/UCaaaaaaaaaaaaaaaaaaaaaa?sub_confirmation=1",
        "https://www.youtube.com/playlist?list=PLaaaaaaaaa",
        "https://www.youtube.com/watch?list=PLaaaaaaaaa",
        f"https://www.youtube.com/watch?v={ID}x",
        "https://www.youtube.com/watch?v=short",
        f"https://www.youtube.com/results?search_query=v={ID}",
        "https://www.youtube.com/embed/videoseries?list=PLaaa",
        "https://www.youtube.com/embed/live_stream?channel=UCaaa",
        f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg",
        f"https://notyoutube.com/watch?v={ID}",
        f"https://www.youtube.com.example.org/watch?v={ID}",
        f"https://accounts.youtube.com/login?next=/watch?v={ID}",
    ],
)
def test_other_addresses_name_no_video(url: str) -> None:
    assert youtube.parse_permalink(url) is None


@pytest.mark.parametrize(
    ("url", "platform_id"),
    [
        (f"https://www.youtube.com/embed/{ID}?rel=0&start=3", ID),
        (f"//www.youtube-nocookie.com/embed/{ID}", ID),
        (f"http://www.youtube.com/v/{ID}&hl=en&fs=1", ID),
        (f"https://www.youtube.com/embed/{ID}?list=PLaaa", ID),
        ("https://www.youtube.com/embed/videoseries?list=PLaaa", None),
        ("https://www.youtube.com/embed/live_stream?channel=UCaaa", None),
        ("https://www.youtube.com/embed?listType=playlist&list=PLaaa", None),
        ("https://www.youtube.com/subscribe_embed?channel=annsfairfun", None),
        (f"https://www.youtube.com/watch?v={ID}", None),
    ],
)
def test_a_frame_is_a_player_of_one_video(url: str, platform_id: str | None) -> None:
    post = youtube.parse_frame(url)
    assert (post.platform_id if post else None) == platform_id


@given(st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True))
def test_a_permalink_reads_back(video: str) -> None:
    post = youtube.parse_frame(f"https://www.youtube.com/embed/{video}")
    assert post
    assert post.permalink
    assert youtube.parse_permalink(post.permalink) == post
