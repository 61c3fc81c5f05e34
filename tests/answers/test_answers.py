from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import answers, platforms
from archiver.model import Capture, utc
from archiver.told import Answer

CASES = sorted(Path(__file__).parent.glob("*/*.json"))
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def captured(told: Mapping[str, Any]) -> Capture:
    body = told["body"] if isinstance(told["body"], str) else json.dumps(told["body"])
    url = told["url"]
    return Capture(url, body.encode(), told["media_type"], "warc", NOON, url, url, status=told["status"])


def compact(value: Any) -> Any:
    """What is told, without what is not."""
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, dict):
        return {name: compact(each) for name, each in value.items() if each not in (None, (), [], False)}
    return [compact(each) for each in value] if isinstance(value, list | tuple) else value


def written(found: Answer | None) -> Any:
    return compact(asdict(found)) if found else None


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_answer_is_read_as_written_beside_it(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    capture = captured(case)
    assert answers.is_answer(case["url"], case["media_type"])
    assert written(answers.answer(capture)) == case["answer"]
    assert compact([asdict(each) for each in answers.read(capture)]) == case["answer"].get("told", [])


def test_every_platform_and_endpoint_has_a_case() -> None:
    found = [json.loads(path.read_text(encoding="utf-8"))["answer"] for path in CASES]
    assert {each["endpoint"] for each in found} >= {
        *("tweet-result", "tweets.json", "oembed", "embed page", "graphql", "api v1.1", "api v2", "permalink"),
        *("getPosts", "getPostThread", "statuses", "__a=1", "item", "reddit.json"),
    }
    assert {each["outcome"] for each in found} == {"told", "tombstone", "nothing", "refused", "unreadable"}
    assert len(CASES) > 40


def test_a_post_is_told_under_the_key_by_which_pages_name_it() -> None:
    for path in CASES:
        for told in answers.read(captured(json.loads(path.read_text(encoding="utf-8")))):
            named = platforms.named(told.post.permalink or "")
            assert named is not None
            assert named.key == told.post.key
            assert all(other.key != told.post.key for other in told.also)


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/nora_b/status/1256191637713846301",
        "https://www.instagram.com/p/BcQcdiXltba/",
        "https://www.tiktok.com/@nora.berg/video/7106594312292453675",
        "https://www.reddit.com/r/birds/comments/abc123/herons_reeds/",
        "https://pond.example/@nora/109300000000000000",
        "https://blog.example/wp-json/oembed/1.0/embed?url=https%3A%2F%2Fblog.example%2Fherons",
        "https://blog.example/how-oembed-works",
        "https://platform.twitter.com/widgets.js",
        "https://cdn.syndication.twimg.com/",
        "https://evil.example/?https://cdn.syndication.twimg.com/tweet-result?id=20",
        "https://cdn.syndication.twimg.com.evil.example/tweet-result?id=20",
        "ftp://cdn.syndication.twimg.com/tweet-result?id=20",
        "file:///tweet-result?id=20",
        "",
        "https://",
        "https://[::1/tweet-result",
        "\ud800",
    ],
)
def test_what_is_no_endpoint_is_no_answer(url: str) -> None:
    assert not answers.is_answer(url)
    assert answers.read(Capture(url, b"{}", "text/html", "warc", NOON, url)) == ()
    assert answers.answer(Capture(url, b"{}", "text/html", "warc", NOON, url)) is None


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://CDN.SYNDICATION.TWIMG.COM/tweet-result?id=20",
        "https://web.archive.org/web/20230101000000/https://cdn.syndication.twimg.com/tweet-result?id=20",
        "https://web.archive.org/web/20230101000000id_/https://cdn.syndication.twimg.com/tweet-result?id=20",
        "https://cdn.syndication.twimg.com:443/tweet-result?id=20",
        "https://anything.example/xrpc/app.bsky.feed.getPosts?uris=at://x",
        "https://blog.example/oembed?url=https%3A%2F%2Ftwitter.com%2Fnora_b%2Fstatus%2F20",
        "https://api.twitter.com/1/statuses/oembed.json?id=20",
        "https://graph.facebook.com/v21.0/instagram_oembed?url=x",
        "https://graph.facebook.com/v21.0/oembed_post?url=x",
        "https://vimeo.com/api/oembed.json?url=x",
        "https://www.tumblr.com/oembed/1.0?url=x",
    ],
)
def test_an_endpoint_is_known_in_all_its_spellings(url: str) -> None:
    assert answers.is_answer(url)


