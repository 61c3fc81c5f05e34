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
_NO_PROSE = frozenset("button option script select style svg template textarea title".split())
_SENTENCE = 60  # characters: what stands in a bare div or cell counts as prose from this length on
_HOLDERS = frozenset(("textarea", "template", "script"))
_FRAMES = frozenset(("iframe", "amp-iframe", "embed", "object"))
_POST = re.compile(
    r"(?:status(?:es)?|/p|/reel|posts|videos|video|embed|/post|/v|href|u002[fF]p|%2Fp)(?:\\*/|\\+u002[fF]|%2[fF]|=)"
    r"|blockquote|tweet_?id|data-tweet",
    re.IGNORECASE,
)
_SITES = (
    "twitter|tweet|instagram|insta|facebook|fb|tiktok|threads|bluesky|mastodon|youtube|vimeo|reddit|telegram|social"
)
_CONTAINER = re.compile(rf"(?:{_SITES})[a-z0-9]*[-_]?embed|embed[a-z0-9]*[-_]{{0,2}}(?:{_SITES})", re.IGNORECASE)
_NO_CONTAINER = re.compile(r"timeline|share|follow|button|feed|list|grid|sidebar|widget", re.IGNORECASE)
_DEEPEST = 3  # layers of HTML written as text inside HTML
_NO_ADDRESS = ("data-share", "data-text", "data-count", "data-shareurl", "data-widget-id", "data-screen-name")


def read(tree: soup.Tree, known: tuple[Platform, ...], own: Own) -> list[Prose | Sighting]:
    """The paragraphs, headings, embedded posts and links to posts of a page, in document order.

    `known` are the platforms to look for. Of hits inside each other the outermost that can be read is taken. What
    stands in JSON only comes last; `own` tells the page's own article from others there.
    """
    if not known:
        return _tagged(tree)
    later: list[object] = []
    reader = _Reader(known, own, later)
    items = list(reader.page(tree))
    for value in later:
        items += state.read(value, own, reader.inner)
    return items


def _tagged(tree: soup.Tree) -> list[Prose | Sighting]:
    """The paragraphs that may hold a hashtag, of a page that holds no post."""
    texts = (node.text() for node in tree.css("p, h1, h2, h3"))
    return [Prose(soup.squeeze(text)) for text in texts if "#" in text or "＃" in text]


@dataclass(slots=True)
class _Paragraph:
    """The words of the block that is open, with the links to posts among them."""

    words: list[str] = field(default_factory=list)
    links: list[tuple[Post, str]] = field(default_factory=list)

    def take(self, block: str) -> Iterator[Prose | Sighting]:
        """The gathered words as prose, where they are some, or as the posts of which they are the addresses."""
        text = "".join(self.words)
        self.words.clear()
        links = {words.strip(): post for post, words in self.links}
        self.links.clear()
        if text and not text.isspace():
            for part in text.split("\0\0"):
                yield from _prose(soup.squeeze(part.replace("\n", " ").replace("\0", "\n")), block, links)
        for post in links.values():
            yield Sighting(post, "link")


def _prose(text: str, block: str, links: dict[str, Post]) -> Iterator[Prose | Sighting]:
    lines = text.split("\n") if "/" in text and len(text) < 2000 else ()
    if lines and all(" " not in line and (line in links or platforms.named(line)) for line in lines):
        for line in lines:
            post = links.pop(line, None) or platforms.named(line)
            if post:
                yield Sighting(post, "bare_url", line)
    elif text and (block in _HEADINGS or block in _PROSE or len(text) >= _SENTENCE):
        yield Prose(text, block in _HEADINGS)


@dataclass(frozen=True, slots=True)
class _Reader:
    known: tuple[Platform, ...]
    own: Own
    later: list[object]  # JSON values met on the way
    depth: int = 0

    def page(self, tree: soup.Tree) -> Iterator[Prose | Sighting]:
        """The items of a tree, by one walk over it."""
        selectors = [shape.selector for platform in self.known for shape in platform.shapes]
        hits = frozenset(node.mem_id for node in tree.css(", ".join(selectors))) if selectors else frozenset()
        paragraph = _Paragraph()
        node: soup.Node | None = tree.root
        above: list[tuple[soup.Node, str]] = []  # the open elements, each with the block that it stands in
        block = ""
        while node is not None:
            child = None
            if node.is_text_node:
                words = node.text_content
                if words and (paragraph.words or not words.isspace()):
                    paragraph.words.append(words)
            elif node.is_element_node:
                tag = node.tag or ""
                found = self._element(node, tag, hits)
                if found:
                    yield from paragraph.take(block)
                    yield from found
                elif tag == "br":
                    paragraph.words.append("\0")
                elif tag not in _NO_PROSE and (child := node.first_child):
                    above.append((node, block))
                    if tag == "a":
                        self._link(node, paragraph)
                    elif tag in _BLOCKS:
                        yield from paragraph.take(block)
                        block = tag
            following = child or node.next
            while following is None and above:
                node, outer = above.pop()
                if node.tag in _BLOCKS:
                    yield from paragraph.take(block)
                block = outer
                following = node.next
            node = following
        yield from paragraph.take(block)

    def _element(self, node: soup.Node, tag: str, hits: frozenset[int]) -> list[Sighting]:
        """The posts that an element embeds: by a platform's shape, an address, or HTML written in it as text."""
        if node.mem_id in hits and (sighting := self._shaped(node)):
            return [sighting]
        if tag in _HOLDERS:
            return list(self._inside(node))
        if tag == "a":
            return []
        found: list[Sighting] = []
        for name, value in node.attributes.items():
            if not value or len(value) < 12:
                continue
            if "//" in value:
                if "<" in value or "%3C" in value or value[0] in "{[":
                    found += self._written(value)
                elif tag in _FRAMES:
                    if post := platforms.framed(value):
                        return [Sighting(post, "iframe", _code(node))]
                elif name[:5] == "data-" or name in ("cite", "url"):
                    if name not in _NO_ADDRESS and (post := platforms.named(value)):
                        return [Sighting(post, "data_attribute", _code(node))]
            elif name == "class" and "embed" in value.lower() and (post := self._contained(node, value, hits)):
                return [Sighting(post, "container", _code(node))]
            elif value[0] in "{[<" or "%3C" in value:
                found += self._written(value)
        return found

    def _shaped(self, node: soup.Node) -> Sighting | None:
        html = node.html or ""
        tag = soup.fragment(html)
        for platform in self.known:
            for shape in platform.shapes:
                if tag.css.match(shape.selector) and (post := shape.read(tag)):
                    return Sighting(post, shape.name, html)
        return None

    def _contained(self, node: soup.Node, names: str, hits: frozenset[int]) -> Post | None:
        """The one post linked in an element that calls itself its embed: what a consent banner leaves of it."""
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
        for value in attributes.values():
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
            if _may_embed(text):
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
        return list(_Reader(self.known, self.own, self.later, self.depth + 1).page(soup.parse(html)))

    def _link(self, node: soup.Node, paragraph: _Paragraph) -> None:
        href = node.attributes.get("href")
        if href and (post := platforms.named(href)):
            paragraph.links.append((post, node.text(deep=True)))


def _may_embed(text: str) -> bool:
    """Whether a script's or attribute's JSON may hold a post: a quick look before it is parsed."""
    return bool(_POST.search(text))


def _code(node: soup.Node) -> str:
    return (node.html or "")[:20_000]
