"""Addresses of VK."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import vk


@pytest.mark.parametrize(
    ("url", "platform_id"),
    [
        ("https://vk.com/wall-175249128_1156", "wall-175249128_1156"),
        ("//m.vk.com/wall1_45616?reply=2#x", "wall1_45616"),
        ("http://vkontakte.ru/wall1_45616", "wall1_45616"),
        ("https://vk.ru/wall1_45616", "wall1_45616"),
        ("https://vk.com/durov?w=wall1_45616", "wall1_45616"),
        ("https://vk.com/feed?z=photo1_2&w=wall1_45616%2Fall", "wall1_45616"),
        ("https://vk.com/video-1_2", "video-1_2"),
        ("https://vkvideo.ru/video-1_2?list=x", "video-1_2"),
        ("https://vk.com/video?z=video-1_2%2Fpl_-1", "video-1_2"),
        ("https://vk.com/video/@annsfair?z=video-1_2", "video-1_2"),
        ("https://vk.com/clip-1_2", "video-1_2"),
        ("https://vk.com/video_ext.php?oid=-1&id=2", "video-1_2"),
        ("https://web.archive.org/web/2015/http://vk.com/wall1_45616", "wall1_45616"),
    ],
)
def test_a_permalink_names_owner_and_number(url: str, platform_id: str) -> None:
    post = vk.parse_permalink(url)
    assert post
    assert (post.platform_id, post.permalink) == (platform_id, f"https://vk.com/{platform_id}")
    assert post.handle is None


@pytest.mark.parametrize(
    "url",
    [
        "https://vk.com/",
        "https://vk.com/annsfair",
        "https://vk.com/club175249128",
        "https://vk.com/wall-175249128",
        "https://vk.com/photo1_2",
        "https://vk.com/share.php?url=https://vk.com/wall1_2",
        "https://vk.com/login?to=wall1_2",
        "https://vk.com/widget_community.php?gid=1",
        "https://vk.com.example.org/wall1_2",
        "https://notvk.com/wall1_2",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert vk.parse_permalink(url) is None


@pytest.mark.parametrize(
    ("url", "platform_id"),
    [
        ("https://vk.com/video_ext.php?oid=-22822305&id=456239018&hash=aa&hd=2", "video-22822305_456239018"),
        ("//vkvideo.ru/video_ext.php?hd=2&amp;oid=5&amp;id=6", "video5_6"),
        ("https://vk.com/widget_post.php?app=0&width=100%25&owner_id=-1&post_id=45616&hash=Z", "wall-1_45616"),
        ("https://vk.com/video_ext.php?oid=-22822305", None),
        ("https://vk.com/video_ext.php?oid=a&id=6", None),
        ("https://vk.com/video_ext.php?oid=1&id=-6", None),
        ("https://vk.com/widget_post.php?" + "&".join(["a=1"] * 200), None),
        ("https://vk.com/wall1_45616", None),
    ],
)
def test_a_frame_is_a_player_or_a_widget(url: str, platform_id: str | None) -> None:
    post = vk.parse_frame(url)
    assert (post.platform_id if post else None) == platform_id


@given(st.sampled_from(["wall", "video"]), st.integers(-(10**11), 10**11), st.integers(1, 10**11))
def test_a_permalink_reads_back(kind: str, owner: int, number: int) -> None:
    post = vk.parse_permalink(f"https://vk.com/{kind}{owner}_{number}")
    assert post
    assert post.permalink
    assert vk.parse_permalink(post.permalink) == post
