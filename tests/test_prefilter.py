from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import platforms, prefilter
from archiver.model import Capture
from archiver.page import read_page
from archiver.platforms import PLATFORMS

EMBEDS = Path(__file__).parent / "embeds"
PAGES = sorted(EMBEDS.glob("*/*.html"))
NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
_PIECES = [hint for platform in PLATFORMS for hint in platform.hints]
_WORDS = sorted(
    {piece for hint in _PIECES for piece in (hint, *hint.replace(b"~", b"&").replace(b">", b"&").split(b"&"))}
)
_BETWEEN = [
    b"",
    b" ",
    b"/",
    b"\\/",
    b"\\u002F",
    b"%2F",
    b"://www.",
    b".com/",
    b"id=",
    b'"',
    b"\x0b",
    b"1256191637713846301",
    b"x" * 400,
]


def embeds(body: bytes) -> int:
    return len(read_page(Capture("page", body, "text/html", "file", NOON)).embeds)


def test_there_are_pages_to_test() -> None:
    assert len(PAGES) > 100


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_page_that_embeds_a_post_may_embed_one_whatever_stands_around_it(path: Path) -> None:
    scrap = path.read_bytes()
    if embeds(scrap):
        assert prefilter.may_embed(scrap, "text/html")
        assert prefilter.may_embed(memoryview(b"<p>Words.</p>" * 5000 + scrap + b"<p>Words.</p>" * 5000), "text/html")


@given(st.lists(st.sampled_from(_WORDS + _BETWEEN), max_size=12).map(b"".join))
def test_where_a_platform_is_hinted_a_post_may_be_embedded(body: bytes) -> None:
    assert prefilter.may_embed(body, "text/html") or not platforms.hinted(body)


def test_a_page_with_links_to_profiles_and_share_buttons_is_passed_over() -> None:
    body = b"""<!doctype html><title>News</title><a href="https://twitter.com/annlee">Twitter</a>
        <a href="https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fnews.example%2F1">Share</a>
        <a href="https://www.instagram.com/annlee/">Instagram</a><a href="https://t.me/annlee">Telegram</a>"""
    assert not prefilter.may_embed(body, "text/html")
    assert not embeds(body)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_pages_in_utf_16_are_read(encoding: str) -> None:
    page = '<!doctype html><blockquote class="twitter-tweet"><p>Hello</p></blockquote>'
    assert prefilter.may_embed(page.encode(encoding), "text/html")


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown", "application/json", "application/xml"])
def test_what_is_no_html_is_always_read(media_type: str) -> None:
    assert prefilter.may_embed(b"no address at all", media_type)
    assert not prefilter.may_embed(b"no address at all", "text/html")
