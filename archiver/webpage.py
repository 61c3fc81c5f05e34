"""A web page's tree to prose and sightings, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from archiver import platforms, soup, state
from archiver.model import Post, Prose, Sighting
from archiver.platforms import Platform
from archiver.state import Own

__all__ = ["read"]

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "blockquote", "pre", "dd", "li"))
_NO_PROSE = frozenset("button footer form nav noscript option script select style svg template textarea title".split())
_SENTENCE = 60  # characters: what stands in a bare div or cell counts as prose from this length on
_FRAMES = frozenset(("iframe", "amp-iframe", "embed", "object"))
_POST = re.compile(
    r"(?:status(?:es)?|/p|/reel|posts|videos|video|embed|/post|/v|href|u002[fF]p|%2Fp)(?:\\*/|\\+u002[fF]|%2[fF]|=)"
    r"|blockquote|tweet_?id|data-tweet",
    re.IGNORECASE,
)
_SITES = "twitter|tweet|instagram|insta|facebook|fb|tiktok|threads|bluesky|mastodon|youtube|vimeo|reddit|telegram|social"
_CONTAINER = re.compile(rf"(?:{_SITES})[a-z0-9]*[-_]?embed|embed[a-z0-9]*[-_]{{0,2}}(?:{_SITES})", re.IGNORECASE)
_NO_CONTAINER = re.compile(r"timeline|share|follow|button|feed|list|grid|sidebar|widget", re.IGNORECASE)
_DEEPEST = 3  # layers of HTML written as text inside HTML
_NO_ADDRESS = ("data-share", "data-text", "data-count", "data-shareurl", "data-widget-id", "data-screen-name")


def read(html: str, known: tuple[Platform, ...], own: Own) -> list[Prose | Sighting]:
    """The paragraphs, headings, embedded posts and links to posts of a page, in document order.

    `known` are the platforms to look for. Of hits inside each other the outermost that can be read is taken. What
    stands in JSON only comes last; `own` tells the page's own article from others there.
    """
    later: list[object] = []
    reader = _Reader(known, own, later)
    items = list(reader.page(html))
    for value in later:
        items += state.read(value, own, reader.inner)
    return items


@dataclass(slots=True)
class _Paragraph:
    """The block whose words are being gathered, with the links to posts in it."""

    block: int = 0
    tag: str = ""
    words: list[str] = field(default_factory=list)
    links: list[tuple[Post, str]] = field(default_factory=list)

    def take(self) -> Iterator[Prose | Sighting]:
        """The gathered words as prose, where they are some, or as the post of which they are the address."""
        links = {words.strip(): post for post, words in self.links}
        for words in "".join(self.words).split("\n\n"):
            text = soup.squeeze(words)
            lines = text.split("\n") if len(text) < 2000 else [text]
            if text and all(_is_address(line) and (line in links or platforms.named(line)) for line in lines):
                for line in lines:
                    post = links.pop(line, None) or platforms.named(line)
                    if post:
                        yield Sighting(post, "bare_url", line)
                continue
            if text and (self.tag in _HEADINGS or self.tag in _PROSE or len(text) >= _SENTENCE):
                yield Prose(text, self.tag in _HEADINGS)
        for post in links.values():
            yield Sighting(post, "link")
        self.words.clear()
        self.links.clear()


@dataclass(frozen=True, slots=True)
class _Reader:
    known: tuple[Platform, ...]
    own: Own
    later: list[object]  # JSON values met on the way
    depth: int = 0

    def page(self, html: str) -> Iterator[Prose | Sighting]:
        tree = soup.parse(html)
        if tree.root is not None:
            yield from self._walk(tree.root, self._hits(tree))

    def _hits(self, tree: soup.Tree) -> frozenset[int]:
        """The addresses of the elements that may have a platform's shape."""
        selectors = [shape.selector for platform in self.known for shape in platform.shapes]
        return frozenset(node.mem_id for node in tree.css(", ".join(selectors))) if selectors else frozenset()

    def _walk(self, root: soup.Node, hits: frozenset[int]) -> Iterator[Prose | Sighting]:
        paragraph = _Paragraph()
        node: soup.Node | None = root
        while node is not None:
            enter = True
            if node.is_text_node:
                block = _block(node, root)
                if block.mem_id != paragraph.block:
                    yield from paragraph.take()
                    paragraph.block, paragraph.tag = block.mem_id, block.tag or ""
                paragraph.words.append((node.text_content or "").replace("\n", " "))
            elif node.is_element_node:
                found = list(self._element(node, hits)) if self.known else []
                if found:
                    yield from paragraph.take()
                    yield from found
                    enter = False
                elif node.tag == "br":
                    paragraph.words.append("\n")
                elif node.tag == "a" and self.known:
                    self._link(node, paragraph)
                elif node.tag in _NO_PROSE:
                    enter = node.tag in ("noscript", "footer", "form", "nav")
            node = _following(node, root, enter)
        yield from paragraph.take()

    def _element(self, node: soup.Node, hits: frozenset[int]) -> Iterator[Sighting]:
        """The posts that an element embeds, by a platform's shape, an address, or HTML written in it as text."""
        sighting = self._shaped(node) if node.mem_id in hits else None
        if sighting:
            yield sighting
            return
        if node.tag in ("textarea", "template", "script"):
            yield from self._inside(node)
            return
        if node.tag == "a":
            return
        if (held := self._contained(node, hits)):
            yield Sighting(held, "container", _code(node))
            return
        for name, value in node.attributes.items():
            if not value or len(value) < 12:
                continue
            if "<" in value or "%3C" in value or (value[0] in "{[" and _may_embed(value)):
                yield from self._written(value)
            elif node.tag in _FRAMES and "//" in value:
                if post := platforms.framed(value):
                    yield Sighting(post, "iframe", _code(node))
                    return
            elif "//" in value and (name.startswith("data-") or name in ("cite", "url")) and name not in _NO_ADDRESS:
                if post := platforms.named(value):
                    yield Sighting(post, "data_attribute", _code(node))
                    return

    def _shaped(self, node: soup.Node) -> Sighting | None:
        html = node.html or ""
        tag = soup.fragment(html)
        for platform in self.known:
            for shape in platform.shapes:
                if tag.css.match(shape.selector) and (post := shape.read(tag)):
                    return Sighting(post, shape.name, html)
        return None

    def _contained(self, node: soup.Node, hits: frozenset[int]) -> Post | None:
        """The one post linked in an element that calls itself its embed: what a consent banner leaves of it."""
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}"
        if not _CONTAINER.search(names) or _NO_CONTAINER.search(names):
            return None
        if any(inner.mem_id in hits or inner.tag in _FRAMES for inner in node.traverse()):
            return None
        linked = {post.key: post for a in node.css("a[href]") if (post := platforms.named(a.attributes["href"] or ""))}
        return next(iter(linked.values())) if len(linked) == 1 else None

    def _inside(self, node: soup.Node) -> Iterator[Sighting]:
        """What a script, template or text field holds: markup to be shown later, or JSON."""
        attributes = node.attributes
        kind = (attributes.get("type") or "").lower()
        for name, value in attributes.items():
            if value and "<" in value:
                yield from self._written(value)
        if node.tag == "template":
            yield from self._written(node.inner_html or "")
        elif node.tag == "textarea" or "template" in kind or "html" in kind:
            yield from self._written(node.text() or "")
        elif not attributes.get("src") and (words := node.text() or "") and _may_embed(words):
            self.later.extend(state.values(words))

    def _written(self, text: str) -> Iterator[Sighting]:
        """The posts embedded in HTML, or JSON, that stands in the page as text."""
        if text.lstrip()[:1] in ("{", "["):
            self.later.extend(state.values(text))
            return
        if text.startswith("%3C") or "%3Cblockquote" in text:
            text = unquote(text)
        for item in self.inner(text):
            if isinstance(item, Sighting) and item.shape != "link":
                yield item

    def inner(self, html: str) -> list[Prose | Sighting]:
        """The items of HTML that stands in a text, so many layers deep and no deeper."""
        if self.depth >= _DEEPEST or "<" not in html:
            return []
        return list(_Reader(self.known, self.own, self.later, self.depth + 1).page(html))

    def _link(self, node: soup.Node, paragraph: _Paragraph) -> None:
        href = node.attributes.get("href")
        if href and (post := platforms.named(href)):
            paragraph.links.append((post, node.text(deep=True)))


def _is_address(line: str) -> bool:
    return " " not in line and ("//" in line or "/" in line) and "." in line


def _may_embed(text: str) -> bool:
    """Whether a script's or attribute's JSON may hold a post: a quick look before it is parsed."""
    return bool(_POST.search(text))


def _code(node: soup.Node) -> str:
    return (node.html or "")[:20_000]


def _following(node: soup.Node, top: soup.Node, enter: bool) -> soup.Node | None:
    """The next node in document order, below `top`; past the node's children unless `enter`."""
    if enter and (child := node.first_child):
        return child
    current: soup.Node | None = node
    while current is not None and current.mem_id != top.mem_id:
        if current.next:
            return current.next
        current = current.parent
    return None


def _block(node: soup.Node, root: soup.Node) -> soup.Node:
    """The block in whose paragraph a text stands."""
    parent = node.parent
    while parent is not None and parent.tag not in _BLOCKS:
        parent = parent.parent
    return parent or root
