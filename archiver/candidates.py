"""Which elements of a tree may show a post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import stringzilla

from archiver import soup
from archiver.platforms import Platform

__all__ = ["Candidates", "find", "words"]

_DULL = frozenset("alt class content href height id itemprop rel role sizes srcset style target title width".split())
_NAME = re.compile(rb"[^\s\"'<>/=]+")
_FAR = 200  # bytes before a word in which the name of its attribute is looked for
_MOST_NAMES = 100


class Candidates(NamedTuple):
    """The addresses of elements: those `shaped` as a platform's embed may be, and those `named` otherwise.

    These call themselves an embed, link to a platform, or have an attribute in which a platform's address may stand.
    """

    shaped: frozenset[int]
    named: frozenset[int]


def find(tree: soup.Tree, known: tuple[Platform, ...]) -> Candidates:
    """The elements of a tree that may show a post of these platforms, frames and scripts left out."""
    wanted = words(known)
    names = sorted(_names(tree.raw_html, wanted) - _DULL)[:_MOST_NAMES]
    named = ('[class*="mbed"]', *(f'a[href*="{word}" i]' for word in wanted), *map(_attribute, names))
    return Candidates(_addresses(tree, _shapes(known)), _addresses(tree, ", ".join(named)))


@cache
def words(known: tuple[Platform, ...]) -> tuple[str, ...]:
    """Words one of which stands in every address of a post; none holds another."""
    sites = {site if "." in site else f"{site}." for platform in known for site in platform.sites}
    sites |= {"/@", "/users/"} if any(not platform.sites for platform in known) else set()
    return tuple(sorted(site for site in sites if not any(other in site for other in sites - {site})))


@cache
def _shapes(known: tuple[Platform, ...]) -> str:
    return ", ".join(shape.selector for platform in known for shape in platform.shapes)


def _addresses(tree: soup.Tree, selector: str) -> frozenset[int]:
    return frozenset(node.mem_id for node in tree.css(selector)) if selector else frozenset()


def _names(html: bytes, wanted: tuple[str, ...]) -> set[str]:
    """The names of the attributes in whose values one of the words stands, with some that are none.

    A value holds no quote of its own kind, so the last one before a word is where the value begins.
    """
    found: set[bytes] = set()
    for word in wanted:
        before = 0
        for at in _places(html, word.encode()):
            for start in (html.rfind(b'"', before, at), html.rfind(b"'", before, at)):
                if start >= 0 and html[max(start - 10, 0) : start].rstrip().endswith(b"="):
                    found.update(_NAME.findall(html, max(start - _FAR, 0), start)[-1:])
            for unquoted in html[max(at - _FAR, 0) : at].split()[-1:]:
                if b"=" in unquoted:
                    found.update(_NAME.findall(unquoted.partition(b"=")[0])[-1:])
            before = at
    return {name.decode("utf-8", "replace").lower() for name in found}


def _places(html: bytes, word: bytes) -> Iterator[int]:
    searched = stringzilla.Str(html)
    at = searched.find(word)
    while at >= 0:
        yield at
        at = searched.find(word, at + len(word))


def _attribute(name: str) -> str:
    """The selector of an attribute, whatever its letters."""
    return f"[{''.join(c if c.isalpha() else f'{chr(92)}{ord(c):x} ' for c in name)}]"
