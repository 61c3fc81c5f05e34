from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import flags
from archiver.model import Embed, Page, Post
from archiver.platforms import PLATFORMS
from tests.pages import HERE, SHARED, WHEN, read
from tests.test_page import output

NAMES = [flag.name for flag in flags.FLAGS]
TWEET = "1137051097955102720"  # 2019-06-07T17:38:01Z
EARLY_TWEET = "1136787000000000000"  # 2019-06-07T00:08:35Z
RKEY = "3lqoiswt3l222"  # 2025-06-03T04:55:50Z
SHORTCODE = "BO_sdXfD5S6"  # 2017-01-08T07:36:24Z
TIKTOK = "6718339390845095173"  # 2019-07-27T13:48:04Z
STATUS = "116321600525435156"  # 2026-03-31T03:12:45Z, three months after the pages of these tests were captured


def of(post: Post, shape: str = "blockquote", **page: object) -> tuple[str, ...]:
    told = replace(Page("https://gazette.example.com/1", "declared", outlet="gazette.example.com"), **page)  # type: ignore[arg-type]
    return flags.of(Embed(post, shape, 1, 1, flags=post.flags), told, WHEN)


def shown(platform: str, platform_id: str | None, date_shown: str, **more: object) -> Post:
    return Post(platform, platform_id, date_shown=date_shown, **more)  # type: ignore[arg-type]


DATES = [
    (shown("twitter", TWEET, "June 7, 2019"), "blockquote", False),
    (shown("twitter", TWEET, "7. Juni 2019"), "blockquote", False),
    (shown("twitter", TWEET, "05:38 PM - 07 Jun 2019"), "card", False),
    (shown("twitter", TWEET, "June 8, 2019"), "blockquote", True),
    (shown("twitter", TWEET, "June 6, 2019"), "blockquote", True),
    (shown("twitter", TWEET, "June 7, 2009"), "blockquote", True),
    (shown("twitter", TWEET, "June 8, 2019"), "card", False),  # it was the 8th in Tokyo
    (shown("twitter", TWEET, "June 6, 2019"), "card", True),  # it was the 6th nowhere
    (shown("twitter", EARLY_TWEET, "June 6, 2019"), "card", False),
    (shown("twitter", EARLY_TWEET, "June 8, 2019"), "card", True),
    (shown("twitter", TWEET, "06/07/2019"), "blockquote", False),  # not clear, so not compared
    (shown("twitter", TWEET, "a while ago"), "blockquote", False),
    (shown("twitter", "20", "June 7, 2019"), "blockquote", False),  # no clock in it
    (shown("twitter", None, "June 7, 2019"), "text_signature", False),
    (shown("bluesky", RKEY, "June 2, 2025 at 11:55 PM"), "blockquote", False),
    (shown("bluesky", RKEY, "June 4, 2025"), "blockquote", True),
    (shown("bluesky", RKEY, "May 1, 2025"), "blockquote", True),
    (shown("instagram", SHORTCODE, "Jan 7, 2017 at 11:36pm PST"), "blockquote", False),
    (shown("instagram", SHORTCODE, "Jan 6, 2017"), "blockquote", True),
    (shown("instagram", SHORTCODE, "March 1, 2018"), "blockquote", False),  # the id is older than the post
    (shown("threads", SHORTCODE, "Jan 6, 2017"), "blockquote", True),
    (shown("tiktok", TIKTOK, "July 26, 2019"), "blockquote", False),
    (shown("tiktok", TIKTOK, "July 25, 2019"), "blockquote", True),
    (
        Post(
            "instagram", SHORTCODE, posted_at=datetime(2016, 1, 8, tzinfo=UTC), time_source="embed_datetime"
        ),  # told by an attribute alone
        "blockquote",
        True,
    ),
    (shown("facebook", "10155", "June 7, 2019"), "xfbml", False),
]


@pytest.mark.parametrize(("post", "shape", "differs"), DATES)
def test_a_date_is_compared_with_the_day_in_the_id(post: Post, shape: str, differs: bool) -> None:
    assert ("date_differs" in of(post, shape)) is differs


