"""A block's words to prose and links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from archiver import platforms, soup
from archiver.model import Post, Prose, Sighting

__all__ = ["Block", "Blocks", "Paragraph", "Passage", "needed"]

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "blockquote", "pre", "dd", "li"))
_TELLING = _PROSE | _HEADINGS
_PLACES = dict.fromkeys(("article", "main", "body"), "") | dict.fromkeys(("nav", "footer", "form"), "beside")
_SENTENCE = 60  # characters: what stands in a bare div or cell counts as prose from this length on
_LONGEST_LIST = 2000  # characters of a block that may be nothing but addresses
_URL = re.compile(r"https?://[^\s<>\"]{5,500}", re.IGNORECASE)
_AGO = re.compile(
    r"(?:about |almost |over |vor |il y a |hace |há )?\d{1,3} ?(?:[smhdwy]|min|sec|sek|std|seconds?|minutes?|hours?"
    r"|days?|weeks?|months?|years?|minuten?|stunden?|tagen?|wochen?|heures?|jours?|semaines?|minutos?|horas?|d[ií]as?)\.?"
    r"(?: ago| fa)?",
    re.IGNORECASE,
)
_BEFORE, _AFTER = 5, 6  # paragraphs that `embeds.place` looks at before and after a post


class Block:
    """A block of a page: its element and that one's name; by identity another one than all others."""

    __slots__ = ("node", "tag")

    def __init__(self, node: soup.Node | None = None, tag: str = "") -> None:
        self.node = node
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a tree, by the addresses of the elements in them, and the places where these stand."""

    known: dict[int, Block] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    none: Block = field(default_factory=Block)

    def of(self, node: soup.Node | None) -> Block:
        """The block in which the words of an element stand."""
        passed: list[int] = []
        block: Block | None = None
        while node is not None and (block := self.known.get(address := node.mem_id)) is None:
            passed.append(address)
            if (tag := node.tag or "") in _BLOCKS:
                block = Block(node, tag)
                break
            node = node.parent
        block = block or self.none
        for address in passed:
            self.known[address] = block
        return block

    def prose(self, text: str, block: Block) -> Prose | None:
        """The text as prose, where it is some: in a block for prose however short, in others as long as a sentence."""
        place = self._place(block) if block.tag in _TELLING else ""
        is_heading = block.tag in _HEADINGS and not place
        is_prose = is_heading or (block.tag in _PROSE and place != "beside") or len(text) >= _SENTENCE
        return Prose(text, is_heading) if text and is_prose else None

    def _place(self, block: Block) -> str:
        """Whether a block stands in an `aside` or else `beside` the article."""
        passed: list[tuple[int, str]] = []
        node, place = block.node, ""
        while node is not None:
            address, tag = node.mem_id, node.tag or ""
            if (known := self.places.get(address, _PLACES.get(tag))) is not None:
                place = known
                break
            passed.append((address, tag))
            node = node.parent
        for address, tag in reversed(passed):
            place = place or ("aside" if tag == "aside" else "")
            self.places[address] = place
        return place


class Passage:
    """Words of a block that are prose maybe, not yet looked at."""

    __slots__ = ("block", "blocks", "words")

    def __init__(self, words: str, block: Block, blocks: Blocks) -> None:
        self.words = words
        self.block = block
        self.blocks = blocks

    def prose(self) -> list[Prose]:
        """The prose in the words."""
        return [prose for part in self.words.split("\0\0") if (prose := self.blocks.prose(_cleaned(part), self.block))]


Item = Prose | Sighting | Passage


@dataclass(slots=True)
class Paragraph:
    """The words of the block that is being read, with the links to posts among them; a break of the line is a NUL."""

    blocks: Blocks = field(default_factory=Blocks)
    block: Block | None = None
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, Post]] = field(default_factory=list)

    def link(self, node: soup.Node) -> None:
        """Keeps a link to a post, unless it is the date of a tweet in a site's own timeline."""
        if post := platforms.named(node.attributes.get("href") or ""):
            words = node.text().strip()
            if not _AGO.fullmatch(words):
                self.links.append((words, post))

    def take(self, items: list[Item]) -> None:
        """Adds the gathered words, where they may be prose or the addresses of posts, and the posts linked in them."""
        text = "".join(self.words)
        self.words.clear()
        block = self.block or self.blocks.none
        if self.links or ("/" in text and _is_addressed(text)):
            links, self.links = self.links, []
            for part in map(_cleaned, text.split("\0\0")):
                items += self._part(part, block, links)
            items += [Sighting(post, "link") for _, post in links]
        elif len(text) >= _SENTENCE or block.tag in _TELLING:
            items.append(Passage(text, block, self.blocks))

    def _part(self, text: str, block: Block, links: list[tuple[str, Post]]) -> Iterator[Prose | Sighting]:
        lines = text.split("\n") if "/" in text and len(text) < _LONGEST_LIST else []
        if addresses := _addresses(lines, dict(links)):
            links[:] = [(words, post) for words, post in links if words not in lines]
            for line, post in addresses:
                yield Sighting(post, "bare_url", line)
        elif prose := self.blocks.prose(text, block):
            yield prose
            shown = {words for words, _ in links}
            for match in _URL.finditer(text) if "//" in text else ():
                if match[0] not in shown and (named := platforms.named(match[0])):
                    yield Sighting(named, "link")


def needed(items: list[Item], wanted: Callable[[str], bool]) -> list[Prose | Sighting]:
    """The posts, with the prose beside them, the headings above them, and what is wanted for its words."""
    kept: list[list[Prose]] = [
        item.prose() if isinstance(item, Passage) and wanted(item.words) else [] for item in items
    ]
    count, is_heading_wanted = 0, False  # of paragraphs before the post that was met last, on the way to the front
    for place in range(len(items) - 1, -1, -1):
        item = items[place]
        if isinstance(item, Sighting):
            count, is_heading_wanted = _BEFORE, True
        elif count or (is_heading_wanted and _is_headed(item)):
            prose = kept[place] = kept[place] or _prose(item)
            is_heading_wanted = is_heading_wanted and not any(p.heading for p in prose)
            count = max(count - sum(not p.heading for p in prose), 0)
    count = 0
    for place, item in enumerate(items):
        if isinstance(item, Sighting):
            count = _AFTER
        elif count:
            prose = kept[place] = kept[place] or _prose(item)
            count = max(count - sum(not p.heading for p in prose), 0)
    found: list[Prose | Sighting] = []
    for item, some in zip(items, kept, strict=True):
        found += some if isinstance(item, Passage) else [item]
    return found


def _cleaned(words: str) -> str:
    """A part of a passage, its blanks folded, with its breaks of lines."""
    return "\n".join([" ".join(line.split()) for line in words.split("\0")]).strip()


def _is_addressed(text: str) -> bool:
    """Whether the address of a post may stand in a text."""
    lowered = text.lower()
    return any(word in lowered for word in platforms.words(platforms.PLATFORMS))


def _addresses(lines: list[str], links: dict[str, Post]) -> list[tuple[str, Post]]:
    """The post of each line, where every line is the address of one; else nothing."""
    found: list[tuple[str, Post]] = []
    for line in lines:
        post = None if " " in line else links.get(line) or platforms.named(line)
        if post is None:
            return []
        found.append((line, post))
    return found


def _is_headed(item: Item) -> bool:
    return item.block.tag in _HEADINGS if isinstance(item, Passage) else isinstance(item, Prose) and item.heading


def _prose(item: Item) -> list[Prose]:
    return item.prose() if isinstance(item, Passage) else [item] if isinstance(item, Prose) else []
