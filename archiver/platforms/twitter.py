"""Twitter, now X: permalinks, official blockquotes, signatures in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from urllib.parse import unquote, urlsplit

from archiver import dates, entities, soup, urls
from archiver.model import Link, Media, Post
from archiver.platforms import _snowflake
from archiver.platforms._base import Platform, Shape, Signature
from archiver.soup import Tag

_PERMALINK = re.compile(
    r"(?:https?:)?//(?:(?:www|mobile|m)\.)?(?:twitter|x)\.com(?::\d+)?/+(?:(?:#!|#%21)/)?"
    r"(?:(?:i/web|i|@?([A-Za-z0-9_\\]{1,40}))/)?status(?:es)?/(\d{1,19})(?!\d)",
    re.ASCII | re.IGNORECASE,
)
_HANDLE = re.compile(r"[(（]\s*@(\w{1,20})\s*[)）]", re.ASCII)
_MEDIA = re.compile(r"(?:https?://)?pic\.(?:twitter|x)\.com/\w+", re.ASCII)
_GLUED = re.compile(r"(?<=[^\s(\[\"'“‘])(?=pic\.(?:twitter|x)\.com/\w)", re.ASCII)
_NAME_AT_MOST = 100  # characters; Twitter allows 50, with room for emoji
_PLACEHOLDERS = frozenset(("i", "statuses", "status", "web"))


def parse_permalink(url: str) -> Post | None:
    """The tweet that a URL names, in any of the hosts and forms in use since 2006; None for any other URL."""
    match = _PERMALINK.match(urls.unwrap(url))
    if match is None:
        return None
    handle = (match[1] or "").replace("\\", "")
    return _identified(Post("twitter", handle=None if handle.lower() in _PLACEHOLDERS else handle or None), match[2])


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote: text, then a dash, name and (@handle), then the date linked to the tweet."""
    named = [(a, post) for a in soup.links(tag) if (post := parse_permalink(soup.attr(a, "href")))]
    anchor, post = named[-1] if named else (None, Post("twitter"))
    words = soup.text(tag)
    shown = soup.text(anchor) if anchor else ""
    signed = next(reversed(list(_signed(words))), None)
    if signed:
        start, end, name, handle = signed
        words, after = words[:start], words[end:]
        found = None if shown else dates.leading(after)
        shown = shown or (found.shown if found else "")
        post = replace(post, handle=handle, author_name=name)
    elif shown and words.endswith(shown):
        words = words[: -len(shown)]
    if not post.platform_id and not (signed and shown):
        return None
    if shown and not urls.is_web(shown):
        post = replace(post, date_shown=shown)
    in_text = [a for a in soup.links(tag) if a is not anchor]
    paragraph = tag.find("p", lang=True)
    post = replace(
        post,
        text=_GLUED.sub(" ", words).strip() or None,
        lang=soup.attr(paragraph, "lang") or None if paragraph else None,
    )
    return complete(_linked(post, in_text), soup.attr(tag, "data-lang") or None)


def signatures(text: str) -> Iterator[Signature]:
    """Every `— Name (@handle) November 29, 2017` of a plain text, in any dash and any language's date."""
    for start, end, name, handle in _signed(text):
        blanks = len(text[end : end + 20]) - len(text[end : end + 20].lstrip())
        date = dates.leading(text[end + blanks : end + blanks + 80])
        if date:
            post = Post("twitter", handle=handle, author_name=name, date_shown=date.shown)
            yield Signature(start, end + blanks + len(date.shown), post)


def complete(post: Post, lang: str | None = None) -> Post:
    """The post with what its id, date and text tell: time, hashtags, mentions, links, media."""
    text = _GLUED.sub(" ", post.text) if post.text else None
    post = _identified(post, post.platform_id) if post.platform_id else post
    post = replace(post, text=text, author_url=f"https://twitter.com/{post.handle}" if post.handle else None)
    if post.posted_at is None and post.date_shown and (day := dates.day(post.date_shown, lang)):
        # The date that an official embed prints is the UTC day: 111 of 111 embeds agree with their id.
        moment = datetime.combine(day, time(), UTC)
        post = replace(post, posted_at=moment, time_source="embed_text_utc_day", time_precision="day")
    if text is None:
        return post
    shown = entities.links(text)
    links = [Link(_schemed(u) if "t.co/" in u else None, u, None) for u in shown if not _MEDIA.match(u)]
    media = [Media(None, _schemed(u)) for u in shown if _MEDIA.match(u)]
    return replace(
        post,
        hashtags=post.hashtags or tuple(dict.fromkeys(entities.hashtags(text))),
        mentions=post.mentions or tuple(dict.fromkeys(entities.mentions(text))),
        links=post.links or tuple(links),
        media=post.media or tuple(media),
    )


