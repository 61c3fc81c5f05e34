"""Bluesky: permalinks, official blockquotes, signatures in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from archiver import dates, soup, urls
from archiver.model import Link, Post
from archiver.platforms import _shown, _snowflake
from archiver.platforms._base import Clock, Platform, Shape, Signature, hints
from archiver.platforms._signature import signed
from archiver.soup import Tag

_RKEY = r"/([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?![\w-])"
_PERMALINK = re.compile(
    rf"(?i:(?:https?:)?//(?:(?:www|staging)\.)?bsky\.app(?::\d{{1,5}})?)/+profile/([^/?#\s]{{3,300}})/+post{_RKEY}",
    re.ASCII,
)
_PROFILE = re.compile(
    r"(?i:(?:https?:)?//(?:(?:www|staging)\.)?bsky\.app)/+profile/[^/?#]{3,300}/?(?:[?#]|$)", re.ASCII
)
_FRAME = re.compile(
    rf"(?i:(?:https?:)?//embed\.bsky\.app(?::\d{{1,5}})?)/+embed/([^/?#\s]{{3,300}})/+app\.bsky\.feed\.post{_RKEY}",
    re.ASCII,
)
_RECORD = re.compile(rf"at://([^/?#\s]{{3,300}})/app\.bsky\.feed\.post{_RKEY}", re.ASCII)
_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]+", re.ASCII)
_DOMAIN = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
_HANDLE = re.compile(_DOMAIN, re.ASCII)
_SIGNED = re.compile(rf"\(@({_DOMAIN})\)", re.ASCII)
_MENTION = re.compile(rf"(?<![\w@./])@({_DOMAIN})(?![\w@])")
_TAG = re.compile(r"(?:https?:)?//bsky\.app/hashtag/([^/?#]+)", re.ASCII)
_MORE = "[image or embed]"  # the official markup's own words, where a post has a picture, a card or a quotation


def parse_permalink(url: str) -> Post | None:
    """The Bluesky post that a URL or an at:// URI names, by handle or DID; None for any other."""
    url = urls.unwrap(url)
    match = _PERMALINK.match(url) or _FRAME.match(url) or _RECORD.match(url)
    return _post(match[1], match[2]) if match else None


def parse_frame(url: str) -> Post | None:
    """The post that the official iframe at this address shows; None for any other address."""
    match = _FRAME.match(urls.unwrap(url))
    return _post(match[1], match[2]) if match else None


def _blockquote(tag: Tag) -> Post | None:
    """The official blockquote: text, then a dash, name and (@handle), then the date linked to the post."""
    named = [(a, found) for a in soup.links(tag) if (found := parse_permalink(soup.attr(a, "href")))]
    post = parse_permalink(soup.attr(tag, "data-bluesky-uri")) or (named[-1][1] if named else None)
    if post is None:
        return None
    own = [a for a, found in named if found.platform_id == post.platform_id]
    shown = soup.text(own[-1]) if own else ""
    words = soup.text(tag)
    paragraph = soup.first(tag, "p")
    lang = soup.attr(paragraph, "lang") or None if paragraph else None
    signature = next(reversed(list(signed(words, _SIGNED))), None)
    if signature:
        start, end, name, handle = signature
        words, after = words[:start].strip(), words[end:]
        if not shown or shown not in after or urls.is_web(shown):
            date = dates.leading(after)
            shown = date.shown if date else ""
        post = replace(post, handle=handle, author_name=name, url_handle=post.handle)
        own += [a for a in soup.links(tag) if soup.text(a).rstrip(")").endswith(f"@{handle}") and _is_profile(a)][-1:]
    else:
        words = soup.text(paragraph) if paragraph else ""
        if not dates.day(shown, lang):
            shown = ""
    if any(words == soup.text(a) for a in own):  # a mere link to the post
        words = ""
    signing = {a.mem_id for a in own}
    in_text = [a for a in soup.links(tag) if a.mem_id not in signing]
    return complete(_linked(replace(post, text=words or None, lang=lang, date_shown=shown or None), in_text))


def signatures(text: str) -> Iterator[Signature]:
    """Every `— Name (@handle.bsky.social) May 13, 2025 at 11:37 PM` of a plain text, in any language's date."""
    for start, end, name, handle in signed(text, _SIGNED):
        blanks = len(text[end : end + 20]) - len(text[end : end + 20].lstrip())
        date = dates.leading(text[end + blanks : end + blanks + 80])
        if date:
            post = Post("bluesky", handle=handle, author_name=name, date_shown=date.shown)
            yield Signature(start, end + blanks + len(date.shown), post)


def complete(post: Post) -> Post:
    """The post with what its date and text tell: time where its key has none, author's page, hashtags, mentions."""
    if post.posted_at is None and post.date_shown:
        post = _shown.dated(_shown.timed(post, post.date_shown))
    if post.author_url is None and post.handle:
        post = replace(post, author_url=f"https://bsky.app/profile/{post.handle}")
    text = (post.text or "").removesuffix(_MORE).rstrip()
    return _shown.captioned(replace(post, text=text or None), _MENTION.findall)


def _post(actor: str, rkey: str) -> Post | None:
    actor = unquote(actor).removeprefix("@")
    did = _DID.fullmatch(actor)
    if not did and not _HANDLE.fullmatch(actor):
        return None
    moment = _snowflake.bluesky(rkey)
    return Post(
        "bluesky",
        platform_id=rkey,
        scope=actor,
        permalink=f"https://bsky.app/profile/{actor}/post/{rkey}",
        handle=None if did or actor == "handle.invalid" else actor,
        author_url=f"https://bsky.app/profile/{actor}",
        posted_at=moment,
        time_source="id_self_asserted" if moment else None,
        time_precision="millisecond" if moment else None,
    )


def _is_profile(anchor: Tag) -> bool:
    return bool(_PROFILE.match(urls.unwrap(soup.attr(anchor, "href"))))


def _linked(post: Post, anchors: list[Tag]) -> Post:
    """The post with the hashtags, mentions and links that its own anchors tell."""
    tags, mentions, links = [], [], []
    for anchor in anchors:
        href, words = urls.unwrap(soup.attr(anchor, "href")), soup.text(anchor)
        if tag := _TAG.match(href):
            tags.append(words[1:] if words.startswith(("#", "＃")) else unquote(tag[1]))
        elif words.startswith("@") and _is_profile(anchor):
            mentions.append(words[1:])
        elif urls.is_web(href):
            links.append(Link(None, words or None, href))
    return replace(
        post,
        hashtags=tuple(dict.fromkeys(tags)),
        mentions=tuple(dict.fromkeys(mentions)),
        links=tuple(dict.fromkeys(links)),
    )


PLATFORM = Platform(
    name="bluesky",
    sites=("bsky",),
    hints=hints(r"bluesky-embed bsky.app~/(?:post|embed)/ app.bsky>\.feed\.post"),
    parse_permalink=parse_permalink,
    parse_frame=parse_frame,
    shapes=(Shape("blockquote", "blockquote:is(.bluesky-embed, [data-bluesky-uri])", _blockquote),),
    signatures=signatures,
    complete=complete,
    clock=Clock(_snowflake.bluesky),
)
