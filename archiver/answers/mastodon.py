"""Mastodon and its kin: statuses and their threads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver import platforms, soup, urls
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, counted, dated, related
from archiver.model import Link, Media, Post

_COUNTS = (
    ("favourites_count", "likes"),
    ("replies_count", "replies"),
    ("reblogs_count", "reposts"),
    ("quotes_count", "quotes"),
)
_KINDS = {"image": "photo", "video": "video", "gifv": "gif"}
_PLATFORMS = ("mastodon", "truthsocial")
_ANYBODY = "_"  # a handle that stands for none, where only an id is told
_Object = dict[str, object]


def _read(asked: Asked) -> Iterator[Told]:
    for status in _json.walk(asked.json(), _is_status):
        if told := _told(status, asked.host):
            yield told


def _is_status(told: _Object) -> bool:
    return isinstance(told.get("content"), str) and "account" in told and "id" in told


def _told(status: _Object, host: str) -> Told | None:
    post = _local(host, status)
    if post is None:
        return None
    tree = _json.html(status, "content")
    own = platforms.named(_json.word(status, "url") or "")
    own = own if own and own.platform in _PLATFORMS and own.key != post.key else None
    moment = _json.moment(status, "created_at")
    edited = _json.moment(status, "edited_at")
    post = replace(
        dated(post, moment),
        author_name=_json.word(status, "account", "display_name") or _json.word(status, "account", "username"),
        text=(soup.text(tree) if tree else "") or _json.text(status, "spoiler_text"),
        lang=_json.word(status, "language"),
        hashtags=_names(status, "tags", "name"),
        mentions=_names(status, "mentions", "acct"),
        links=tuple(dict.fromkeys(_links(tree) if tree else ())),
        media=tuple(m for each in _json.objects(status, "media_attachments") if (m := _medium(each))),
    )
    others = [
        ("repost", _local(host, status.get("reblog"))),
        ("quoted", _local(host, _json.at(status, "quote", "quoted_status"))),
        ("parent", _bare(host, _json.word(status, "in_reply_to_id"))),
    ]
    return Told(
        post,
        "statuses",
        user_id=_json.identifier(status, "account", "id") if "@" not in (post.handle or "") else None,
        counts=counted(status, _COUNTS),
        relations=related(post, others),
        also=(own,) if own else (),
        edited_at=edited.at if edited else None,
    )


def _local(host: str, status: object) -> Post | None:
    """The identity of a status on the instance that answered."""
    account, number = _json.word(status, "account", "acct"), _json.word(status, "id")
    post = platforms.named(f"https://{host}/@{account}/{number}") if account and number else None
    return post if post and post.platform in _PLATFORMS else None


def _bare(host: str, number: str | None) -> Post | None:
    """The identity of a status of which only the id is told."""
    post = platforms.named(f"https://{host}/@{_ANYBODY}/{number}") if number else None
    if post is None or post.platform not in _PLATFORMS:
        return None
    return replace(
        post, handle=None, author_url=None, permalink=None, posted_at=None, time_source=None, time_precision=None
    )


def _names(status: _Object, kind: str, name: str) -> tuple[str, ...]:
    found = (_json.word(each, name) for each in _json.objects(status, kind))
    return tuple(dict.fromkeys(each for each in found if each))


def _links(tree: soup.Node) -> Iterator[Link]:
    for anchor in soup.links(tree):
        href = urls.unwrap(soup.attr(anchor, "href"))
        if urls.is_web(href) and not {"mention", "hashtag"} & set(soup.attr(anchor, "class").split()):
            yield Link(None, soup.text(anchor) or None, href)


def _medium(attachment: _Object) -> Media | None:
    address = _json.word(attachment, "url") or _json.word(attachment, "remote_url")
    kind = _KINDS.get(_json.word(attachment, "type") or "")
    return Media(kind, address, _json.text(attachment, "description")) if address else None


ENDPOINTS = (
    Endpoint("statuses", (), re.compile(r"/api/v1/statuses/\d{5,20}(?:/context)?/?(?:\?|$)", re.ASCII), _read),
)
