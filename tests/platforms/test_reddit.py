"""Addresses of Reddit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import reddit

SITE = "https://www.reddit.com/"


@pytest.mark.parametrize(
    ("url", "platform_id", "permalink", "handle"),
    [
        (f"{SITE}r/fairs/comments/1fnpiu8/the_wheel/", "1fnpiu8", f"{SITE}r/fairs/comments/1fnpiu8/", None),
        ("//old.reddit.com/r/fairs/comments/1FNPIU8", "1fnpiu8", f"{SITE}r/fairs/comments/1fnpiu8/", None),
        (
            "http://np.reddit.com/r/fairs/comments/gxrq8p/x/?context=3",
            "gxrq8p",
            f"{SITE}r/fairs/comments/gxrq8p/",
            None,
        ),
        ("https://reddit.com/r/fairs/comments/gxrq8p.json", "gxrq8p", f"{SITE}r/fairs/comments/gxrq8p/", None),
        ("https://reddit.com/comments/gxrq8p", "gxrq8p", f"{SITE}comments/gxrq8p/", None),
        ("https://www.reddit.com/gallery/gxrq8p", "gxrq8p", f"{SITE}comments/gxrq8p/", None),
        ("https://redd.it/gxrq8p?x", "gxrq8p", f"{SITE}comments/gxrq8p/", None),
        (
            "https://www.reddit.com/user/Ann-7/comments/gxrq8p/x/",
            "gxrq8p",
            f"{SITE}user/Ann-7/comments/gxrq8p/",
            "Ann-7",
        ),
        (
            "https://embed.reddit.com/r/fairs/comments/gxrq8p/x/?embed=true",
            "gxrq8p",
            f"{SITE}r/fairs/comments/gxrq8p/",
            None,
        ),
        (
            f"{SITE}r/fairs/comments/1fv4r6/the_wheel/caeb3pl/",
            "t1_caeb3pl",
            f"{SITE}r/fairs/comments/1fv4r6/comment/caeb3pl/",
            None,
        ),
        (
            f"{SITE}r/fairs/comments/1e9iyof/comment/leevgp2/?context=3",
            "t1_leevgp2",
            f"{SITE}r/fairs/comments/1e9iyof/comment/leevgp2/",
            None,
        ),
        ("https://web.archive.org/web/2020if_/https://redd.it/gxrq8p", "gxrq8p", f"{SITE}comments/gxrq8p/", None),
    ],
)
def test_a_permalink_names_a_post_or_a_comment(url: str, platform_id: str, permalink: str, handle: str | None) -> None:
    post = reddit.parse_permalink(url)
    assert post
    assert (post.platform_id, post.permalink, post.handle) == (platform_id, permalink, handle)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.reddit.com/",
        "https://www.reddit.com/submit?url=https://www.reddit.com/r/fairs/comments/gxrq8p/",
        "https://www.reddit.com/r/fairs/",
        "https://www.reddit.com/r/fairs/comments/",
        "https://www.reddit.com/r/fairs/s/AbCdEf1234",
        "https://www.reddit.com/r/fairs/wiki/index",
        "https://www.reddit.com/r/fairs/search?q=comments/gxrq8p",
        "https://www.reddit.com/user/ann7",
        "https://www.reddit.com/user/ann7/comments/",
        "https://www.reddit.com/login/?dest=/r/fairs/comments/gxrq8p/",
        "https://i.redd.it/gxrq8p.jpg",
        "https://v.redd.it/gxrq8p",
        "https://www.notreddit.com/r/fairs/comments/gxrq8p/",
        "https://www.reddit.com.example.org/r/fairs/comments/gxrq8p/",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert reddit.parse_permalink(url) is None


@pytest.mark.parametrize(
    ("url", "platform_id"),
    [
        ("https://embed.reddit.com/r/fairs/comments/gxrq8p/x/", "gxrq8p"),
        ("https://www.redditmedia.com/r/fairs/comments/gxrq8p/x/?ref_source=embed&ref=share&embed=true", "gxrq8p"),
        ("https://www.reddit.com/r/fairs/comments/gxrq8p/x/?ref=share&ref_source=embed", "gxrq8p"),
        ("https://www.redditmedia.com/r/fairs/comments/64czya/x/dg19s4y/?embed=true", "t1_dg19s4y"),
        ("https://www.reddit.com/r/fairs/comments/gxrq8p/x/", None),
        ("https://embed.reddit.com/widgets.js", None),
        ("https://example.org/?embed=true", None),
    ],
)
def test_a_frame_is_known_by_its_host_or_its_reference(url: str, platform_id: str | None) -> None:
    post = reddit.parse_frame(url)
    assert (post.platform_id if post else None) == platform_id


@given(
    st.sampled_from(["", "r/fairs/", "user/ann_7/"]),
    st.from_regex(r"[0-9a-z]{4,8}", fullmatch=True),
    st.from_regex(r"(?:[0-9a-z]{4,8})?", fullmatch=True),
)
def test_a_permalink_reads_back(place: str, post_id: str, comment_id: str) -> None:
    post = reddit.parse_permalink(f"{SITE}{place}comments/{post_id}/words/{comment_id}")
    assert post
    assert post.permalink
    assert reddit.parse_permalink(post.permalink) == post
