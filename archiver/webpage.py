"""A web page's tree to prose and sightings, in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from itertools import islice
from urllib.parse import unquote

from archiver import candidates, platforms, shortcodes, soup, state
from archiver.candidates import Candidates
from archiver.model import Post, Prose, Sighting
from archiver.paragraph import Item, Paragraph, needed
from archiver.platforms import Platform, Shape
from archiver.state import Own

__all__ = ["read", "tagged"]

_FRAMES = frozenset(("iframe", "amp-iframe", "embed", "object"))
_HOLDERS = frozenset(("textarea", "template", "script"))
_NO_PROSE = _HOLDERS | frozenset("button option select style svg title".split())
_SPECIAL = _FRAMES | _NO_PROSE
_LONGEST_CODE = 20_000  # characters of an element's code that are kept as evidence
_MOST_IN_VAIN = 3_000_000  # characters of nested elements that look like embeds and are none
_MOST_ATTRIBUTES = 100  # of an element
_MOST_NODES = 1000  # in an element that is an embed
_LONGEST_EMBED = 100_000  # characters: what is longer is no embed, but a page in a blockquote that nobody closed
_FLIGHT = "__next_f.push("  # Next.js's app router sends a page's state in pieces, which are read together
_DEEPEST = 3  # layers of HTML written as text inside HTML
_NO_ADDRESS = frozenset(("data-share", "data-text", "data-shareurl", "data-share-url", "data-clipboard-text"))
_SITES = (
    "twitter|tweet|instagram|insta|facebook|fb|tiktok|threads|bluesky|mastodon|youtube|vimeo|reddit|telegram|social"
)
_BUTTON = re.compile(
    r"share|sharing|follow|\blike|fb-like|button|fb-comments|fb-page|fb-save|fb-quote|addthis", re.IGNORECASE
)
_DULL = frozenset("alt content href height id itemprop rel role sizes srcset style target title width".split())
_CONTAINER = re.compile(rf"(?:{_SITES})[a-z0-9]*[-_]?embed|embed[a-z0-9]*[-_]{{0,2}}(?:{_SITES})", re.IGNORECASE)
_NO_CONTAINER = re.compile(r"timeline|share|follow|button|feed|list|grid|sidebar|widget", re.IGNORECASE)
_SELECTOR_WORDS = re.compile(r"[.\[]([A-Za-z_-]+)")
_ELEMENT_NAMES = re.compile(r"(?:^|,\s*)([a-z]+(?:(?:\\:|-)[a-z]+)*)")


def tagged(words: str) -> bool:
    """Whether words may hold a hashtag."""
    return "#" in words or "＃" in words


def read(
    tree: soup.Tree, known: tuple[Platform, ...], own: Own, wanted: Callable[[str], bool] = tagged
) -> list[Prose | Sighting]:
    """The embedded posts and links to posts of a page, with the prose that may matter to them, in document order.

    That prose is what stands beside them, the headings above them, and what is `wanted` for its words. `known` are the
    platforms to look for. Of hits inside each other the outermost that can be read is taken. What stands in JSON only
    comes last; `own` tells the page's own article from others there.
    """
    if not known:
        texts = (node.text() for node in tree.css("p, h1, h2, h3"))
        return [Prose(soup.squeeze(text)) for text in texts if wanted(text)]
    reader = _Reader(known, own, [])
    items = reader.page(tree)
    told = {item.post.platform_id for item in items if isinstance(item, Sighting) and item.post.text}
    items += state.read(
        reader.later,
        own,
        lambda html: needed(reader.inner(html), lambda _: True),
        lambda text: _tells_more(text, known, told),
    )
    return needed(items, wanted)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads a tree; `later` gathers the JSON met on the way, `vain` the lengths of elements that showed nothing."""

    known: tuple[Platform, ...]
    own: Own
    later: list[str]
    vain: list[int] = field(default_factory=list)
    depth: int = 0

    def page(self, tree: soup.Tree) -> list[Item]:  # noqa: C901  one loop for speed: calls would cost more than it
        """The items of a tree, by one walk over it."""
        likely = candidates.find(tree, self.known)
        shaped, named = likely
        items: list[Item] = []
        paragraph = Paragraph()
        of, words = paragraph.blocks.of, paragraph.words
        behind = 0  # the address of the node behind an element that is passed over
        for node in tree.root.traverse(include_text=True) if tree.root else ():
            if behind:
                if node.mem_id != behind:
                    continue
                behind = 0
            tag = node.tag
            if tag == "-text":
                text = node.text_content or ""
                if not text.isspace():
                    block = of(node.parent)
                    if block is not paragraph.block:
                        paragraph.take(items)
                        paragraph.block = block
                    words.append(text)
                elif words:
                    words.append(" ")
            elif tag == "br":
                words.append("\0")
            elif tag == "a" and node.mem_id not in shaped:
                if node.mem_id in named:
                    paragraph.link(node)
            elif tag in _SPECIAL or node.mem_id in shaped or node.mem_id in named:
                found = self._embedded(node, tag or "", likely)
                if found:
                    paragraph.take(items)
                    items += found
                if found or tag in _NO_PROSE:
                    behind = _behind(node) or -1
        paragraph.take(items)
        return items

    def inner(self, html: str) -> list[Item]:
        """The items of HTML that stands in a text, so many layers deep and no deeper."""
        if self.depth >= _DEEPEST or "<" not in html:
            return []
        return _Reader(self.known, self.own, self.later, self.vain, self.depth + 1).page(soup.parse(html))

    def _embedded(self, node: soup.Node, tag: str, likely: Candidates) -> list[Sighting]:
        """The posts that an element embeds: by a platform's shape, an address, or HTML written in it as text."""
        found: list[Sighting] = []
        if node.mem_id in likely.shaped and (sighting := self._shaped(node, tag)):
            return [sighting]
        if node.mem_id in likely.named or tag in _FRAMES:
            for name, value in islice(node.attributes.items(), _MOST_ATTRIBUTES):
                if value and len(value) >= 12 and name not in _DULL and (name != "class" or "mbed" in value):
                    found += self._attribute(node, tag, name, value, likely.shaped)
        return found[:1] if tag in _FRAMES else found + self._held(node, tag) if tag in _HOLDERS else found

    def _shaped(self, node: soup.Node, name: str) -> Sighting | None:
        if sum(self.vain) > _MOST_IN_VAIN:
            return None
        html = node.html or ""
        tried = False
        for shape, words in _shapes(self.known, name) if len(html) <= _LONGEST_EMBED else ():
            if all(any(word in html for word in some) for some in (shape.hints, words) if some):
                tried = True
                if soup.fits(node, shape.selector) and (post := shape.read(node)):
                    return Sighting(post, shape.name, html)
        if len(html) > _LONGEST_EMBED // 50:
            self.vain.append(len(html) if tried else len(html) // 10)  # read, or only written
        return None

    def _attribute(self, node: soup.Node, tag: str, name: str, value: str, hits: frozenset[int]) -> list[Sighting]:
        if "<" in value or "%3C" in value or "&lt;" in value or value[0] in "{[":
            return self._written(value)
        if tag == shortcodes.TAG:
            post = platforms.framed(value)
            return [Sighting(post, "shortcode", node.text())] if post else []
        if "//" in value or "%2F%2F" in value or "%2f%2f" in value:
            if tag in _FRAMES:
                post, shape = platforms.framed(value), "iframe"
            elif (name.startswith("data-") or name in ("cite", "url")) and name not in _NO_ADDRESS:
                is_button = _BUTTON.search(node.attributes.get("class") or "")
                post, shape = None if is_button else platforms.named(value), "data_attribute"
            else:
                return []
        elif name == "class" and "mbed" in value:
            post, shape = self._contained(node, value, hits), "container"
        else:
            return []
        if not post:
            return []
        inner = (n for n in islice(node.traverse(), _MOST_NODES) if n.mem_id in hits and n.mem_id != node.mem_id)
        shown = next((s for n in inner if (s := self._shaped(n, n.tag or "")) and s.post.key == post.key), None)
        sighting = Sighting(post, shape, (node.html or "")[:_LONGEST_CODE])
        return [shown, sighting] if shown else [sighting]

    def _contained(self, node: soup.Node, names: str, hits: frozenset[int]) -> Post | None:
        """The one post linked in an element that calls itself its embed: what a consent banner leaves of it."""
        if not _CONTAINER.search(names) or _NO_CONTAINER.search(names):
            return None
        inside = list(islice(node.traverse(), _MOST_NODES))
        if len(inside) == _MOST_NODES or any(inner.mem_id in hits or inner.tag in _FRAMES for inner in inside):
            return None
        linked = {post.key: post for a in node.css("a[href]") if (post := platforms.named(a.attributes["href"] or ""))}
        return next(iter(linked.values())) if len(linked) == 1 else None

    def _held(self, node: soup.Node, tag: str) -> list[Sighting]:
        """What a script, template or text field holds: markup to be shown later, or JSON."""
        if tag == "template":
            return self._written((node.html or "").replace("<template", "<div", 1))
        words = node.text() or ""
        if not self._may_embed(words):
            if _FLIGHT in words:
                self.later.append(words)
            return []
        kind = (node.attributes.get("type") or "").lower()
        if tag == "textarea" or "template" in kind or "html" in kind or words.lstrip()[:1] == "<":
            return self._written(words)
        self.later.append(words)
        return []

    def _written(self, text: str) -> list[Sighting]:
        """The posts embedded in HTML, or JSON, that stands in the page as text."""
        if not self._may_embed(text):
            return []
        if text.lstrip()[:1] in ("{", "["):
            self.later.append(text)
            return []
        markup = unquote(text) if "%3C" in text else text if "<" in text else unescape(text)
        return [item for item in self.inner(markup) if isinstance(item, Sighting) and item.shape != "link"]

    def _may_embed(self, text: str) -> bool:
        """Whether a text may hold a post: a quick look before it is parsed."""
        words = platforms.words(self.known)
        return any(word in text for word in words) and bool(platforms.hinted(text, self.known))


def _tells_more(text: str, known: tuple[Platform, ...], told: set[str | None]) -> bool:
    """Whether a script may tell of other posts than those whose text the page has told already."""
    if _FLIGHT in text:
        return True
    hinted = platforms.hinted(text, known)
    return any(not p.ids or any(spotted not in told for ids in p.ids for spotted in ids.findall(text)) for p in hinted)


def _behind(node: soup.Node) -> int:
    """The address of the node that follows an element and all in it; 0 at the end of the page."""
    current: soup.Node | None = node
    while current is not None:
        if current.next is not None:
            return current.next.mem_id
        current = current.parent
    return 0


@cache
def _shapes(known: tuple[Platform, ...], name: str) -> tuple[tuple[Shape, tuple[str, ...]], ...]:
    """The shapes that an element of this name may have, each with words of its selector."""
    return tuple(
        (shape, _selector_words(shape.selector))
        for platform in known
        for shape in platform.shapes
        if shape.selector.startswith("[")
        or name in {n.replace("\\", "") for n in _ELEMENT_NAMES.findall(shape.selector)}
    )


def _selector_words(selector: str) -> tuple[str, ...]:
    """Words one of which stands in all that a selector hits; () where it asks for no class or attribute."""
    parts = [_SELECTOR_WORDS.findall(part) for part in selector.split(",")]
    return tuple(word for part in parts for word in part) if all(parts) else ()
