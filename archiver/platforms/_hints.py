"""Words without which no page holds a platform's post."""

from __future__ import annotations

import re
from typing import NamedTuple

import stringzilla

__all__ = ["Hint", "Searched", "compiled"]

_SLASHES = rb"(?:\\*/|\\+u002[fF]|%(?:25)?2[fF]|&#x2[fF];|&#0?47;|&sol;)+"  # as HTML, JSON and addresses may write it
_ADDRESS = rb"[^\s\"'<>]{0,300}?"  # what may stand in one address
_SHORT = 2000  # bytes, below which Python's own search is the quicker one
_NEAR = 300  # bytes around a word in which the rest of its hint must stand
_MOST_PLACES = 2000


class Hint(NamedTuple):
    """A word, with what must stand near it, or be matched right behind it."""

    word: bytes
    near: bytes | None = None
    then: re.Pattern[bytes] | None = None


def compiled(hint: bytes) -> Hint:
    """A hint as `Platform` has it: `word`, `word&near`, `word>pattern` or `word~pattern`."""
    word, sign, rest = re.fullmatch(rb"([^&>~]+)([&>~]?)(.*)", hint).groups()  # type: ignore[union-attr]
    if sign in (b"", b"&"):
        return Hint(word, near=rest or None)
    begin = _ADDRESS if sign == b"~" else b""
    return Hint(word, then=re.compile(begin + rb"(?:" + rest.replace(b"/", _SLASHES) + rb")"))


class Searched:
    """Bytes that are asked for hints, each word sought once."""

    __slots__ = ("_found", "_haystack", "_text")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._haystack = text if len(text) < _SHORT else stringzilla.Str(text)
        self._found: dict[bytes, list[int]] = {}

    def holds(self, hint: Hint) -> bool:
        """Whether a hint stands in the text; also where its word stands in too many places to look at each."""
        word, near, then = hint
        found = self._found.get(word)
        if found is None:
            found = self._found[word] = self.places(word, _MOST_PLACES if near or then else 1)
        if not found or not (near or then) or len(found) == _MOST_PLACES:
            return bool(found)
        if then:
            return any(then.match(self._text, at + len(word)) for at in found)
        return any(self._text.find(near, max(at - _NEAR, 0), at + _NEAR) >= 0 for at in found) if near else False

    def has(self, word: bytes) -> bool:
        """Whether a word stands in the text."""
        return self.holds(Hint(word))

    def places(self, word: bytes, most: int | None = None) -> list[int]:
        """Where a word stands in the text, so many places at most."""
        found: list[int] = []
        at = self._haystack.find(word)
        while at >= 0 and (most is None or len(found) < most):
            found.append(at)
            at = self._haystack.find(word, at + len(word))
        return found
