"""Addresses of Bluesky."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import _snowflake, bluesky

DID = "did:plc:aaaabbbbccccddddeeeeffff"


@pytest.mark.parametrize(
    ("url", "permalink", "handle"),
    [
        ("https://bsky.app/profile/ann.bsky.social/post/3l25zusnsfctk", "ann.bsky.social", "ann.bsky.social"),
        ("http://www.bsky.app/profile/ann.dev/post/3l25zusnsfctk/", "ann.dev", "ann.dev"),
        ("//BSKY.app/profile/@ann.dev/post/3l25zusnsfctk?ref_src=embed#top", "ann.dev", "ann.dev"),
        ("https://bsky.app/profile/ann.dev/post/3l25zusnsfctk/liked-by", "ann.dev", "ann.dev"),
        (f"https://bsky.app/profile/{DID}/post/3l25zusnsfctk", DID, None),
        ("https://bsky.app/profile/did%3Aplc%3Aaaaabbbbccccddddeeeeffff/post/3l25zusnsfctk", DID, None),
        ("https://bsky.app/profile/did:web:ann.dev/post/3l25zusnsfctk", "did:web:ann.dev", None),
        ("https://bsky.app/profile/handle.invalid/post/3l25zusnsfctk", "handle.invalid", None),
        (f"at://{DID}/app.bsky.feed.post/3l25zusnsfctk", DID, None),
        ("at://ann.dev/app.bsky.feed.post/3l25zusnsfctk", "ann.dev", "ann.dev"),
        (f"https://embed.bsky.app/embed/{DID}/app.bsky.feed.post/3l25zusnsfctk?id=1&ref_url=x", DID, None),
        (
            "https://web.archive.org/web/2024id_/https://bsky.app/profile/ann.dev/post/3l25zusnsfctk",
            "ann.dev",
            "ann.dev",
        ),
    ],
)
def test_a_permalink_names_actor_and_key(url: str, permalink: str, handle: str | None) -> None:
    post = bluesky.parse_permalink(url)
    assert post
    assert post.platform_id == "3l25zusnsfctk"
    assert post.permalink == f"https://bsky.app/profile/{permalink}/post/3l25zusnsfctk"
    assert post.handle == handle
    assert post.author_url == f"https://bsky.app/profile/{permalink}"
    assert post.time_source == "id_self_asserted"


@pytest.mark.parametrize(
    "url",
    [
        "https://bsky.app/",
        "https://bsky.app/profile/ann.dev",
        "https://bsky.app/profile/ann.dev/post/",
        "https://bsky.app/profile/ann/post/3l25zusnsfctk",
        "https://bsky.app/profile/ann.dev/feed/3l25zusnsfctk",
        "https://bsky.app/profile/ann.dev/lists/3l25zusnsfctk",
        "https://bsky.app/intent/compose?text=https://bsky.app/profile/ann.dev/post/3l25zusnsfctk",
        "https://bsky.app/search?q=fair",
        "https://bsky.app/hashtag/fair",
        "https://bsky.app.example.org/profile/ann.dev/post/3l25zusnsfctk",
        "https://example.org/?u=https://bsky.app/profile/ann.dev/post/3l25zusnsfctk",
        f"at://{DID}/app.bsky.feed.generator/fair",
        f"at://{DID}/app.bsky.feed.like/3l25zusnsfctk",
        "https://embed.bsky.app/static/embed.js",
    ],
)
def test_other_addresses_name_no_post(url: str) -> None:
    assert bluesky.parse_permalink(url) is None


def test_only_the_official_iframe_is_a_frame() -> None:
    post = bluesky.parse_frame(f"//embed.bsky.app/embed/{DID}/app.bsky.feed.post/3l25zusnsfctk?colorMode=system")
    assert post
    assert post.permalink == f"https://bsky.app/profile/{DID}/post/3l25zusnsfctk"
    assert bluesky.parse_frame("https://bsky.app/profile/ann.dev/post/3l25zusnsfctk") is None


@pytest.mark.parametrize(
    ("rkey", "moment"),
    [
        ("3l25zusnsfctk", "2024-08-20T16:31:35.793"),
        ("self", None),
        ("3l25zusnsfct", None),
        ("zzzzzzzzzzzzz", None),
        ("2222222222222", None),  # 1970
        ("jzzzzzzzzzzzz", None),  # 2255
        ("3L25ZUSNSFCTK", None),
        ("³l25zusnsfctk", None),
    ],
)
def test_a_record_key_tells_its_time_if_it_can_be_true(rkey: str, moment: str | None) -> None:
    found = _snowflake.bluesky(rkey)
    assert (found.isoformat()[:23] if found else None) == moment


@pytest.mark.parametrize(
    ("text", "handle", "name", "shown"),
    [
        (
            "Hi — Ann Lee (@ann.bsky.social) May 13, 2025 at 11:37 PM",
            "ann.bsky.social",
            "Ann Lee",
            "May 13, 2025 at 11:37 PM",
        ),
        (
            "Hi\n– Bo (the Builder) (@bo.dev) 11 January 2026 at 05:43 and on",
            "bo.dev",
            "Bo (the Builder)",
            "11 January 2026 at 05:43",
        ),
        ("良い\n— 祭り (@x-y.example.jp) 2025年12月27日 0:23", "x-y.example.jp", "祭り", "2025年12月27日 0:23"),
    ],
)
def test_a_signature_in_plain_text_is_found(text: str, handle: str, name: str, shown: str) -> None:
    (found,) = bluesky.signatures(text)
    assert (found.post.handle, found.post.author_name, found.post.date_shown) == (handle, name, shown)
    assert found.post.platform_id is None
    assert text[found.start] in "—–"
    assert text[: found.end].endswith(shown)


@pytest.mark.parametrize(
    "text",
    [
        "Hi — Ann Lee (@annlee) May 13, 2025",  # Twitter's
        "Hi — Ann Lee (@ann.dev) said so on a fine day",
        "Ann Lee (@ann.dev) May 13, 2025",
        "Hi — Ann (ann@example.org) May 13, 2025",
        "",
    ],
)
def test_what_is_no_signature_is_left_alone(text: str) -> None:
    assert list(bluesky.signatures(text)) == []


def test_a_post_in_plain_text_is_completed_from_its_words() -> None:
    (found,) = bluesky.signatures("— Ann (@ann.dev) May 13, 2025 at 11:37 PM")
    text = "To @bo.bsky.social, see @carl.example.org. #Fair https://example.org/@no.one a@b.org\n[image or embed]"
    post = bluesky.complete(replace(found.post, text=text))
    assert post.mentions == ("bo.bsky.social", "carl.example.org")
    assert post.hashtags == ("Fair",)
    assert post.text == "To @bo.bsky.social, see @carl.example.org. #Fair https://example.org/@no.one a@b.org"
    assert post.posted_at
    assert (post.posted_at.isoformat(), post.time_source, post.time_precision) == (
        "2025-05-13T00:00:00+00:00",
        "embed_text_local",
        "day",
    )


_ACTORS = st.one_of(
    st.from_regex(r"[a-z0-9]{1,20}(?:-[a-z0-9]{1,5})?\.[a-z]{2,10}", fullmatch=True),
    st.from_regex(r"did:plc:[a-z2-7]{24}", fullmatch=True),
)


@given(_ACTORS, st.from_regex(r"[234567a-j][2-7a-z]{12}", fullmatch=True))
def test_a_permalink_reads_back(actor: str, rkey: str) -> None:
    post = bluesky.parse_permalink(f"at://{actor}/app.bsky.feed.post/{rkey}")
    assert post
    assert post.permalink
    assert bluesky.parse_permalink(post.permalink) == post
