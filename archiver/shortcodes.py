"""Shortcodes that embed posts, in the sources of blogs."""

from __future__ import annotations

import re
from html import escape

__all__ = ["TAG", "element", "expand"]

TAG = "archiver-shortcode"  # stands for a shortcode: `data-address` is the post's, the words in it are the code

# Which shortcode takes which id. Hugo: https://gohugo.io/shortcodes/ (`tweet` and `twitter` until 0.142, then `x`);
# Forem (dev.to), Jekyll's plugins and WordPress with Jetpack use the same names, and take an address as well.
_ADDRESSES = {
    "tweet": "https://twitter.com/{user}/status/{id}",
    "twitter": "https://twitter.com/{user}/status/{id}",
    "twitter_simple": "https://twitter.com/{user}/status/{id}",
    "x": "https://twitter.com/{user}/status/{id}",
    "x_simple": "https://twitter.com/{user}/status/{id}",
    "instagram": "https://www.instagram.com/p/{id}/",
    "instagram_simple": "https://www.instagram.com/p/{id}/",
    "youtube": "https://www.youtube.com/watch?v={id}",
    "vimeo": "https://vimeo.com/{id}",
    "vimeo_simple": "https://vimeo.com/{id}",
    "vine": "https://vine.co/v/{id}",
}
_TAKE_ADDRESSES = frozenset(
    "embed oembed facebook reddit tiktok bluesky mastodon threads telegram tumblr linkedin pinterest vk".split()
)
_NAMES = _TAKE_ADDRESSES | _ADDRESSES.keys()
_BRACKETED = frozenset(("tweet", "instagram", "youtube", "vimeo", "vine", "facebook", "tiktok"))  # of WordPress
_CODE = re.compile(
    r"\{\{[<%]\s*(?P<hugo>[a-z_]+)\s(?P<hugo_words>[^{}<>]{1,300}?)/?\s*[>%]\}\}"
    r"|\{%-?\s*(?P<liquid>[a-z_]+)\s(?P<liquid_words>[^{}]{1,300}?)-?%\}"
    r"|\[embed[^\[\]]{0,200}\]\s*(?P<wrapped>https?://[^\s\[\]<>]{1,500})\s*\[/embed\]"
    r"|\[(?P<wordpress>[a-z]+)[\s=](?P<wordpress_words>[^\[\]]{1,300})\](?![(\[:])"
    r"|%\[\s*(?P<hashnode>https?://[^\s\[\]<>]{1,500})\s*\]",
    re.ASCII,
)
_WORD = re.compile(r"""(?:(?P<name>[a-z_]+)\s*=\s*)?(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))""")
_ID = re.compile(r"[\w-]{5,64}", re.ASCII)


def element(text: str, at: int) -> tuple[str, int] | None:
    """The element for the shortcode that begins at a place of a text, and where it ends; None where none embeds a post.

    >>> element("{{< x user=ann id=12345 >}}", 0)[0]
    '<archiver-shortcode data-address="https://twitter.com/ann/status/12345">...'
    """
    match = _CODE.match(text, at)
    address = _address(match) if match else None
    if match is None or address is None:
        return None
    return f'<{TAG} data-address="{escape(address)}">{escape(match[0])}</{TAG}>', match.end()


def expand(text: str) -> str:
    """The text with an element for each shortcode that embeds a post."""
    return _CODE.sub(lambda match: (element(match[0], 0) or (match[0], 0))[0], text)


def _address(match: re.Match[str]) -> str | None:
    if url := match["wrapped"] or match["hashnode"]:
        return url
    name = match["hugo"] or match["liquid"] or match["wordpress"]
    known = _BRACKETED if match["wordpress"] else _NAMES
    if name not in known:
        return None
    words = [(w["name"], w["double"] or w["single"] or w["bare"]) for w in _WORD.finditer(_words(match))]
    values = [value for name, value in words if value and name in (None, "url", "src", "href", "link", "id", "code")]
    url = next((v for v in values if v.startswith(("https://", "http://"))), None)
    if url or name not in _ADDRESSES:
        return url
    named = {key: value for key, value in words if key and value}
    post_id = named.get("id") or named.get("code") or (values[0] if values else "")
    if not _ID.fullmatch(post_id) or (match["wordpress"] and not post_id.isdigit()):
        return None  # `[youtube video]` is a remark
    return _ADDRESSES[name].format(id=post_id, user=named.get("user") or "i")


def _words(match: re.Match[str]) -> str:
    return match["hugo_words"] or match["liquid_words"] or match["wordpress_words"] or ""