@pytest.mark.parametrize(
    ("platform", "platform_id", "impossible"),
    [
        ("twitter", "20", False),
        ("twitter", "29700859247", False),
        ("twitter", "29700859248", True),
        ("twitter", "291895636918271", True),
        ("twitter", "291895636918272", False),
        ("twitter", TWEET, False),
        ("twitter", "2006923456789012345", False),  # on the day of the capture
        ("twitter", "2009000000000000000", True),  # a week later
        ("twitter", "9999999999999999999", True),  # more than 63 bits
        ("twitter", "of no number", False),
        ("mastodon", "109000000000000000", False),
        ("mastodon", STATUS, True),
        ("tiktok", TIKTOK, False),
        ("tiktok", "7999999999999999999", True),
        ("instagram", SHORTCODE, False),
        ("instagram", "DXnWnLSEuMH", True),  # April 2026
        ("linkedin", "7000000000000000000", False),
        ("linkedin", "7900000000000000000", True),
        ("facebook", "29700859248", False),
        ("youtube", "rvo5j4PbnvI", False),
    ],
)
def test_an_id_that_was_never_given_or_not_yet_is_impossible(platform: str, platform_id: str, impossible: bool) -> None:
    assert ("impossible_id" in of(Post(platform, platform_id))) is impossible


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_clock_may_be_a_day_slow(seconds: int) -> None:
    late = datetime(2019, 6, 6, 17, 38, 2, tzinfo=UTC) - timedelta(seconds=seconds)
    told = flags.of(Embed(Post("twitter", TWEET), "blockquote", 1, 1), Page("https://a.example/", "declared"), late)
    assert ("impossible_id" in told) is bool(seconds)


@pytest.mark.parametrize(
    ("linked", "signed", "differs"),
    [
        ("nora_b", "nora_b", False),
        ("NORA_B", "nora_b", False),
        ("ole_s", "nora_b", True),
        ("i", "nora_b", False),
        ("X", "nora_b", False),
        ("AnyUser", "nora_b", False),
        ("Gazette", "nora_b", False),  # the outlet's own name, which its publishing system writes
        (None, "nora_b", False),
        ("ole_s", None, False),
    ],
)
def test_the_handle_in_the_link_is_compared_with_the_signed_one(linked: str, signed: str, differs: bool) -> None:
    told = of(Post("twitter", TWEET, handle=signed, url_handle=linked), outlet="gazette.example")
    assert ("handle_differs" in told) is differs


EVENING = datetime(2019, 6, 6, 18, tzinfo=UTC)
MIDNIGHT = datetime(2019, 6, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("posted_at", "published_at", "newer"),
    [
        (EVENING + timedelta(days=1), EVENING, False),
        (EVENING + timedelta(days=1, seconds=1), EVENING, True),
        (EVENING - timedelta(days=400), EVENING, False),
        (MIDNIGHT, MIDNIGHT, False),
        (MIDNIGHT + timedelta(days=1, hours=23), MIDNIGHT, False),  # midnight may stand for the day
        (MIDNIGHT + timedelta(days=2, seconds=1), MIDNIGHT, True),
        (None, EVENING, False),
        (EVENING, None, False),
    ],
)
def test_a_post_more_than_a_day_younger_than_its_article_is_newer(
    posted_at: datetime | None, published_at: datetime | None, newer: bool
) -> None:
    told = of(Post("twitter", posted_at=posted_at), published_at=published_at)
    assert ("newer_than_article" in told) is newer
    link = of(Post("twitter", posted_at=posted_at), "link", published_at=published_at)
    assert "newer_than_article" not in link


def embed(inside: str) -> Embed:
    (found,) = read(f'<p>Before.</p><blockquote class="twitter-tweet">{inside}</blockquote><p>After.</p>').embeds
    return found


LINK = f'<a href="https://twitter.com/nora_b/status/{TWEET}">'


@pytest.mark.parametrize(
    "inside",
    [
        f"{LINK}\nTweet may have been deleted\n<span>(opens in a new tab)</span></a>",
        f"{LINK}(opens in a new tab)</a>",
        f"<p>This Tweet is unavailable.</p>{LINK}</a>",
        f"<p>This Tweet is unavailable.</p>{LINK}https://twitter.com/nora_b/status/{TWEET}</a>",
    ],
)
def test_a_phrase_of_a_publishing_system_is_neither_text_nor_date(inside: str) -> None:
    found = embed(inside)
    assert (found.flags, found.post.text, found.post.date_shown) == (("placeholder_text",), None, None)
    assert (found.post.platform_id, found.post.handle) == (TWEET, "nora_b")


