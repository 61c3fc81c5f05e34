"""Twitter, now X: the shapes of embedded tweets."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from archiver import dates, entities, literals, soup, urls
from archiver.model import Link, Media, Post
from archiver.platforms import _snowflake, _tweets
from archiver.platforms._base import Clock, Platform, Shape, hints
from archiver.platforms._signature import signed
from archiver.soup import Tag

_ID = re.compile(r"[0-9]{1,19}")
_ID_ATTRIBUTES = ("data-tweetid", "data-tweet-id", "data-twitter-id", "data-tweet", "data-status-id")
_VAGUE_ID_ATTRIBUTES = ("data-embed-id", "data-id", "data-embedid", "data-post-id")
_KIND_ATTRIBUTES = (
    *("class", "id", "data-type", "data-provider", "data-provider-name", "data-embed-type", "data-source"),
    *("data-platform", "data-network", "data-service", "data-media-type", "data-react-class", "data-component-name"),
)
_JSON_ATTRIBUTES = ("data-attrs", "data-react-props", "data-props", "data-config", "data-options")
_TWITTER = re.compile(r"twitter|tweet", re.IGNORECASE)
_PHRASE_AT_MOST = 150  # characters
_PLACEHOLDERS = (  # what publishing systems, or Twitter, write in place of a tweet
    "may have been deleted",
    "opens in a new tab",
    "opens in new window",
    "tweet is unavailable",
    "post is unavailable",
    "tweet was deleted",
    "post was deleted",
    "tweet is no longer available",
    "post is no longer available",
    "tweet is from an account that no longer exists",
    "post is from an account that no longer exists",
    "tweet is from a suspended account",
    "post is from a suspended account",
    "account owner limits who can view",
)
_NO_EMBED = re.compile(r"timeline|share|follow|button|feed|widget_twitter", re.IGNORECASE)

_OFFICIAL = "blockquote.twitter-tweet, blockquote.twitter-video, blockquote.twitter-tweet-rtl"


def _official(tag: Tag) -> Post | None:
    """The official blockquote: text, then a dash, name and (@handle), then the date linked to the tweet."""
    if soup.first(tag, _OFFICIAL):  # one that nobody closed swallowed others: each is read by itself
        return None
    return _quoted(tag) or _by_attribute(tag)


def _unofficial(tag: Tag) -> Post | None:
    """A blockquote that lost its class, or wears a publishing system's: BuzzFeed's, Bustle's and others'."""
    if soup.first(tag, _OFFICIAL):
        return None
    post = _quoted(tag)
    if post and post.author_name:
        return post
    return _card(tag) or _by_attribute(tag)


def _quoted(tag: Tag) -> Post | None:
    named = [(a, post) for a in soup.links(tag) if (post := _tweets.parse_permalink(soup.attr(a, "href")))]
    anchor, post = named[-1] if named else (None, Post("twitter"))
    words = soup.text(tag)
    shown = soup.text(anchor) if anchor else ""
    signature = next(reversed(list(signed(words, _tweets.HANDLE))), None)
    if signature:
        start, end, name, handle = signature
        words, after = words[:start], words[end:]
        found = None if shown else dates.leading(after.lstrip())
        shown = shown or (found.shown if found else "")
        post = replace(post, handle=handle, author_name=name, url_handle=post.handle)
    elif shown and words.endswith(shown):
        words = words[: -len(shown)]
    if not post.platform_id and not (signature and shown):
        return None
    if not signature and _is_placeholder(words.strip(), shown):
        post, words, shown = replace(post, flags=("placeholder_text",)), "", ""
    if shown and not urls.is_web(shown):
        post = replace(post, date_shown=shown)
    paragraph = soup.first(tag, "p[lang]")
    post = replace(
        post,
        text=_tweets.unglue(words) or None,
        lang=soup.attr(paragraph, "lang") or None if paragraph else None,
    )
    return _tweets.complete(_linked(post, soup.links(tag)), soup.attr(tag, "data-lang") or None)


def _is_placeholder(words: str, shown: str) -> bool:
    """Whether all that an unsigned blockquote holds, in its link to the tweet and above, stands for a missing text."""
    told = [part.casefold() for part in (words, shown) if part and not urls.is_web(part)]
    phrases = (len(t) < _PHRASE_AT_MOST and not dates.leading(t) and any(p in t for p in _PLACEHOLDERS) for t in told)
    return bool(told) and all(phrases)


def _by_attribute(tag: Tag) -> Post | None:
    """An element that a script fills, with the tweet's id or address in an attribute."""
    if _NO_EMBED.search(soup.attr(tag, "class")):
        return None
    kind = " ".join((tag.tag or "", *(soup.attr(tag, name) for name in _KIND_ATTRIBUTES)))
    names = (*_ID_ATTRIBUTES, *_VAGUE_ID_ATTRIBUTES) if _TWITTER.search(kind) else _ID_ATTRIBUTES
    number = next((v for name in names if _ID.fullmatch(v := soup.attr(tag, name))), None)
    quoted = _quoted(tag) if number else None
    if quoted and quoted.platform_id == number and quoted.author_name:
        return quoted
    post = Post("twitter", platform_id=number) if number else None
    post = post or next((p for name in _JSON_ATTRIBUTES if (p := _by_json(soup.attr(tag, name)))), None)
    if post is None:
        return None
    named = [p for a in soup.links(tag) if (p := _tweets.parse_permalink(soup.attr(a, "href")))]
    handle = post.handle or next((p.handle for p in named if p.platform_id == post.platform_id), None)
    return _tweets.complete(replace(post, handle=handle))


