"""Addresses of Truth Social."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import truthsocial

ID = "114132050804394743"


@pytest.mark.parametrize(
    "url",
    [
        f"https://truthsocial.com/@annLee/{ID}",
        f"//www.truthsocial.com/@annLee/{ID}/?x=1",
        f"https://truthsocial.com/@annLee/posts/{ID}",
        f"https://TruthSocial.com/users/annLee/statuses/{ID}",
        f"https://truthsocial.com/@annLee/{ID}/embed",
        f"https://web.archive.org/web/20250309/https://truthsocial.com/@annLee/{ID}",
    ],
)
def test_a_permalink_names_user_and_status(url: str) -> None:
    post = truthsocial.parse_permalink(url)
    assert post
    assert (post.platform, post.platform_id, post.handle) == ("truthsocial", ID, "annLee")
    assert post.permalink == f"https://truthsocial.com/@annLee/{ID}"
    assert post.posted_at
    assert (post.posted_at.isoformat()[:19], post.time_source) == ("2025-03-09T10:41:28", "id_snowflake")


@pytest.mark.parametrize(
    "url",
    [
        "https://truthsocial.com/@annLee",
        f"https://truthsocial.com/share?url=https://truthsocial.com/@annLee/{ID}",
        f"https://social.example/@annLee/{ID}",
        f"https://truthsocial.com.example.org/@annLee/{ID}",
        "https://truthsocial.com/tags/fair",
        "https://[",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert truthsocial.parse_permalink(url) is None


def test_only_the_official_iframe_is_a_frame() -> None:
    assert truthsocial.parse_frame(f"https://truthsocial.com/@annLee/{ID}/embed?a=b")
    assert truthsocial.parse_frame(f"https://truthsocial.com/@annLee/{ID}") is None
    assert truthsocial.parse_frame(f"https://social.example/@annLee/{ID}/embed") is None


def test_an_id_older_than_the_platform_has_no_time() -> None:
    post = truthsocial.parse_permalink("https://truthsocial.com/@annLee/101733810026327049")
    assert post
    assert (post.posted_at, post.time_source, post.time_precision) == (None, None, None)


@given(st.from_regex(r"[A-Za-z0-9_]{1,30}", fullmatch=True), st.integers(10**14, 2**63 - 1))
def test_a_permalink_reads_back(user: str, platform_id: int) -> None:
    post = truthsocial.parse_permalink(f"https://truthsocial.com/@{user}/{platform_id}")
    assert post
    assert post.permalink
    assert truthsocial.parse_permalink(post.permalink) == post
