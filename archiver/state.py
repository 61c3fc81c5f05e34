"""Posts in a page's JSON: states of applications, oEmbed, attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from html import unescape
from urllib.parse import unquote, urlsplit

from archiver import literals, platforms, soup
from archiver.model import Post, Prose, Sighting

__all__ = ["Own", "read"]

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
_LAYOUT_KEYS = frozenset(("customFields", "displayProperties", "variants"))  # Arc's page builder: not the article
_SHORTEST = 12  # characters that an address needs
_DEEPEST = 200
_LAYERS = 4  # JSON in strings of JSON
_GENERATIONS = 4  # JSON in HTML in JSON
# What a post's bare id stands for in an object that says what it is: the address that has this id.
_BY_ID = (
    (
        re.compile(r"(?:x-)?(?:twitter|tweet)(?:[-_ ]?(?:embed|post|status))?|embed[-_ ]?(?:tweet|twitter)", re.I),
        re.compile(r"\d{10,19}", re.ASCII),
        "https://twitter.com/i/status/",
    ),
    (
        re.compile(r"youtube(?:[-_ ]?(?:embed|video))?|embed[-_ ]?youtube", re.I),
        re.compile(r"[\w-]{11}", re.ASCII),
        "https://www.youtube.com/watch?v=",
    ),
)
_ID_KEYS = frozenset("id tweetid tweet_id embedid embed_id videoid video_id externalid external_id value".split())


@dataclass(frozen=True, slots=True)
class Own:
    """By what a page's own article is known among others in the same JSON: its address and its title."""

    url: str | None = None
    title: str | None = None

    def verdict(self, told: dict[str, object]) -> bool | None:
        """Whether an object is this page's article (True), another's (False), or no article (None)."""
        here = _path(self.url) if self.url else ""
        title = next((t for key in _TITLES if key in told and (t := _title(told[key]))), None)
        addresses = (told[key] for key in _ADDRESSES if key in told) if here or title else ()
        paths = {v: path for v in addresses if isinstance(v, str) and (path := _path(v))}
        own = (v for v, a in paths.items() if a == here or (a.count("-") >= 2 and here.endswith(a)))
        if here and not all(map(platforms.named, own)):
            return True
        if title and self.title and _same_title(title, self.title):
            return True
        others = (v for v, a in paths.items() if "/" in a and len(a) > 12)
        return False if title and (here or self.title) and not all(map(platforms.named, others)) else None


class _Scope:
    """An object, with those around it, by which is told whose article it stands in."""

    __slots__ = ("_above", "_own", "_told", "_verdict")

    def __init__(self, own: Own, told: dict[str, object], above: _Scope | None) -> None:
        self._own = own
        self._told: dict[str, object] | None = told
        self._above = above
        self._verdict: bool | None = None

    @property
    def verdict(self) -> bool | None:
        """That of the innermost object to tell; None where none does."""
        scope: _Scope | None = self
        while scope is not None:
            if scope._told is not None:
                scope._verdict, scope._told = self._own.verdict(scope._told), None
            if scope._verdict is not None:
                return scope._verdict
            scope = scope._above
        return None


_Item = Prose | Sighting
_Markup = Callable[[str], list[_Item]]
_Event = tuple[_Item | str, _Scope | None]  # a text is one in which no post stands


def read(texts: list[str], own: Own, markup: _Markup, worth: Callable[[str], bool]) -> list[_Item]:
    """The posts that JSON and scripts embed in the page's own article, and the prose beside them.

    Posts in other articles of the same value are left out. Where nothing tells whose a post is, it has the flag
    `json_unattributed`. `markup` reads HTML that stands in a string; JSON in that HTML it adds to `texts`. Only a text
    that is `worth` it is parsed.
    """
    items: list[_Item] = []
    chunks: list[str] = []
    read, generation = 0, 0
    while read < len(texts) and generation < _GENERATIONS:
        generation += 1
        found, read = texts[read:], len(texts)
        for value in (value for text in found if worth(text) for value in literals.values(text)):
            if isinstance(value, literals.Chunk):
                chunks.append(value.text)
            else:
                items += _with_posts(_Walk(own, markup).events(value), markup)
    if chunks:
        rows = literals.rows("".join(chunks))
        walk = _Walk(own, markup, rows)
        items += _with_posts((event for name in list(rows) for event in walk.events(rows.pop(name, None))), markup)
    return items


def _with_posts(events: Iterable[_Event], markup: _Markup) -> list[_Item]:
    """The posts of a value with the prose beside them; nothing where it has no post of this article."""
    told = list(events)
    items: list[_Item] = []
    if any(isinstance(item, Sighting) and not _is_others(scope) for item, scope in told):
        for item, scope in told:
            if not _is_others(scope):
                items += [item] if not isinstance(item, str) else _written(item, markup)
                if isinstance(item, Sighting) and (scope is None or scope.verdict is None):
                    items[-1] = replace(item, post=replace(item.post, flags=(*item.post.flags, "json_unattributed")))
    return items


