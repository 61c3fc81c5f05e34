"""TikTok: permalinks, players, official blockquotes, AMP."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from archiver import soup, urls
from archiver.model import Link, Post
from archiver.platforms import _shown, _snowflake
from archiver.platforms._base import Clock, Platform, Shape, hints
from archiver.soup import Tag

_HOST = r"(?:https?:)?//(?:(?:www|m|us|mobile)\.)?tiktok\.com(?::\d+)?/+"
_ID = r"(\d{8,20})(?!\w)"
_PERMALINK = re.compile(rf"{_HOST}@([A-Za-z0-9._]{{0,40}})/+(?:video|photo)/+{_ID}", re.ASCII | re.IGNORECASE)
_MOBILE = re.compile(rf"{_HOST}(?:v|(?:i18n/+)?share/+video)/+{_ID}", re.ASCII | re.IGNORECASE)
_FRAME = re.compile(rf"{_HOST}(?:embed(?:/+v\d)?|player/+v1)/+{_ID}", re.ASCII | re.IGNORECASE)
_TAG = re.compile(rf"(?:{_HOST}|/)tag/+([^/?#]+)", re.ASCII | re.IGNORECASE)
_PROFILE = re.compile(rf"(?:{_HOST}|/)@([A-Za-z0-9._]{{1,40}})/*(?:[?#]|$)", re.ASCII | re.IGNORECASE)
_SOUND = re.compile(rf"(?:{_HOST}|/)music/", re.ASCII | re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z0-9_](?:[A-Za-z0-9._]{0,38}[A-Za-z0-9_])?)", re.ASCII)


def parse_permalink(url: str) -> Post | None:
    """The film or photo post that a URL names; None for profiles, hashtags, sounds and any other URL.

    A short link (vm.tiktok.com) is none: it may as well lead to a profile.
    """
    url = urls.unwrap(url)
    if match := _PERMALINK.match(url):
        return _identified(match[2], None if match[1] in ("", "_") else match[1])
    match = _MOBILE.match(url) or _FRAME.match(url)
    return _identified(match[1]) if match else None


def parse_frame(url: str) -> Post | None:
    """The post that the address of a player shows."""
    match = _FRAME.match(urls.unwrap(url))
    return _identified(match[1]) if match else None


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote: the author's link, the caption in a paragraph, the sound's link."""
    kind = soup.attr(tag, "data-embed-type")
    post = parse_permalink(soup.attr(tag, "cite"))
    if post is None and (not kind or kind == "video"):
        post = _by_id(soup.attr(tag, "data-video-id"))
    if post is None:
        return None
    section = soup.first(tag, "section") or tag
    paragraphs = [p for p in soup.every(section, "p") if not _is_sound_or_author(p)]
    anchors = [a for p in paragraphs for a in soup.links(p)]
    in_caption = {a.mem_id for a in anchors}
    authors = [a for a in soup.links(section) if a.mem_id not in in_caption]
    if not post.handle and (found := next(filter(None, (_profile(a) for a in authors)), None)):
        post = _identified(post.platform_id or "", found)
    text = soup.squeeze("\n\n".join(soup.text(p) for p in paragraphs))
    return complete(_linked(replace(post, text=text or None), anchors))


def complete(post: Post) -> Post:
    """The post with what its text tells."""
    return _shown.captioned(post, _MENTION.findall)


def _amp(tag: Tag) -> Post | None:
    told = soup.attr(tag, "data-src")
    return _by_id(told) or parse_permalink(told)


def _by_id(told: str) -> Post | None:
    return parse_frame(f"https://www.tiktok.com/embed/v2/{told}") if told.isdecimal() else None


def _is_sound_or_author(paragraph: Tag) -> bool:
    """Whether a paragraph, which some editors put around each line, is none of the caption."""
    anchors = soup.links(paragraph)
    alone = len(anchors) == 1 and soup.text(paragraph) == soup.text(anchors[0])
    return alone and bool(
        _SOUND.match(soup.attr(anchors[0], "href")) or (_profile(anchors[0]) and _is_first(paragraph))
    )


def _is_first(paragraph: Tag) -> bool:
    before = paragraph.prev
    while before is not None and before.tag not in ("p", "a"):
        before = before.prev
    return before is None


def _profile(anchor: Tag) -> str | None:
    match = _PROFILE.match(urls.unwrap(soup.attr(anchor, "href")))
    return match[1] if match else None


def _linked(post: Post, anchors: list[Tag]) -> Post:
    """The post with the hashtags, mentions and links that the caption's own anchors tell."""
    tags, mentions, links = [], [], []
    for anchor in anchors:
        href, words = urls.unwrap(soup.attr(anchor, "href")), soup.text(anchor)
        if tag := _TAG.match(href):
            tags.append(words[1:] if words.startswith(("#", "＃")) and words[1:] else unquote(tag[1]))
        elif profile := _profile(anchor):
            mentions.append(profile)
        elif urls.is_web(href):
            links.append(Link(None, words or None, href))
    return replace(
        post,
        hashtags=tuple(dict.fromkeys(tags)),
        mentions=tuple(dict.fromkeys(mentions)),
        links=tuple(dict.fromkeys(links)),
    )


def _identified(platform_id: str, handle: str | None = None) -> Post:
    moment = _snowflake.tiktok(platform_id)
    return Post(
        "tiktok",
        platform_id=platform_id,
        permalink=f"https://www.tiktok.com/@{handle or '_'}/video/{platform_id}",
        handle=handle,
        author_url=f"https://www.tiktok.com/@{handle}" if handle else None,
        posted_at=moment,
        time_source="id_lower_bound" if moment else None,
        time_precision="second" if moment else None,
    )


PLATFORM = Platform(
    name="tiktok",
    sites=("tiktok",),
    hints=hints("tiktok-embed amp->tiktok tiktok.com~/[0-9]{8}"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(
        Shape("blockquote", "blockquote.tiktok-embed", _blockquote),
        Shape("amp", "amp-tiktok[data-src]", _amp),
    ),
    complete=complete,
    clock=Clock(_snowflake.tiktok, is_lower_bound=True),
)
