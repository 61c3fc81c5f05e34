"""A block's words to prose and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from archiver import platforms, soup
from archiver.model import Post, Prose, Sighting

__all__ = ["HEADINGS", "PROSE", "Paragraph"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
PROSE = HEADINGS | {"p", "blockquote", "pre", "dd", "li"}
_SENTENCE = 60  # characters: what stands in a bare div or cell counts as prose from this length on
_LONGEST_LIST = 2000  # characters of a block that may be nothing but addresses
_URL = re.compile(r"https?://[^\s<>\"]{5,500}", re.IGNORECASE)
_AGO = re.compile(
    r"(?:about |almost |over |vor |il y a |hace |há )?\d{1,3} ?(?:[smhdwy]|min|sec|sek|std|seconds?|minutes?|hours?"
    r"|days?|weeks?|months?|years?|minuten?|stunden?|tagen?|wochen?|heures?|jours?|semaines?|minutos?|horas?|d[ií]as?)\.?"
    r"(?: ago| fa)?",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Paragraph:
    """The words of the block that is being read, with the links to posts among them.

    `tag` and `block` are the block's name and address; in `words` a break of the line is a NUL.
    """

    tag: str = ""
    block: int = 0
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, Post]] = field(default_factory=list)

    def link(self, node: soup.Node) -> None:
        """Keeps a link to a post, unless it is the date of a tweet in a site's own timeline."""
        words = node.text().strip()
        if not _AGO.fullmatch(words) and (post := platforms.named(node.attributes["href"] or "")):
            self.links.append((words, post))

    def take(self) -> Iterator[Prose | Sighting]:
        """The gathered words as prose, where they are some, or as the posts of which they are the addresses."""
        if not self.words and not self.links:
            return
        text, links = "".join(self.words), self.links.copy()
        self.words.clear()
        self.links.clear()
        for part in text.split("\0\0"):
            lines = [" ".join(line.split()) for line in part.split("\0")]
            yield from self._part("\n".join(lines).strip(), links)
        for _, post in links:
            yield Sighting(post, "link")

    def _part(self, text: str, links: list[tuple[str, Post]]) -> Iterator[Prose | Sighting]:
        lines = text.split("\n") if "/" in text and len(text) < _LONGEST_LIST else []
        if addresses := _addresses(lines, dict(links)):
            links[:] = [(words, post) for words, post in links if words not in lines]
            for line, post in addresses:
                yield Sighting(post, "bare_url", line)
        elif text and (self.tag in PROSE or len(text) >= _SENTENCE):
            yield Prose(text, self.tag in HEADINGS)
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
