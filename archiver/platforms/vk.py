"""VK: permalinks of wall posts and videos, widgets, AMP."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from archiver import soup, urls
from archiver.model import Post
from archiver.platforms._base import Platform, Shape, hints
from archiver.soup import Tag

_SITE = r"(?i:(?:https?:)?//(?:(?:www|m|new)\.)?(?:vk\.com|vk\.ru|vkontakte\.ru|vkvideo\.ru)(?::\d{1,5})?)/+"
_NAME = r"(wall|video|clip)(-?\d{1,12})_(\d{1,12})(?!\d)"
_PERMALINK = re.compile(
    rf"{_SITE}(?:(?:video|clips)/+(?:@[\w.]{{1,64}}/+)?)?(?:[\w.@-]{{0,64}}\?(?:[^#]{{0,1000}}&)?[wz]=)?{_NAME}",
    re.ASCII,
)
_PLAYER = re.compile(rf"{_SITE}(video_ext|widget_post)\.php\?", re.ASCII)
_WIDGET = re.compile(r"vk_post_(-?\d{1,12})_(\d{1,12})", re.ASCII)
_OWNER = re.compile(r"-?\d{1,12}", re.ASCII)


def parse_permalink(url: str) -> Post | None:
    """The wall post or video of VK that a URL names; None for any other URL.

    The id is VK's own name of it, `wall-1_2` or `video-1_2`: the owner's number, negative for a community, then the
    post's. A clip is a video. The owner's handle is not told.
    """
    match = _PERMALINK.match(urls.unwrap(url))
    return _post(match[1].replace("clip", "video"), match[2], match[3]) if match else parse_frame(url)


def parse_frame(url: str) -> Post | None:
    """The post or video that the official iframe at this address shows; None for any other address."""
    url = urls.unwrap(url)
    match = _PLAYER.match(url)
    if match is None:
        return None
    if match[1] == "video_ext":
        return _checked("video", _parameter(url, "oid"), _parameter(url, "id"))
    return _checked("wall", _parameter(url, "owner_id"), _parameter(url, "post_id"))


def _widget(tag: Tag) -> Post | None:
    match = _WIDGET.fullmatch(soup.attr(tag, "id"))
    return _post("wall", match[1], match[2]) if match else None


def _amp(tag: Tag) -> Post | None:
    if soup.attr(tag, "data-embedtype") != "post":
        return None
    return _checked("wall", soup.attr(tag, "data-owner-id"), soup.attr(tag, "data-post-id"))


def _parameter(url: str, name: str) -> str:
    try:
        return parse_qs(urlsplit(url).query.replace("&amp;", "&"), max_num_fields=100).get(name, [""])[0]
    except ValueError:
        return ""


def _checked(kind: str, owner: str, number: str) -> Post | None:
    if not _OWNER.fullmatch(owner) or not _OWNER.fullmatch(number) or number.startswith("-"):
        return None
    return _post(kind, owner, number)


def _post(kind: str, owner: str, number: str) -> Post:
    name = f"{kind}{owner}_{number}"
    return Post("vk", platform_id=name, permalink=f"https://vk.com/{name}")


PLATFORM = Platform(
    name="vk",
    sites=("vk", "vkvideo", "vkontakte"),
    hints=hints(r"vk>_post_ vk>(?:\.com|\.ru|video|ontakte)\S{0,300}?(?:wall|video|clip|post) amp->vk"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("widget", 'div[id^="vk_post_"]', _widget),
        Shape("amp", "amp-vk[data-owner-id]", _amp),
    ),
)
