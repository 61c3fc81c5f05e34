"""Which elements of a tree may show a post."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from archiver import platforms, soup
from archiver.platforms import Platform, Searched

__all__ = ["Candidates", "find"]

_DULL = frozenset("alt class content href height id itemprop rel role sizes srcset style target title width".split())
_NAME = re.compile(rb"[^\s\"'<>/=]+")
_COMMAS = re.compile(r",\s*(?![^()]*\))")
_PARENTHESES = re.compile(r"\([^()]*\)")
_ELEMENT = re.compile(r"[a-z](?:[a-z-]|\\:)*")
_CLASS_OR_ATTRIBUTE = re.compile(r"[.\[]([A-Za-z_-]+)")
_VALUE = re.compile(r"=\"([^\"]*)\"")
_DOTS = ("&#46;", "&#x2e;", "&period;")  # a dot written as an entity may belong to any of the words
_FAR = 200  # bytes before a word in which the name of its attribute is looked for
_MOST_NAMES = 100


class Candidates(NamedTuple):
    """The addresses of elements: those `shaped` as a platform's embed may be, and those `named` otherwise.

    These call themselves an embed, link to a platform, or have an attribute in which a platform's address may stand.
    """

    shaped: frozenset[int]
    named: frozenset[int]


def find(tree: soup.Tree, known: tuple[Platform, ...]) -> Candidates:
    """The elements of a tree that may show a post of these platforms; frames and scripts left out."""
    html = tree.raw_html.lower()
    searched = Searched(html)
    shapes = [part for part, words in _parts(known) if all(map(searched.has, words))]
    places = {word: searched.places(word.encode()) for word in (*platforms.words(known), *_DOTS)}
    is_plain = not any(places[dot] for dot in _DOTS)
    named = [f'a[href*="{word}" i]' for word in platforms.words(known) if places[word] or not is_plain]
    named += map(_attribute, sorted(_names(html, places.values()) - _DULL)[:_MOST_NAMES])
    named += ['[class*="mbed"]'] if searched.has(b"mbed") else []
    return Candidates(_addresses(tree, ", ".join(shapes)), _addresses(tree, ", ".join(named)))


@cache
def _parts(known: tuple[Platform, ...]) -> tuple[tuple[str, tuple[bytes, ...]], ...]:
    """The selectors of all shapes, each with words in lower case without which no page has what it hits."""
    parts = [part for p in known for shape in p.shapes for part in _COMMAS.split(shape.selector)]
    return tuple((part, tuple(word.encode() for word in _words(part))) for part in dict.fromkeys(parts))


def _words(selector: str) -> Iterator[str]:
    """The name of an element, and those of its classes and attributes, with what must stand in these."""
    selector = _PARENTHESES.sub("", selector)
    if name := _ELEMENT.match(selector):
        yield "<" + name[0].replace("\\", "")
    for word in _CLASS_OR_ATTRIBUTE.findall(selector) + _VALUE.findall(selector):
        yield word.lower()


def _addresses(tree: soup.Tree, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in tree.css(selector)) if selector else frozenset()


def _names(html: bytes, places: Iterable[list[int]]) -> set[str]:
    """The names of the attributes in whose values one of the places lies, with some that are none.

    A value holds no quote of its own kind, so the last one before a place is where the value begins.
    """
    found: set[bytes] = set()
    for some in places:
        before = 0
        for at in some:
            for start in (html.rfind(b'"', before, at), html.rfind(b"'", before, at)):
                if start >= 0 and html[max(start - 10, 0) : start].rstrip().endswith(b"="):
                    found.update(_NAME.findall(html, max(start - _FAR, 0), start)[-1:])
            for unquoted in html[max(at - _FAR, 0) : at].split()[-1:]:
                if b"=" in unquoted:
                    found.update(_NAME.findall(unquoted.partition(b"=")[0])[-1:])
            before = at
    return {name.decode("utf-8", "replace") for name in found}


def _attribute(name: str) -> str:
    """The selector of an attribute, whatever its letters."""
    return f"[{''.join(c if c.isalpha() else f'{chr(92)}{ord(c):x} ' for c in name)}]"
