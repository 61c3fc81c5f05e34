"""Two wordings compared: what was left out and added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Part", "parts"]

_MOST_WORDS = 1500  # beyond these the comparison would take too long
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Part:
    """Some letters; `kind` is `same`, `left_out` (only the main text has them) or `added` (only the other)."""

    kind: str
    text: str


def parts(main: str, other: str) -> tuple[Part, ...]:
    """The other text beside the main one, word by word; too long texts come back whole, one after the other."""
    one, two = _WORDS.findall(main), _WORDS.findall(other)
    if len(one) > _MOST_WORDS or len(two) > _MOST_WORDS:
        return tuple(part for part in (Part("left_out", main), Part("added", other)) if part.text)
    found: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Part("same", "".join(one[a:b])))
        else:
            found += [Part("left_out", "".join(one[a:b])), Part("added", "".join(two[c:d]))]
    return tuple(part for part in found if part.text)
