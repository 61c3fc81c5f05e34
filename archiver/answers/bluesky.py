"""Bluesky: posts and threads as its interface tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from archiver import platforms
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, counted, dated, related
from archiver.model import Link, Media, Post

_COUNTS = (
    ("likeCount", "likes"),
    ("replyCount", "replies"),
    ("repostCount", "reposts"),
    ("quoteCount", "quotes"),
    ("bookmarkCount", "bookmarks"),
)
_POST = "/app.bsky.feed.post/"
_CALLS = (
    ("getPosts", r"app\.bsky\.feed\.getPosts"),
    ("getPostThread", r"app\.bsky\.(?:feed|unspecced)\.getPostThread(?:V2|OtherV2)?"),
    ("getRecord", r"com\.atproto\.repo\.getRecord"),
)
_Object = dict[str, object]


def _read(call: str, asked: Asked) -> Iterator[Told]:
    for view in _json.walk(asked.json(), _is_view):
        if told := _told(view, call):
            yield told


def _is_view(told: _Object) -> bool:
    record = told.get("record", told.get("value"))
    return _POST in (_json.word(told, "uri") or "") and isinstance(_json.at(record, "text"), str)


def _told(view: _Object, call: str) -> Told | None:
    post = _named(_json.word(view, "uri"))
    if post is None:
        return None
    record = view.get("record", view.get("value"))
    handle = _json.word(view, "author", "handle")
    by_handle = platforms.named(f"https://bsky.app/profile/{handle}/post/{post.platform_id}") if handle else None
    by_handle = by_handle if by_handle and by_handle.handle else None
    facets = _facets(record)
    post = replace(
        dated(post, _json.moment(record, "createdAt")),
        handle=by_handle.handle if by_handle else post.handle,
        author_url=by_handle.author_url if by_handle else post.author_url,
        author_name=_json.word(view, "author", "displayName"),
        text=_json.text(record, "text"),
        lang=_json.word(record, "langs", 0),
        hashtags=facets.hashtags,
        mentions=facets.mentions,
        links=facets.links,
        media=tuple(dict.fromkeys(_media(view))),
    )
    return Told(
        post,
        call,
        user_id=_json.identifier(view, "author", "did"),
        counts=counted(view, _COUNTS),
        relations=related(post, _others(view, record)),
        also=(by_handle,) if by_handle and by_handle.key != post.key else (),
    )


class _Facets(NamedTuple):
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    links: tuple[Link, ...]


def _facets(record: object) -> _Facets:
    """The hashtags, mentions and links of a text, whose places are counted in bytes of UTF-8."""
    written = _json.at(record, "text")
    data = written.encode("utf-8", "replace") if isinstance(written, str) else b""
    tags, mentions, links = [], [], []
    for facet in _json.objects(record, "facets"):
        start, end = (_json.number(facet, "index", name) for name in ("byteStart", "byteEnd"))
        fits = start is not None and end is not None and 0 <= start < end <= len(data)
        shown = data[start:end].decode("utf-8", "replace") if fits else ""
        for feature in _json.objects(facet, "features"):
            kind = (_json.word(feature, "$type") or "").rpartition("#")[2]
            if kind == "tag" and (tag := _json.word(feature, "tag")):
                tags.append(tag.removeprefix("#"))
            elif kind == "mention" and shown.startswith("@") and shown[1:]:
                mentions.append(shown[1:])
            elif kind == "link" and (whole := _json.word(feature, "uri")):
                links.append(Link(None, shown or None, whole))
    beside = _json.at(record, "tags")
    tags += [t for t in beside[:50] if isinstance(t, str) and t.strip()] if isinstance(beside, list) else []
    return _Facets(tuple(dict.fromkeys(tags)), tuple(dict.fromkeys(mentions)), tuple(dict.fromkeys(links)))


def _media(view: _Object) -> Iterator[Media]:
    """The pictures and the film of a post; a card's picture is the linked page's."""
    for shown in (view.get("embed"), _json.at(view, "embed", "media"), _json.at(view, "embeds", 0)):
        for image in _json.objects(shown, "images"):
            if address := _json.word(image, "fullsize") or _json.word(image, "thumb"):
                yield Media("photo", address, _json.text(image, "alt"))
        if (_json.word(shown, "$type") or "").startswith("app.bsky.embed.video") and (
            address := _json.word(shown, "playlist") or _json.word(shown, "thumbnail")
        ):
            yield Media("video", address, _json.text(shown, "alt"))


def _others(view: _Object, record: object) -> Iterator[tuple[str, Post | None]]:
    yield "parent", _named(_json.word(record, "reply", "parent", "uri"))
    for place in (("embed", "record"), ("embed", "record", "record"), ("embeds", 0, "record")):
        yield "quoted", _named(_json.word(view, *place, "uri"))
    for place in (("embed", "record"), ("embed", "record", "record")):
        yield "quoted", _named(_json.word(record, *place, "uri"))


def _named(address: str | None) -> Post | None:
    """The post of an address such as at://DID/app.bsky.feed.post/KEY; None for any other."""
    account, collection, key = (address or "").removeprefix("at://").partition(_POST)
    return platforms.named(f"https://bsky.app/profile/{account}/post/{key}") if collection else None


ENDPOINTS = tuple(
    Endpoint(name, (), re.compile(rf"/xrpc/{call}(?:\?|$)"), partial(_read, name)) for name, call in _CALLS
)
