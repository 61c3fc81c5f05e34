"""TikTok: items in its JSON and its embed pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from archiver import platforms
from archiver.answers import _json
from archiver.answers._base import Asked, Endpoint, Told, completed, counted, dated
from archiver.model import Media, Post

_SITES = ("www.tiktok.com", "m.tiktok.com", "us.tiktok.com", "tiktok.com")
_NAME = re.compile(r"[A-Za-z0-9._]{1,40}", re.ASCII)
_COUNTS = (
    ("diggCount", "likes"),
    ("commentCount", "replies"),
    ("shareCount", "shares"),
    ("playCount", "views"),
    ("collectCount", "bookmarks"),
)
_Object = dict[str, object]


def _item(asked: Asked) -> Iterator[Told]:
    return _items(asked.json(), "item")


def _page(asked: Asked) -> Iterator[Told]:
    for value in _json.scripts(asked.body, "createTime"):
        yield from _items(value, "embed page")


def _items(value: object, endpoint: str) -> Iterator[Told]:
    for item in _json.walk(value, _is_item):
        details = item.get("itemInfos", item)
        author = item.get("authorInfos", item.get("author"))
        name = _json.word(author, "uniqueId") or (_json.word(item, "author") if isinstance(author, str) else None)
        post = _identified(_json.word(details, "id"), name)
        if post is None:
            continue
        tags = [
            *(_json.word(each, "hashtagName") for each in _json.objects(item, "textExtra")),
            *(_json.word(each, "title") for each in _json.objects(item, "challenges")),
            *(_json.word(each, "challengeName") for each in _json.objects(item, "challengeInfoList")),
        ]
        named = [_json.word(each, "userUniqueId") for each in _json.objects(item, "textExtra")]
        post = replace(
            dated(post, _json.moment(details, "createTime")),
            author_name=_json.word(author, "nickname") or _json.word(author, "nickName"),
            text=_json.text(details, "desc") or _json.text(details, "text"),
            lang=_language(item),
            hashtags=tuple(dict.fromkeys(tag for tag in tags if tag)),
            mentions=tuple(dict.fromkeys(each for each in named if each)),
            media=tuple(dict.fromkeys(_media(item, details))),
        )
        stats = item.get("statsV2") or item.get("stats") or details
        yield Told(
            completed(post),
            endpoint,
            user_id=_json.identifier(author, "id") or _json.identifier(author, "userId"),
            counts=counted(stats, _COUNTS),
        )


def _is_item(told: _Object) -> bool:
    if isinstance(told.get("itemInfos"), dict):
        return "authorInfos" in told
    return "id" in told and isinstance(told.get("desc"), str) and "createTime" in told and "author" in told


def _identified(number: str | None, name: str | None) -> Post | None:
    known = name if name and _NAME.fullmatch(name) else "_"
    return platforms.named(f"https://www.tiktok.com/@{known}/video/{number}") if number else None


def _language(item: _Object) -> str | None:
    told = _json.word(item, "textLanguage")
    return None if told == "un" else told


def _media(item: _Object, details: object) -> Iterator[Media]:
    for image in _json.objects(item, "imagePost", "images"):
        if address := _json.word(image, "imageURL", "urlList", 0):
            yield Media("photo", address)
    film = _json.word(item, "video", "playAddr") or _json.word(details, "video", "urls", 0)
    if address := film or _json.word(item, "video", "cover") or _json.word(details, "covers", 0):
        yield Media("video", address)


ENDPOINTS = (
    Endpoint("item", _SITES, re.compile(r"/(?:node/share|api/item/detail)\b"), _item),
    Endpoint("embed page", _SITES, re.compile(r"/embed(?:/v\d)?/\d|/player/v1/\d", re.ASCII), _page),
)