@pytest.mark.parametrize(
    ("inside", "text", "date"),
    [
        (
            f"<p>This Tweet is unavailable, I read.</p>&mdash; Nora (@nora_b) {LINK}June 7, 2019</a>",
            "This Tweet is unavailable, I read.",
            "June 7, 2019",
        ),
        (f"<p>My post was deleted.</p>{LINK}June 7, 2019</a>", "My post was deleted.", "June 7, 2019"),
        (f"{LINK}June 7, 2019</a>", None, "June 7, 2019"),
        (f"<p>Grey herons</p>{LINK}June 7, 2019 (opens in a new tab)</a>", "Grey herons", None),
        (f"<p>{'Herons. ' * 30} My post was deleted.</p>{LINK}</a>", f"{'Herons. ' * 30} My post was deleted.", None),
    ],
)
def test_a_tweet_that_speaks_of_such_things_keeps_its_text(inside: str, text: str | None, date: str | None) -> None:
    found = embed(inside)
    assert "placeholder_text" not in found.flags
    assert found.post.text == (" ".join(text.split()) if text else None)
    assert date is None or found.post.date_shown == date


def test_what_another_sighting_of_the_same_page_shows_is_no_placeholder() -> None:
    bare = f'<blockquote class="twitter-tweet">{LINK}Tweet may have been deleted</a></blockquote>'
    whole = f'<blockquote class="twitter-tweet"><p>Herons</p>— Nora (@nora_b) {LINK}June 7, 2019</a></blockquote>'
    for html in (bare + whole, whole + bare):
        (found,) = read(html).embeds
        assert (found.flags, found.post.text) == ((), "Herons")


def test_the_reader_keeps_the_handle_of_the_link() -> None:
    link = f'<a href="https://x.com/ole_s/status/{TWEET}">'
    found = embed(f"<p>Herons</p>&mdash; Nora (@nora_b) {link}June 7, 2019</a>")
    assert (found.post.handle, found.post.url_handle, found.flags) == ("nora_b", "ole_s", ("handle_differs",))
    assert found.post.permalink == f"https://twitter.com/nora_b/status/{TWEET}"


def test_a_page_with_every_oddity_keeps_its_posts() -> None:
    link = f'<a href="https://x.com/ole_s/status/{TWEET}">'
    page = read(
        '<meta property="article:published_time" content="2019-06-01T10:00:00Z">'
        f'<blockquote class="twitter-tweet"><p>Herons</p>— Nora (@nora_b) {link}May 7, 2009</a></blockquote>'
        '<blockquote class="twitter-tweet"><p>Two</p>— Nora (@nora_b) '
        '<a href="https://twitter.com/nora_b/status/29700859300">May 7, 2009</a></blockquote>'
    )
    assert [embed.flags for embed in page.embeds] == [
        ("date_differs", "handle_differs", "newer_than_article"),
        ("impossible_id",),
    ]


def test_the_flags_of_a_reader_come_along_each_once() -> None:
    post = shown("twitter", TWEET, "June 8, 2019", flags=("json_unattributed", "of tomorrow", "date_differs"))
    assert of(post) == ("date_differs", "json_unattributed", "of tomorrow")


@given(
    st.builds(
        Post,
        st.sampled_from([*(p.name for p in PLATFORMS), "other"]),
        st.none() | st.text(max_size=22) | st.integers(0, 10**20).map(str) | st.from_regex(r"[2-7a-z]{13}"),
        handle=st.none() | st.text(max_size=5),
        url_handle=st.none() | st.text(max_size=5),
        date_shown=st.none() | st.text(max_size=20) | st.dates().map(str),
        posted_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        time_source=st.sampled_from([None, "embed_datetime"]),
    ),
    st.text(max_size=12),
    st.none() | st.datetimes(timezones=st.timezones()),
    st.datetimes(timezones=st.just(UTC)),
)
def test_nothing_makes_flagging_raise(post: Post, shape: str, published: datetime | None, captured: datetime) -> None:
    page = Page("https://a.example/", "declared", published_at=published)
    found = flags.of(Embed(post, shape, 1, 1), page, captured)
    assert set(found) <= set(NAMES)
    assert found == flags.of(Embed(post, shape, 1, 1, flags=found), page, captured)


def test_the_glossary_explains_every_flag_in_the_same_words() -> None:
    glossary = (HERE.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = glossary.partition("`flags`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert rows == [tuple(flag) for flag in flags.FLAGS]


@pytest.mark.corpus
def test_the_dates_of_real_official_tweets_agree_with_their_ids() -> None:
    pages = SHARED / "corpus" / "pages"
    if not pages.is_dir():
        pytest.skip("needs the real pages of ../shared/corpus, which are not part of this project")
    found = [json.loads(line) for line in output("extract", str(pages)).splitlines()]
    dated = [e for e in found if e["platform"] == "twitter" and e["shape"] == "blockquote" and e["date_shown"]]
    assert len(dated) > 200
    assert [e["permalink"] for e in dated if "date_differs" in e["flags"]] == []
    counts = Counter(flag for e in found for flag in e["flags"])
    assert counts["placeholder_text"] == 12
    assert counts["impossible_id"] == 0