def _is_others(scope: _Scope | None) -> bool:
    return scope is not None and scope.verdict is False


def _written(text: str, markup: _Markup) -> list[_Item]:
    """The posts and the prose in a text; what it only links to is none."""
    if not _MARKUP.search(text):
        return [Prose(soup.squeeze(text))]
    found = (item for item in markup(text) if not (isinstance(item, Sighting) and item.shape == "link"))
    return [replace(item, shape="json") if isinstance(item, Sighting) else item for item in found]


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through values; `rows` are those that a string `$name` stands for, each visited once."""

    own: Own
    markup: _Markup
    rows: dict[str, object] = field(default_factory=dict)
    layer: int = 0

    def events(self, root: object, within: _Scope | None = None) -> Iterator[_Event]:
        """The posts and the texts in a value, each with what tells whose it is."""
        flat = root if isinstance(root, list) and len(root) > 20 else []  # devalue: objects refer to the list by index
        stack: list[tuple[object, str, _Scope | None, int]] = [(root, "", within, 0)]
        while stack:
            value, key, scope, depth = stack.pop()
            if depth > _DEEPEST:
                continue
            if isinstance(value, str):
                if value.startswith("$") and (name := value[1:].lstrip("L@")) in self.rows:
                    stack.append((self.rows.pop(name), key, scope, depth + 1))
                elif len(value) >= _SHORTEST:
                    yield from self._text(value, key, scope)
            elif isinstance(value, dict):
                told = {str(k): _referred(v, flat) for k, v in value.items()} if flat and depth == 1 else value
                scope = _Scope(self.own, told, scope)
                if post := _described(told):
                    yield Sighting(post, "json"), scope
                inner = reversed(value.items())
                stack += [(v, str(k), scope, depth + 1) for k, v in inner if v and k not in _LAYOUT_KEYS]
            elif isinstance(value, list):
                stack += [(v, key, scope, depth + 1) for v in reversed(value) if v]

    def _text(self, text: str, key: str, scope: _Scope | None) -> Iterator[_Event]:
        text = _decoded(text)
        if text[:1] in ("{", "[", '"') and len(text) > 40 and self.layer < _LAYERS and not _is_others(scope):
            inner = list(literals.values(text)) if text[0] == "{" else _json(text)
            if inner:
                walk = replace(self, layer=self.layer + 1)
                for value in inner:
                    yield from walk.events(value, scope)
                return
        if "<" in text and _MARKUP.search(text):
            if not platforms.hinted(text):
                yield text, scope
            elif not _is_others(scope):
                yield from ((item, scope) for item in _written(text, self.markup))
        elif key in _PROSE_KEYS and len(text) > 60 and " " in text and "{" not in text:
            yield text, scope
        elif key.lower() in _FRAME_KEYS and (post := platforms.framed(text)):
            yield Sighting(post, "json"), scope


def _decoded(text: str) -> str:
    """HTML or JSON that is percent-encoded or written with entities in a string."""
    start = text[:200].lstrip().lower()
    if start.startswith(("%3c", "%7b", "%5b")):
        return unquote(text)
    if "<" not in text and "&lt;" in text:
        return unescape(text)
    return text.strip() if start[:1] in ("{", "[") else text


def _json(text: str) -> list[object]:
    try:
        return [literals.loads(text)]
    except ValueError:
        return []


def _described(told: dict[str, object]) -> Post | None:
    """The post that an object is said to embed, by its address or by its id."""
    kinds = [v for k in told if k.lower() in _TYPE_KEYS and isinstance(v := told[k], str)]
    if not kinds or any(map(_LINK.match, kinds)) or not any(map(_EMBED.search, kinds)):
        return None
    texts = {k.lower(): v for k, v in told.items() if isinstance(v, str)}
    for key, value in texts.items():
        if key in _URL_KEYS and (post := platforms.framed(value)):
            return post
    for kind, number, address in _BY_ID:
        if any(kind.fullmatch(k) for k in kinds):
            ids = (v for k, v in texts.items() if k in _ID_KEYS and number.fullmatch(v))
            return next((post for v in ids if (post := platforms.named(address + v))), None)
    return None


def _referred(value: object, flat: list[object]) -> object:
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(flat)
    return flat[int(str(value))] if is_index else value


def _title(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("basic") or value.get("rendered")
    return value if isinstance(value, str) and len(value) > 5 else None


@lru_cache(maxsize=1000)
def _path(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return parts.path.strip("/").removesuffix(".html").removesuffix("/amp").lower()


def _same_title(told: str, own: str) -> bool:
    """Whether two titles are one, or the page's is the other with the site's name behind it."""
    told, own = soup.letters(told), soup.letters(own)
    return told == own or (len(told) >= 15 and own.startswith(told))
