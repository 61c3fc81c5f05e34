"""Which pages are looked at: an address is seen however it is written, and a button to share is none."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from archiver.platforms import PLATFORMS, Platform, hinted

ADDRESSES = {
    "twitter": "https://twitter.com/annlee/status/1256191637713846273",
    "bluesky": "https://bsky.app/profile/annlee.bsky.social/post/3kabcdefghi2x",
    "mastodon": "https://mastodon.example/@annlee/109501234567890123",
    "truthsocial": "https://truthsocial.com/@annlee/109501234567890123",
    "reddit": "https://www.reddit.com/r/bridges/comments/abc123/it_is_open/",
    "telegram": "https://t.me/bridges/42",
    "youtube": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "vimeo": "https://vimeo.com/76979871",
    "linkedin": "https://www.linkedin.com/feed/update/urn:li:activity:7000000000000000000",
    "vk": "https://vk.com/wall-1_12345",
    "instagram": "https://www.instagram.com/annlee/p/CAbcdefgh12/",
    "facebook": "https://www.facebook.com/annlee/posts/10158123456789012",
    "threads": "https://www.threads.net/@annlee/post/CuXYZabcdef",
    "tiktok": "https://www.tiktok.com/@annlee/video/6812345678901234567",
    "vine": "https://vine.co/v/abcdEFGH123",
    "tumblr": "https://annlee.tumblr.com/post/123456789012/it-is-open",
    "pinterest": "https://www.pinterest.com/pin/123456789012345678/",
}
WRITTEN = {
    "plain": lambda url: url,
    "without scheme": lambda url: url.removeprefix("https:"),
    "as in JSON": lambda url: url.replace("/", r"\/"),
    "as in JSON in JSON": lambda url: url.replace("/", r"\\/"),
    "as JSON for scripts": lambda url: url.replace("/", r"\u002F"),
    "as in HTML": lambda url: url.replace("/", "&#x2F;"),
    "as in a query": lambda url: quote(url, safe="@"),
}
BUTTONS = (
    "https://twitter.com/intent/tweet?url=https%3A%2F%2Fexample.org%2F",
    "https://twitter.com/annlee",
    "https://www.pinterest.com/pin/create/button/?url=https%3A%2F%2Fexample.org%2F2020%2F12345678",
    "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fexample.org%2F",
    "https://www.linkedin.com/shareArticle?mini=true&url=https%3A%2F%2Fexample.org%2F",
    "https://bsky.app/profile/annlee.bsky.social",
    "https://mastodon.example/@annlee",
    "https://t.me/share/url?url=https%3A%2F%2Fexample.org%2F",
    "https://www.instagram.com/annlee/",
    "https://vk.com/annlee",
)


def names(found: tuple[Platform, ...]) -> set[str]:
    return {platform.name for platform in found}


def test_every_platform_has_an_address_here() -> None:
    assert set(ADDRESSES) == names(PLATFORMS)


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_is_seen_however_its_slashes_are_written(name: str, way: str) -> None:
    written = WRITTEN[way](ADDRESSES[name])
    for page in (f'<p>{"word " * 1000}<a data-x="{written}">a</a>', f"<script>{written}</script>"):
        assert name in names(hinted(page))


@pytest.mark.parametrize("url", BUTTONS)
def test_a_button_or_a_profile_is_no_post(url: str) -> None:
    assert not hinted(f'<p>{"word " * 1000}<a href="{url}">a</a> <a href="https://example.org/12345678">b</a>')


def test_a_word_in_too_many_places_is_taken_for_a_hint() -> None:
    assert "twitter" in names(hinted("status " * 3000))


def test_words_of_a_pair_must_stand_near_each_other() -> None:
    assert "twitter" in names(hinted('<div class="tweet" data-id="1256191637713846273">'))
    assert not hinted(f'<a class="tweet">{"word " * 100}<div data-id="1256191637713846273">')