def _by_json(value: str) -> Post | None:
    """The properties that a component of React, Substack or another system is drawn from."""
    if not value.startswith("{") or not _TWITTER.search(value):
        return None
    try:
        told = literals.loads(value)
    except ValueError:
        return None
    return _from_json(told) if isinstance(told, dict) else None


def _from_json(told: dict[str, object]) -> Post | None:
    """The tweet that a JSON object describes: by its address, or by an id that is said to be a tweet's."""
    texts = {key: value for key, value in told.items() if isinstance(value, str) and value}
    post = next(
        (p for key in ("url", "tweetUrl", "permalink") if (p := _tweets.parse_permalink(texts.get(key, "")))), None
    )
    number = next(
        (v for key in ("tweetId", "tweet_id", "tweetID", "tweetid") if _ID.fullmatch(v := str(told.get(key)))), None
    )
    if post is None and number:
        post = Post("twitter", platform_id=number)
    if post is None:
        return None
    named = texts.get("username") or texts.get("screen_name")
    return replace(
        post,
        handle=named or post.handle,
        url_handle=post.handle if named else None,
        author_name=texts.get("name"),
        text=texts.get("full_text") or texts.get("text"),
        date_shown=texts.get("date"),
    )


def _card(tag: Tag) -> Post | None:
    """A tweet drawn by a publishing system: one permalink, the handle, a text, a date in full."""
    if _NO_EMBED.search(soup.attr(tag, "class")):
        return None
    described = next((p for name in _JSON_ATTRIBUTES if (p := _by_json(soup.attr(tag, name)))), None)
    named = [(a, p) for a in soup.links(tag) if (p := _tweets.parse_permalink(soup.attr(a, "href")))]
    if described:
        named = [(a, p) for a, p in named if p.platform_id == described.platform_id]
    if not named or len({p.platform_id for _, p in named}) != 1:
        return None
    dated = [*soup.every(tag, "a, time, span, div"), *soup.every(tag, 'p[class*="date" i], p[class*="time" i]')]
    shown = next((words for item in dated if dates.day(words := soup.text(item))), None)
    body = _body(tag)
    byline = next(
        (m[1] for item in soup.every(tag, "a, span, div, p, cite") if (m := _BYLINE.fullmatch(soup.text(item)))),
        None,
    )
    if not described and not (shown and body and byline):
        return None
    post = replace(
        named[0][1],
        handle=byline or named[0][1].handle,
        url_handle=named[0][1].handle if byline else None,
        author_name=_name(tag) or (described.author_name if described else None),
        text=soup.text(body) if body else described.text if described else None,
        date_shown=shown or (described.date_shown if described else None),
    )
    return _tweets.complete(_linked(post, soup.links(body) if body else []))


