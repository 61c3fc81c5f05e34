"""A web page's tree to prose and sightings, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archiver import soup
from archiver.model import Prose, Sighting
from archiver.platforms import PLATFORMS, Shape

__all__ = ["read"]

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "blockquote", "pre", "dd", "li"))
_NO_PROSE = frozenset("button footer form nav noscript option script select style svg template textarea title".split())
_SENTENCE = 60  # characters: what stands in a bare div or cell counts as prose from this length on


def read(tree: soup.Tree) -> list[Prose | Sighting]:
    """The paragraphs, headings and embedded posts of a page, in document order.

    Of hits inside each other the outermost that can be read is taken.
    """
    if tree.body is None:
        return []
    return list(_walk(tree.body, _hits(tree)))


def _hits(tree: soup.Tree) -> dict[int, list[Shape]]:
    """Which shapes each element of the page may have, by the element's address."""
    hits: dict[int, list[Shape]] = {}
    for platform in PLATFORMS:
        for shape in platform.shapes:
            for node in tree.css(shape.selector):
                hits.setdefault(node.mem_id, []).append(shape)
    return hits


@dataclass(slots=True)
class _Paragraph:
    """The block whose words are being gathered."""

    block: int = 0
    tag: str = ""
    words: list[str] = field(default_factory=list)

    def take(self) -> Iterator[Prose]:
        """The gathered words as prose, where they are some."""
        for words in "".join(self.words).split("\n\n"):
            text = soup.squeeze(words)
            heading = self.tag in _HEADINGS
            if text and (heading or self.tag in _PROSE or len(text) >= _SENTENCE):
                yield Prose(text, heading)
        self.words.clear()


def _walk(body: soup.Node, hits: dict[int, list[Shape]]) -> Iterator[Prose | Sighting]:
    paragraph = _Paragraph()
    node: soup.Node | None = body
    while node is not None:
        enter = True
        if node.is_text_node:
            block = _block(node, body)
            if block.mem_id != paragraph.block:
                yield from paragraph.take()
                paragraph.block, paragraph.tag = block.mem_id, block.tag or ""
            paragraph.words.append((node.text_content or "").replace("\n", " "))
        elif node.mem_id in hits and (sighting := _sighting(node, hits[node.mem_id])):
            yield from paragraph.take()
            yield sighting
            enter = False
        elif node.tag in _NO_PROSE and not _any_hit(node, hits):
            enter = False
        elif node.tag == "br":
            paragraph.words.append("\n")
        node = _following(node, body, enter)
    yield from paragraph.take()


def _sighting(node: soup.Node, shapes: list[Shape]) -> Sighting | None:
    html = node.html or ""
    tag = soup.fragment(html)
    for shape in shapes:
        post = shape.read(tag)
        if post:
            return Sighting(post, shape.name, html)
    return None


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


def _block(node: soup.Node, body: soup.Node) -> soup.Node:
    """The block in whose paragraph a text stands."""
    parent = node.parent
    while parent is not None and parent.tag not in _BLOCKS:
        parent = parent.parent
    return parent or body


def _any_hit(node: soup.Node, hits: dict[int, list[Shape]]) -> bool:
    return bool(hits) and any(n.mem_id in hits for n in node.traverse())