def _identified(post: Post, platform_id: str) -> Post:
    moment = _snowflake.twitter(platform_id)
    return replace(
        post,
        platform_id=platform_id,
        permalink=f"https://twitter.com/{post.handle or 'i'}/status/{platform_id}",
        posted_at=moment,
        time_source="id_snowflake" if moment else None,
        time_precision="millisecond" if moment else None,
    )


def _signed(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, name and handle of each `— Name (@handle)`."""
    floor = 0
    for match in _HANDLE.finditer(text):
        line = max(text.rfind("\n", floor, match.start()) + 1, floor, match.start() - 2 * _NAME_AT_MOST)
        before = text[line : match.start()]
        dash = _dash(before)
        if dash is None and not before.strip():  # the name stands in the line above
            line = max(text.rfind("\n", floor, max(line - 1, floor)) + 1, floor, match.start() - 2 * _NAME_AT_MOST)
            before = text[line : match.start()]
            dash = _dash(before)
        if dash is None:
            continue
        name = " ".join(before[dash:].lstrip("—–―‒−- \t\xa0").split())
        if name and len(name) <= _NAME_AT_MOST:
            yield line + dash, match.end(), name, match[1]
            floor = match.end()


def _dash(before: str) -> int | None:
    """Where the dash of a signature stands in the words before its handle: at their start, else the longest, last."""
    start = len(before) - len(before.lstrip())
    if before[start:].startswith(("—", "–", "―", "‒", "−", "-")):
        return start
    for dash in ("—", "―", "–", " -- ", " - "):
        if (found := before.rfind(dash)) >= 0:
            return found + len(dash) - len(dash.lstrip())
    return None


def _linked(post: Post, anchors: list[Tag]) -> Post:
    """The post with the hashtags, mentions, links and media that its own anchors tell."""
    tags, mentions, links, media = [], [], [], []
    for anchor in anchors:
        href, words = urls.unwrap(soup.attr(anchor, "href")), soup.text(anchor)
        if words.startswith(("#", "＃")) and (tag := _tag(href)):
            tags.append(words[1:] if entities.tag_key(words[1:]) == entities.tag_key(tag) else tag)
        elif words.startswith(("@", "＠")):
            mentions.append(words[1:])
        elif _MEDIA.match(words):
            media.append(Media(None, _schemed(words)))
        elif urls.is_web(href) and not words.startswith("$"):
            short = href if urls.host(href) == "t.co" else None
            told = soup.attr(anchor, "data-expanded-url") or soup.attr(anchor, "title")
            links.append(Link(short, words or None, told if urls.is_web(told) else None if short else href))
    return replace(
        post,
        hashtags=tuple(dict.fromkeys(tags)),
        mentions=tuple(dict.fromkeys(mentions)),
        links=tuple(dict.fromkeys(links)),
        media=tuple(dict.fromkeys(media)),
    )


def _tag(href: str) -> str | None:
    """The hashtag that a link to Twitter's own page of it names."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    found = re.search(r"/hashtag/([^/]+)", parts.path) or re.search(r"(?:^|&)q=(?:%23|#)([^&]+)", parts.query, re.I)
    return unquote(found[1]) if found else None


def _schemed(shown: str) -> str:
    return shown if shown.startswith("http") else f"https://{shown}"


PLATFORM = Platform(
    name="twitter",
    hints=(b"twitter", b"x.com"),
    parse_permalink=parse_permalink,
    shapes=(Shape("blockquote", "blockquote.twitter-tweet, blockquote.twitter-video", _blockquote),),
    signatures=signatures,
    complete=complete,
)