def test_an_address_of_a_tweet_is_an_answer_only_where_it_gave_json() -> None:
    url = "https://twitter.com/nora_b/status/1256191637713846301"
    assert answers.is_answer(url, "application/json; charset=utf-8")
    assert not answers.is_answer(url, "text/html")


def test_more_posts_than_any_answer_has_are_not_read() -> None:
    case = json.loads((Path(__file__).parent / "twitter" / "tweet-result.json").read_text(encoding="utf-8"))
    many = [case["body"] | {"id_str": str(1256191637713846301 + n)} for n in range(1000)]
    assert len(answers.read(captured(case | {"body": many}))) == 300


# Hostile values: any of them may stand anywhere in an answer that is otherwise well made.
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["\ud800", "\x00", "a\x00\ud83d", "9" * 5000, "https://", "https://[", "&#xd800;", "<" * 50, "{" * 50]
    ),
    st.sampled_from([10**400, -(10**30), 1e308, float("inf"), float("nan"), [], {}, [[]], [{}], {"": None}]),
)


@st.composite
def spoiled(draw: st.DrawFn) -> Mapping[str, Any]:
    """One of the cases with a few values anywhere in it replaced."""
    case = json.loads(draw(st.sampled_from(CASES)).read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 4))):
        place: Any = case
        key: Any = "body"
        for _ in range(draw(st.integers(0, 9))):
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner:
                break
            place, key = inner, draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
        place[key] = deepcopy(draw(ODD))
    return case | {"status": draw(st.sampled_from([None, 200, 404]))}


@settings(max_examples=600, deadline=None)
@given(spoiled())
def test_no_value_in_an_answer_makes_reading_fail(case: Mapping[str, Any]) -> None:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    capture = replace(captured(case | {"body": ""}), body=body.encode("utf-8", "surrogatepass"))
    found = answers.answer(capture)
    assert found is not None
    assert found.outcome in {"told", "tombstone", "nothing", "refused", "unreadable"}
    for told in found.told:
        assert told.post.platform_id
        assert told.post.posted_at is None or told.post.posted_at.tzinfo is not None
        assert all(isinstance(number, int) and abs(number) < 1 << 63 for _, number in told.counts)


_URLS = {
    (path.parent.name, case["answer"]["endpoint"]): case["url"]
    for path in CASES
    for case in [json.loads(path.read_text(encoding="utf-8"))]
}
ENDPOINTS = sorted(_URLS.values())  # one address of each


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ENDPOINTS), st.binary(max_size=200), st.sampled_from(["application/json", "text/html", ""]))
def test_no_bytes_make_reading_fail(url: str, body: bytes, media_type: str) -> None:
    assert answers.read(Capture(url, body, media_type, "warc", NOON, url)) == ()


@pytest.mark.parametrize("url", ENDPOINTS)
@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        '{"id_str":"20","text":"x","user":' * 500 + "1" + "}" * 500,
        "[" + "9" * 100_000 + "]",
        '{"content":"' + "<b>" * 20_000 + '"}',
        '{"html":"' + "<blockquote class=twitter-tweet>" * 3_000 + '"}',
        "a" * 200_000 + "(",
    ],
    ids=["lists", "objects", "tweets in tweets", "number", "elements", "quotes", "callback"],
)
def test_bodies_made_to_hurt_are_read_in_time(url: str, body: str) -> None:
    for media_type in ("application/json", "text/html"):
        assert len(answers.read(Capture(url, body.encode(), media_type, "warc", NOON, url))) <= 2
