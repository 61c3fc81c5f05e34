"""oEmbed of any platform: HTML read as a page's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from archiver import platforms, soup, webpage
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, completed
from archiver.model import Post, Sighting
from archiver.state import Own

_HOSTS = (
    "publish.twitter.com",
    "publish.x.com",
    "api.twitter.com",
    "embed.bsky.app",
    "www.tiktok.com",
    "www.reddit.com",
    "www.youtube.com",
    "vimeo.com",
    "www.tumblr.com",
    "api.instagram.com",
    "graph.facebook.com",
    "graph.threads.net",
)
_PATH = r"/(?:[^?#]{0,100}[/_-])?oembed(?:_post|_video)?(?:/[\w.]{1,40}){0,2}(?:\.json)?/?"
_OEMBED = re.compile(rf"{_PATH}(?:\?|$)", re.ASCII)
_ELSEWHERE = re.compile(rf"{_PATH}\?(?:[^#]{{0,2000}}&)?url=(?=[^&#]{{8}})", re.ASCII)
_TITLE_IS_TEXT = frozenset(("tiktok", "vimeo", "youtube"))
_HANDLE = re.compile(r"https?://(?:www\.)?(?:youtube|tiktok)\.com/@([\w.-]{1,100})/?(?:[?#]|$)")


def _read(asked: Asked) -> Iterator[Told]:
    value = asked.json()
    post = _post(value, asked)
    if post is None or not isinstance(value, dict) or not ("html" in value or "title" in value):
        return
    name, address = _json.word(value, "author_name"), _json.word(value, "author_url")
    handle = _HANDLE.match(address or "")
    title = _json.text(value, "title") if post.platform in _TITLE_IS_TEXT else None
    post = replace(
        post,
        handle=post.handle or (handle[1] if handle else None),
        author_name=post.author_name or name,
        author_url=post.author_url or (address if post.handle or handle else None),
        text=post.text or title,
        flags=(),
    )
    yield Told(post if post.platform == "twitter" else completed(post), "oembed")


def _post(value: object, asked: Asked) -> Post | None:
    """The post that an answer's HTML embeds, else the one whose address it names, else the one asked for."""
    html = _json.text(value, "html") or ""
    wanted = _asked_for(asked.url)
    known = platforms.hinted(html)
    items = webpage.read(soup.parse(html), known, Own()) if known else []
    shown = [item.post for item in items if isinstance(item, Sighting) and item.shape != "link"]
    same = [post for post in shown if wanted and post.key == wanted.key]
    named = platforms.named(_json.word(value, "url") or "")
    return next(iter([*same, *shown]), None) or named or wanted


def _asked_for(url: str) -> Post | None:
    try:
        told = parse_qs(urlsplit(url).query, max_num_fields=50)
    except ValueError:
        return None
    found = (platforms.named(address) for address in told.get("url", ()))
    by_id = [f"https://twitter.com/i/status/{n}" for n in told.get("id", ()) if "twitter.com" in url]
    return next((post for post in found if post), None) or next(
        (post for address in by_id if (post := platforms.named(address))), None
    )


def _is_for_a_post(url: str) -> bool:
    """Whether an address asks, of any server, for the oEmbed of a post that is known by its address."""
    return bool(_asked_for(url))


ENDPOINTS = (Endpoint("oembed", _HOSTS, _OEMBED, _read), Endpoint("oembed", (), _ELSEWHERE, _read, fits=_is_for_a_post))
