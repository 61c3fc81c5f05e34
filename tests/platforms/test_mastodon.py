"""Addresses of Mastodon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import _snowflake, mastodon

ID = "116321600525435156"


@pytest.mark.parametrize(
    ("url", "host_and_handle"),
    [
        (f"https://social.example/@ann/{ID}", "social.example/@ann"),
        (f"//Social.Example/@Ann_1/{ID}/", "social.example/@Ann_1"),
        (f"http://a.b.example:3000/@a.n-n/{ID}?x=1#y", "a.b.example/@a.n-n"),
        (f"https://social.example/users/ann/statuses/{ID}", "social.example/@ann"),
        (f"https://social.example/users/ann/statuses/{ID}/activity", "social.example/@ann"),
        (f"https://social.example/@ann/{ID}/embed", "social.example/@ann"),
        (f"https://social.example/web/@ann/{ID}", "social.example/@ann"),
        (f"https://social.example/deck/@ann/{ID}", "social.example/@ann"),
        (f"https://social.example/%40ann/{ID}", "social.example/@ann"),
        (f"https://social.example/@bo@Other.example/{ID}", "social.example/@bo@other.example"),
        (f"https://social.example/@ann@social.example/{ID}", "social.example/@ann"),
        (f"/web/20260101000000/https://social.example/@ann/{ID}", "social.example/@ann"),
    ],
)
def test_a_permalink_is_known_on_any_host(url: str, host_and_handle: str) -> None:
    post = mastodon.parse_permalink(url)
    handle = host_and_handle.partition("/@")[2]
    assert post
    assert (post.platform, post.platform_id, post.handle) == ("mastodon", ID, handle)
    assert (post.permalink, post.author_url) == (f"https://{host_and_handle}/{ID}", f"https://{host_and_handle}")
    assert post.time_source == ("id_self_asserted" if "@" in handle else "id_snowflake")
    assert post.time_precision == "millisecond"


@pytest.mark.parametrize(
    "url",
    [
        "https://social.example/@ann",
        "https://social.example/@ann/with_replies",
        "https://social.example/@ann/12345",
        f"https://social.example/ann/{ID}",
        f"https://social.example/@ann/{ID}-a-story",
        f"https://social.example/@ann/{ID}/a-story",
        f"https://social.example/@ann/{ID}00000",
        f"https://social.example/share?text=https://social.example/@ann/{ID}",
        f"https://localhost/@ann/{ID}",
        f"https://192.168.1.1/@ann/{ID}",
        f"https://medium.com/@ann/{ID}",
        f"https://www.tiktok.com/@ann/video/{ID}",
        f"https://truthsocial.com/@ann/{ID}",
        f"https://www.youtube.com/@ann/{ID}",
        f"https://twitter.com/ann/statuses/{ID}",
        "",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert mastodon.parse_permalink(url) is None


def test_only_the_official_iframe_is_a_frame() -> None:
    post = mastodon.parse_frame(f"https://social.example/@ann/{ID}/embed?theme=dark")
    assert post
    assert post.permalink == f"https://social.example/@ann/{ID}"
    assert mastodon.parse_frame(f"https://social.example/@ann/{ID}") is None
    assert mastodon.parse_frame("https://social.example/@ann/embed") is None


@pytest.mark.parametrize(
    ("platform_id", "moment"),
    [
        (ID, "2026-03-31T03:12:45.830000+00:00"),
        ("123456789012345", None),  # 1970
        ("9223372036854775807", None),  # 6429
        ("99999999999999999999", None),
        ("", None),
        ("١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧٨", None),
    ],
)
def test_an_id_tells_its_time_if_it_can_be_true(platform_id: str, moment: str | None) -> None:
    found = _snowflake.mastodon(platform_id)
    assert (found.isoformat() if found else None) == moment


@given(
    st.from_regex(r"[a-z]{1,9}\.[a-z]{2,9}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9_]{1,30}", fullmatch=True),
    st.from_regex(r"(?:@[a-z]{1,9}\.[a-z]{2,9})?", fullmatch=True),
    st.integers(10**14, 2**63 - 1),
)
def test_a_permalink_reads_back(host: str, user: str, home: str, platform_id: int) -> None:
    post = mastodon.status("mastodon", f"https://{host}/@{user}{home}/{platform_id}")
    assert post
    assert post.permalink
    assert mastodon.status("mastodon", post.permalink) == post
