"""Addresses of Telegram."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import telegram


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/AnnsFair/213",
        "//t.me/AnnsFair/213?single",
        "http://telegram.me/AnnsFair/213/",
        "https://www.telegram.dog/AnnsFair/213",
        "https://t.me/s/AnnsFair/213",
        "https://t.me/AnnsFair/7/213",
        "https://AnnsFair.t.me/213",
        "https://t.me/AnnsFair/213?comment=5#x",
        "https://t.me/AnnsFair/213?embed=1&mode=tme",
        "https://web.archive.org/web/2024/https://t.me/AnnsFair/213",
    ],
)
def test_a_permalink_names_channel_and_number(url: str) -> None:
    post = telegram.parse_permalink(url)
    assert post
    assert (post.platform_id, post.permalink) == ("annsfair/213", "https://t.me/AnnsFair/213")
    assert (post.handle, post.author_url) == ("AnnsFair", "https://t.me/AnnsFair")


def test_a_post_of_a_channel_without_name_has_no_handle() -> None:
    post = telegram.parse_permalink("https://t.me/c/1234567890/213")
    assert post
    assert (post.platform_id, post.permalink, post.handle) == (
        "c/1234567890/213",
        "https://t.me/c/1234567890/213",
        None,
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/annsfair",
        "https://t.me/s/annsfair",
        "https://t.me/annsfair/0",
        "https://t.me/annsfair/213abc",
        "https://t.me/share/url?url=https://t.me/annsfair/213",
        "https://t.me/share/123",
        "https://t.me/joinchat/123",
        "https://t.me/+AbCdEf",
        "https://t.me/c/213",
        "https://t.me/c/1234567890",
        "https://at.me/annsfair/213",
        "https://t.me.example.org/annsfair/213",
        "https://telegram.org/js/telegram-widget.js?22",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert telegram.parse_permalink(url) is None


def test_only_the_official_iframe_is_a_frame() -> None:
    post = telegram.parse_frame("https://t.me/annsfair/213?embed=1&userpic=true")
    assert post
    assert post.platform_id == "annsfair/213"
    assert telegram.parse_frame("https://t.me/annsfair/213?mode=tme&embed=1")
    assert telegram.parse_frame("https://t.me/annsfair/213") is None
    assert telegram.parse_frame("https://t.me/annsfair?embed=1") is None


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{4,31}", fullmatch=True), st.integers(1, 9_999_999))
def test_a_permalink_reads_back(channel: str, number: int) -> None:
    post = telegram.parse_permalink(f"https://t.me/{channel}/{number}")
    if post:  # or the channel is one of Telegram's own words
        assert post.permalink
        assert telegram.parse_permalink(post.permalink) == post
