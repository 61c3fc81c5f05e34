"""Posts in a page's JSON: states of applications, oEmbed, attributes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from archiver import platforms, soup
from archiver.model import Post, Prose, Sighting

__all__ = ["Own", "read", "values"]

_BEGIN = re.compile(r"(?:=|\(|:|,|return)\s*(?=[{\[])|JSON\.parse\(\s*(?=[\"'`])|decodeURIComponent\(\s*(?=[\"'])")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.){12,}"' + r"|'(?:[^'\\\n]|\\.){12,}'")
_MARKUP = re.compile(r"<\s*(?:blockquote|iframe|amp-|div|figure|p|script)\b", re.IGNORECASE)
_URL_KEYS = frozenset(
    "url href link src embedurl embed_url iframesrc iframe_src tweeturl tweet_url posturl post_url permalink "
    "originalurl original_url canonical_url sourceurl source_url contenturl dataurl resourceurl".split()
)
_FRAME_KEYS = frozenset("iframesrc iframe_src embedurl embed_url tweeturl tweet_url oembedurl".split())
_TYPE_KEYS = frozenset(
    "type _type __typename @type subtype kind provider providername provider_name providernameslug component "
    "blockname embedtype embed_type typename name _name media_type socialtype content_type".split()
)
_EMBED = re.compile(
    r"embed|tweet|twitter|instagram|facebook|tiktok|threads|bluesky|mastodon|youtube|vimeo|reddit|telegram|social"
    r"|external|rich",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"^(?:link|hyperlink|anchor|a|share.*|profile|person|organization|image|nav.*|menu.*)$", re.IGNORECASE
)
_TITLES = ("headline", "title", "headlines", "seoTitle", "name")
_ADDRESSES = tuple(
    "canonical_url canonicalUrl website_url mainEntityOfPage permalink url link slug uri path href id _id @id".split()
)
_PROSE_KEYS = frozenset(("content", "text", "html", "body", "value", "paragraph", "content_html", "rendered"))
_LONGEST = 20_000_000  # characters of JSON read from one place
_LAYOUT_KEYS = frozenset(("customFields", "displayProperties", "variants"))  # Arc's page builder: not the article
_DEEPEST = 200


@dataclass(frozen=True, slots=True)
class Own:
    """By what a page's own article is known among others in the same JSON: its address and its title."""

    url: str | None = None
    title: str | None = None

    def verdict(self, told: dict[str, object]) -> bool | None:
        """Whether an object is this page's article (True), another's (False), or no article (None)."""
        title = next((t for key in _TITLES if (t := _title(told.get(key)))), None)
        addresses = [_path(v) for key in _ADDRESSES if isinstance(v := told.get(key), str) and not platforms.named(v)]
        here = _path(self.url) if self.url else ""
        if here and any(a == here or (a.count("-") >= 2 and here.endswith(a)) for a in addresses if a):
            return True
        if title and self.title and _same_title(title, self.title):
            return True
        is_article = title and any(a.count("/") >= 1 and len(a) > 12 for a in addresses)
        return False if is_article and (here or self.title) else None


def values(text: str) -> Iterator[object]:
    """The JSON values in a script or an attribute: the whole of it, or what stands behind `=` and in `JSON.parse`."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()[:_LONGEST]
    try:
        yield json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from _assigned(text)


_Item = Prose | Sighting
_Markup = Callable[[str], list[_Item]]


def read(value: object, own: Own, markup: _Markup) -> list[_Item]:
    """The posts that a JSON value embeds in the page's own article, and the prose beside them.

    Posts in other articles of the same value are left out. Where nothing tells whose a post is, it has the flag
    `json_unattributed`. `markup` reads HTML that stands in a string.
    """
    found = list(_walk(value, own, markup))
    return found if any(isinstance(item, Sighting) for item in found) else []


def _walk(root: object, own: Own, markup: _Markup) -> Iterator[_Item]:
    flat = root if isinstance(root, list) and len(root) > 20 else []  # devalue: objects refer to the list by index
    stack: list[tuple[object, str, bool | None, int]] = [(root, "", None, 0)]
    while stack:
        value, key, verdict, depth = stack.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(value, dict):
            told = {str(k): _referred(v, flat) for k, v in value.items()} if flat and depth == 1 else value
            here = own.verdict(told)
            verdict = verdict if here is None else here
            if verdict is not False and (post := _described(told)):
                yield _sighting(Sighting(post, "json"), verdict)
            inner = [(str(k), v) for k, v in value.items() if k not in _LAYOUT_KEYS]
            stack += [(v, k, verdict, depth + 1) for k, v in reversed(inner)]
        elif isinstance(value, list):
            stack += [(v, key, verdict, depth + 1) for v in reversed(value)]
        elif isinstance(value, str) and verdict is not False:
            yield from _text(value, key, verdict, own, markup)


def _text(value: str, key: str, verdict: bool | None, own: Own, markup: _Markup) -> Iterator[_Item]:
    if "<" in value and _MARKUP.search(value):
        for item in markup(value):
            if isinstance(item, Prose):
                yield item
            elif item.shape != "link":
                yield _sighting(replace(item, shape="json"), verdict)
    elif key in _PROSE_KEYS and len(value) > 60 and " " in value and "{" not in value:
        yield Prose(soup.squeeze(value))
    elif key.lower() in _FRAME_KEYS and (post := platforms.framed(value)):
        yield _sighting(Sighting(post, "json"), verdict)
    elif value[:1] in "{[" and len(value) > 40:
        for inner in values(value):
            yield from _walk(inner, own, markup)


def _described(told: dict[str, object]) -> Post | None:
    """The post that an object is said to embed."""
    kinds = [v for k, v in told.items() if k.lower() in _TYPE_KEYS and isinstance(v, str)]
    if any(_LINK.match(kind) for kind in kinds):
        return None
    sure = any(_EMBED.search(kind) for kind in kinds)
    for key, value in told.items():
        if sure and isinstance(value, str) and key.lower() in _URL_KEYS and (post := platforms.framed(value)):
            return post
    return None


def _sighting(sighting: Sighting, verdict: bool | None) -> Sighting:
    if verdict is not None:
        return sighting
    return replace(sighting, post=replace(sighting.post, flags=(*sighting.post.flags, "json_unattributed")))


def _assigned(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder(strict=False)
    at, failures = 0, 0
    while failures < 200 and (match := _BEGIN.search(text, at)):
        at = match.end()
        try:
            if text[at] in "{[":
                value, at = decoder.raw_decode(text, at)
                if value:
                    yield value
            elif literal := _STRING.match(text, at):
                at = literal.end()
                yield from values(_unquoted(literal[0]))
        except (ValueError, RecursionError, IndexError):
            failures += 1
    if failures:  # objects of JavaScript that are no JSON: their strings
        yield [_unquoted(m[0]) for m in _STRING.finditer(text) if "<" in m[0] or "u003c" in m[0].lower()]


def _unquoted(literal: str) -> str:
    inner = literal[1:-1]
    if literal[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"').replace('\\\\"', '\\"')
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return inner


def _referred(value: object, flat: list[object]) -> object:
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(flat)
    return flat[int(str(value))] if is_index else value


def _title(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("basic") or value.get("rendered")
    return value if isinstance(value, str) and len(value) > 5 else None


def _path(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return parts.path.strip("/").removesuffix(".html").removesuffix("/amp").lower()


def _same_title(told: str, own: str) -> bool:
    """Whether two titles are one, or the page's is the other with the site's name behind it."""
    told, own = _letters(told), _letters(own)
    return told == own or (len(told) >= 15 and own.startswith(told))


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