_BODY = re.compile(r"(?:^|[-_])(?:text|content|body|message)$", re.IGNORECASE)
_BYLINE = re.compile(r"@(\w{1,15})", re.ASCII)


def _body(tag: Tag) -> Tag | None:
    named = [item for item in soup.every(tag, "[class]") if any(map(_BODY.search, soup.attr(item, "class").split()))]
    found = [
        item for item in [*named, *soup.every(tag, "p")] if not re.search(r"head|name|author", soup.attr(item, "class"))
    ]
    return next((item for item in found if soup.text(item)), None)


def _name(tag: Tag) -> str | None:
    for item in soup.every(tag, '[class*="name" i]'):
        words = soup.text(item)
        if (
            words
            and "@" not in words
            and "\n" not in words
            and not re.search(r"user|screen", soup.attr(item, "class"), re.I)
        ):
            return words
    return None


def _linked(post: Post, anchors: list[Tag]) -> Post:
    """The post with the hashtags, mentions, links and media that the anchors in its text tell."""
    tags, mentions, links, media = [], [], [], []
    for anchor in anchors:
        href, words = urls.unwrap(soup.attr(anchor, "href")), soup.text(anchor)
        if not words or words not in (post.text or ""):
            continue
        if words.startswith(("#", "＃")) and (tag := _tag(href)):
            tags.append(words[1:] if entities.tag_key(words[1:]) == entities.tag_key(tag) else tag)
        elif words.startswith(("@", "＠")):
            mentions.append(words[1:])
        elif _tweets.MEDIA.match(words):
            media.append(Media(None, _tweets.schemed(words)))
        elif urls.is_web(href) and not words.startswith("$"):
            short = href if urls.host(href) == "t.co" else None
            told = soup.attr(anchor, "data-expanded-url") or soup.attr(anchor, "title")
            links.append(Link(short, words, told if urls.is_web(told) else None if short else href))
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


PLATFORM = Platform(
    name="twitter",
    sites=("twitter", "x.com", "fxtwitter", "vxtwitter", "fixupx", "fixvx", "nitter", "xcancel", "twitframe"),
    hints=hints(
        r"status>(?:es)?/[0-9] weet>(?:[_-]?[iI][dD]|=[\x22\x27\\&0-9]) twitter->(?:tweet|video) amp->twitter "
        r"(@>\w{0,20}\s*[)<&\\\xef] embed/>(?:Tweet|index\.html) data-id&tweet embed-id&tweet embed-id&twitter"
    ),
    parse_permalink=_tweets.parse_permalink,
    ids=(
        re.compile(r"status(?:es)?(?:\\*/|\\+u002[fF]|%2[fF])+([0-9]{5,19})"),
        re.compile(r"weet_?[iI][dD]\W{1,9}([0-9]{5,19})"),
    ),
    parse_frame=_tweets.parse_frame,
    shapes=(
        Shape("blockquote", _OFFICIAL, _official),
        Shape("plain_blockquote", "blockquote", _unofficial, ("/status", "(@", "weet")),
        Shape("rendered", "iframe[data-tweet-id], twitter-widget[data-tweet-id]", _by_attribute),
        Shape("amp", "amp-twitter[data-tweetid]", _by_attribute),
        Shape("card", 'div[class*="tweet" i], article[class*="tweet" i], figure[class*="tweet" i]', _card),
        Shape(
            "data_attribute",
            "[data-tweetid], [data-tweet-id], [data-twitter-id], div[data-status-id], blockquote[data-id], "
            "figure[data-id], div[data-id], "
            "div[data-embed-id], div[data-react-props], div[data-props], div[data-attrs]",
            _by_attribute,
        ),
    ),
    signatures=_tweets.signatures,
    complete=_tweets.complete,
    clock=Clock(_snowflake.twitter, utc_shapes=("blockquote",), is_impossible=_snowflake.is_no_tweet),
)
