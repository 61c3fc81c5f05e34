"""Instagram: posts in its JSON, in its embed pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver import platforms, soup
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, completed, counted, dated
from archiver.model import Media

_SITES = ("www.instagram.com", "instagram.com", "i.instagram.com", "m.instagram.com")
_POST = r"/(?:[\w.]{1,30}/)?(?:p|tv|reels?)/[\w-]{2,64}/"
_CODE = re.compile(r"/(?:p|tv|reels?)/([\w-]{2,64})/", re.ASCII)
_HANDLE = re.compile(r"[A-Za-z0-9._]{1,30}", re.ASCII)
_COUNTS = (
    ("like_count", "likes"),
    ("comment_count", "replies"),
    ("play_count", "views"),
    ("video_play_count", "views"),
    ("video_view_count", "views"),
    ("view_count", "views"),
)
_EDGES = (
    ("edge_media_preview_like", "likes"),
    ("edge_liked_by", "likes"),
    ("edge_media_to_parent_comment", "replies"),
    ("edge_media_preview_comment", "replies"),
    ("edge_media_to_comment", "replies"),
)
_Object = dict[str, object]


def _read(asked: Asked) -> Iterator[Told]:
    yield from _media(asked.json(), "graphql")


def _own(asked: Asked) -> Iterator[Told]:
    yield from _media(asked.json(), "__a=1")


def _page(asked: Asked) -> Iterator[Told]:
    """An embed page: the JSON in its scripts, else what it shows."""
    found = [told for value in _json.scripts(asked.body, "shortcode") for told in _media(value, "embed page")]
    yield from found
    code = _CODE.search(asked.path)
    if not found and code:
        tree = soup.parse(asked.body)
        caption, name = tree.css_first(".Caption"), tree.css_first(".UsernameText, .CaptionUsername")
        handle = (name.text() or "").strip() if name else ""
        if handle:
            yield from _told(code[1], handle, _caption(caption) if caption else None)


def _caption(caption: soup.Node) -> str:
    """A caption's words, without the author's name above it and the comments below."""
    for part in caption.css(".CaptionUsername, .CaptionComments"):
        part.decompose()
    return soup.text(caption)


def _told(code: str, handle: str, text: str | None) -> Iterator[Told]:
    post = platforms.named(f"https://www.instagram.com/p/{code}/")
    if post and _HANDLE.fullmatch(handle):
        yield Told(completed(replace(post, handle=handle, text=text or None)), "embed page")


def _media(value: object, endpoint: str) -> Iterator[Told]:
    for medium in _json.walk(value, _is_post):
        code = _json.word(medium, "shortcode") or _json.word(medium, "code")
        post = platforms.named(f"https://www.instagram.com/p/{code}/")
        if post is None:
            continue
        owner = _json.at(medium, "owner") or _json.at(medium, "user")
        handle = _json.word(owner, "username")
        caption = _json.text(medium, "edge_media_to_caption", "edges", 0, "node", "text") or _json.text(
            medium, "caption", "text"
        )
        moment = _json.moment(medium, "taken_at_timestamp") or _json.moment(medium, "taken_at")
        post = replace(
            dated(post, moment),
            handle=handle if handle and _HANDLE.fullmatch(handle) else None,
            author_name=_json.word(owner, "full_name"),
            text=caption,
            media=tuple(dict.fromkeys(_pictures(medium))),
        )
        edges = {ours: n for key, ours in reversed(_EDGES) if (n := _json.number(medium, key, "count")) is not None}
        yield Told(
            completed(post),
            endpoint,
            user_id=_json.identifier(owner, "id") or _json.identifier(owner, "pk"),
            counts=tuple(sorted({**dict(counted(medium, _COUNTS)), **edges}.items())),
        )


def _is_post(told: _Object) -> bool:
    if isinstance(told.get("shortcode"), str):
        return "edge_media_to_caption" in told or "taken_at_timestamp" in told
    return isinstance(told.get("code"), str) and "taken_at" in told and ("user" in told or "owner" in told)


def _pictures(medium: _Object) -> Iterator[Media]:
    """The pictures and films of a post: those that it is a row of, else its own."""
    nodes = [_json.at(edge, "node") for edge in _json.objects(medium, "edge_sidecar_to_children", "edges")]
    for one in nodes or _json.objects(medium, "carousel_media") or [medium]:
        film = _json.word(one, "video_url") or _json.word(one, "video_versions", 0, "url")
        picture = _json.word(one, "display_url") or _json.word(one, "image_versions2", "candidates", 0, "url")
        if address := film or picture:
            yield Media("video" if film else "photo", address, _json.text(one, "accessibility_caption"))


ENDPOINTS = (
    Endpoint("graphql", _SITES, re.compile(r"/(?:api/)?graphql(?:/query)?/?(?:\?|$)"), _read),
    Endpoint(
        "__a=1", _SITES, re.compile(rf"{_POST}?\?(?:[^#]{{0,500}}&)?__a=1\b|/api/v1/media/\d+/info", re.ASCII), _own
    ),
    Endpoint("embed page", _SITES, re.compile(rf"{_POST}embed\b", re.ASCII), _page),
)
