"""Reddit: posts and comments as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver import platforms
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, completed, counted, dated, related
from archiver.model import Media, Post

_SITES = tuple(f"{sub}reddit.com" for sub in ("www.", "old.", "new.", "np.", "api.", "oauth.", ""))
_SITE = "https://www.reddit.com"
_NAME = re.compile(r"[A-Za-z0-9_-]{2,24}", re.ASCII)
_REMOVED = ("[deleted]", "[removed]")
_COUNTS = (("score", "score"), ("num_comments", "replies"), ("num_crossposts", "reposts"), ("view_count", "views"))
_Object = dict[str, object]


def _read(asked: Asked) -> Iterator[Told]:
    for thing in _json.walk(asked.json(), lambda told: told.get("kind") in ("t1", "t3")):
        data = _json.at(thing, "data")
        if isinstance(data, dict) and (told := _told(data, thing["kind"] == "t1")):
            yield told


def _told(data: _Object, is_comment: bool) -> Told | None:
    post = platforms.named(_SITE + (_json.word(data, "permalink") or ""))
    if post is None or post.platform != "reddit" or (post.platform_id or "").startswith("t1_") != is_comment:
        return None
    name = _json.word(data, "author")
    author = name if name and _NAME.fullmatch(name) and name not in _REMOVED else None
    edited = _json.moment(data, "edited")
    post = replace(
        dated(post, _json.moment(data, "created_utc")),
        handle=author,
        author_url=f"{_SITE}/user/{author}/" if author else None,
        author_name=author,
        text=_json.unescaped(_words(data, is_comment)),
        media=tuple(_media(data)),
    )
    others = [("parent", _named(data, _json.word(data, "parent_id")) if is_comment else None)]
    others += [("repost", _named({}, _json.word(data, "crosspost_parent")))]
    return Told(
        completed(post),
        "reddit.json",
        user_id=_json.identifier(data, "author_fullname"),
        counts=counted(data, _COUNTS),
        relations=related(post, others),
        edited_at=edited.at if edited else None,
    )


def _words(data: _Object, is_comment: bool) -> str | None:
    """A comment's words; of a post its title and what stands below, as one text."""
    parts = (_json.text(data, "body"),) if is_comment else (_json.text(data, "title"), _json.text(data, "selftext"))
    return "\n\n".join(part for part in parts if part and part not in _REMOVED) or None


def _named(data: _Object, fullname: str | None) -> Post | None:
    """The post or comment of a full name such as `t3_abc`."""
    kind, _, number = (fullname or "").partition("_")
    link = (_json.word(data, "link_id") or "").removeprefix("t3_")
    if kind == "t3":
        return platforms.named(f"{_SITE}/comments/{number}/")
    return platforms.named(f"{_SITE}/comments/{link}/comment/{number}/") if kind == "t1" and link else None


def _media(data: _Object) -> Iterator[Media]:
    film = _json.word(data, "media", "reddit_video", "fallback_url")
    address = film or (_json.word(data, "url") if data.get("post_hint") == "image" else None)
    if address:
        yield Media("video" if film else "photo", _json.unescaped(address) or address)


ENDPOINTS = (
    Endpoint(
        "reddit.json",
        _SITES,
        re.compile(
            r"/(?:(?:r|u|user)/[\w-]{2,24}/)?(?:comments|by_id)/[^?#]{1,600}?\.json(?:\?|$)|/api/info\b", re.ASCII
        ),
        _read,
    ),
)
