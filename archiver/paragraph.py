"""A block's words to prose and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from archiver import platforms, soup
from archiver.model import Post, Prose, Sighting

__all__ = ["Block", "Blocks", "Paragraph"]

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_PROSE = frozenset(("p", "blockquote", "pre", "dd", "li"))
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


class Block(NamedTuple):
    """A block of a page: its element's name, and whether it stands in an `aside` or else `beside` the article."""

    tag: str = ""
    place: str = ""

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS and not self.place

    @property
    def is_prose(self) -> bool:
        """Whether its words are prose however short."""
        return self.is_heading or (self.tag in _PROSE and self.place != "beside")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a tree, by the addresses of the elements in them."""

    known: dict[int, Block] = field(default_factory=dict)

    def of(self, node: soup.Node | None) -> Block:
        """The block in which the words of an element stand."""
        passed: list[tuple[int, str]] = []
        block: Block | None = None
        while node is not None and (block := self.known.get(address := node.mem_id)) is None:
            passed.append((address, node.tag or ""))
            node = node.parent
        block = block or Block()
        for address, tag in reversed(passed):
            if tag in _BLOCKS:
                block = Block(tag, _PLACES.get(tag, block.place or ("aside" if tag == "aside" else "")))
            self.known[address] = block
        return block


@dataclass(slots=True)
class Paragraph:
    """The words of the block that is being read, with the links to posts among them; a break of the line is a NUL."""

    block: Block = field(default_factory=Block)
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, Post]] = field(default_factory=list)

    def link(self, node: soup.Node) -> None:
        """Keeps a link to a post, unless it is the date of a tweet in a site's own timeline."""
        if post := platforms.named(node.attributes.get("href") or ""):
            words = node.text().strip()
            if not _AGO.fullmatch(words):
                self.links.append((words, post))

    def take(self) -> list[Prose | Sighting]:
        """The gathered words as prose, where they are some, or as the posts of which they are the addresses."""
        text, links, self.words, self.links = "".join(self.words), self.links, [], []
        found: list[Prose | Sighting] = []
        for part in text.split("\0\0") if links or len(text) >= _SENTENCE or "/" in text or self.block.is_prose else ():
            lines = [" ".join(line.split()) for line in part.split("\0")]
            found += self._part("\n".join(lines).strip(), links)
        found += [Sighting(post, "link") for _, post in links]
        return found

    def _part(self, text: str, links: list[tuple[str, Post]]) -> Iterator[Prose | Sighting]:
        lines = text.split("\n") if "/" in text and len(text) < _LONGEST_LIST else []
        if addresses := _addresses(lines, dict(links)):
            links[:] = [(words, post) for words, post in links if words not in lines]
            for line, post in addresses:
                yield Sighting(post, "bare_url", line)
        elif text and (len(text) >= _SENTENCE or self.block.is_prose):
            yield Prose(text, self.block.is_heading)
            shown = {words for words, _ in links}
            for match in _URL.finditer(text) if "//" in text else ():
                if match[0] not in shown and (named := platforms.named(match[0])):
                    yield Sighting(named, "link")


def _addresses(lines: list[str], links: dict[str, Post]) -> list[tuple[str, Post]]:
    """The post of each line, where every line is the address of one; else nothing."""
    found: list[tuple[str, Post]] = []
    for line in lines:
        post = None if " " in line else links.get(line) or platforms.named(line)
        if post is None:
            return []
        found.append((line, post))
    return found
