"""Addresses of LinkedIn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import _snowflake, linkedin

ID = "6950337899716329472"


@pytest.mark.parametrize(
    ("url", "kind", "handle"),
    [
        (f"https://www.linkedin.com/posts/annlee_fairs-turn-activity-{ID}-yGGV?utm_source=x", "activity", "annlee"),
        (f"https://www.linkedin.com/posts/ann-lee-336a79307_activity-{ID}", "activity", "ann-lee-336a79307"),
        (f"//de.linkedin.com/posts/ann-lee_share-the-wheel-share-{ID}-2Ao8/", "share", "ann-lee"),
        (f"https://www.linkedin.com/posts/the-fair-share-{ID}-2Ao8", "share", None),
        (f"https://www.linkedin.com/posts/annlee_x-ugcPost-{ID}-Ab_1", "ugcPost", "annlee"),
        (f"https://www.linkedin.com/feed/update/urn:li:activity:{ID}/", "activity", None),
        (f"https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A{ID}?x=y", "share", None),
        (f"https://linkedin.com/feed/?highlightedUpdateUrn=urn%3Ali%3Aactivity%3A{ID}", "activity", None),
        (f"https://www.linkedin.com/embed/feed/update/urn:li:ugcPost:{ID}?collapsed=1", "ugcPost", None),
        (
            f"https://web.archive.org/web/2022/https://www.linkedin.com/posts/annlee_x-activity-{ID}-a",
            "activity",
            "annlee",
        ),
    ],
)
def test_a_permalink_names_kind_and_number(url: str, kind: str, handle: str | None) -> None:
    post = linkedin.parse_permalink(url)
    assert post
    assert (post.platform_id, post.handle, post.author_url) == (ID, handle, None)
    assert post.permalink == f"https://www.linkedin.com/feed/update/urn:li:{kind}:{ID}/"
    assert (post.time_source, post.time_precision) == ("id_snowflake", "millisecond")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/in/ann-lee-23b193b8/",
        "https://www.linkedin.com/company/the-fair/posts/",
        f"https://www.linkedin.com/shareArticle?mini=true&url=urn:li:activity:{ID}",
        "https://www.linkedin.com/sharing/share-offsite/?url=https%3A%2F%2Fexample.org",
        "https://www.linkedin.com/pulse/how-fairs-work-ann-lee",
        "https://www.linkedin.com/posts/annlee",
        f"https://www.linkedin.com/login?session_redirect=/feed/update/urn:li:activity:{ID}",
        f"https://www.linkedin.com/feed/hashtag/fair?x=urn:li:activity:{ID}",
        f"https://linkedin.com.example.org/feed/update/urn:li:activity:{ID}",
        "https://www.linkedin.com/feed/update/urn:li:groupPost:1-2/",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert linkedin.parse_permalink(url) is None


def test_only_the_official_iframe_is_a_frame() -> None:
    assert linkedin.parse_frame(f"https://www.linkedin.com/embed/feed/update/urn:li:share:{ID} ")
    assert linkedin.parse_frame(f"https://www.linkedin.com/feed/update/urn:li:share:{ID}") is None


@pytest.mark.parametrize(
    ("platform_id", "moment"),
    [
        (ID, "2022-07-06T06:41:26.326000+00:00"),
        ("123456789012345", None),  # 1970
        ("9223372036854775807", "2039-09-07T15:47:35.551000+00:00"),
        ("18446744073709551615", None),
    ],
)
def test_an_id_tells_its_time_if_it_can_be_true(platform_id: str, moment: str | None) -> None:
    found = _snowflake.linkedin(platform_id)
    assert (found.isoformat() if found else None) == moment


@given(st.sampled_from(["activity", "share", "ugcPost"]), st.integers(10**14, 2**63 - 1))
def test_a_permalink_reads_back(kind: str, platform_id: int) -> None:
    post = linkedin.parse_frame(f"https://www.linkedin.com/embed/feed/update/urn:li:{kind}:{platform_id}")
    assert post
    assert post.permalink
    assert linkedin.parse_permalink(post.permalink) == post
