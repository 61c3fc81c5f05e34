"""How much quoted words are like the texts of posts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq
from rapidfuzz.utils import default_process

__all__ = ["best", "likeness", "plain"]

_SHORTEST = 12  # characters: shorter quotations are compared whole only
_LINK = re.compile(r"(?:https?://|pic\.(?:twitter|x)\.com/|t\.co/)\S*")


def likeness(words: str, text: str) -> float:
    """How much quoted words are like a post's text, from 0 to 100; a part of it is as good as the whole."""
    found = best(plain(words), [plain(text)], 0.0)
    return found[0] if found else 0.0


def best(words: str, texts: Sequence[str], alike: float) -> tuple[float, int] | None:
    """The likeness of the text that is most like some words and its place, the first of several; None below `alike`.

    Words and texts are plain ones.
    """
    # With n letters of the words in a text in their order, out of l, no likeness is above 200 * n / (l + n).
    least = int(len(words) * alike / (200 - alike))
    some = process.extract_iter(words, texts, scorer=LCSseq.similarity, processor=None, score_cutoff=least)
    near = {at: text for text, _, at in some}
    whole = process.extractOne(words, near, scorer=fuzz.ratio, processor=None, score_cutoff=alike) if near else None
    found = [(whole[1], -whole[2])] if whole else []
    if near and len(words) >= _SHORTEST:
        longer = {at: text for at, text in near.items() if len(text) >= len(words)}
        cutoff = max(alike, whole[1] if whole else 0)
        part = process.extractOne(words, longer, scorer=fuzz.partial_ratio, processor=None, score_cutoff=cutoff)
        found += [(part[1], -part[2])] if part else []
    if not found:
        return None
    most, at = max(found)
    return round(most, 2), -at


def plain(text: str) -> str:
    """Letters and digits of the words that are no links, small, with single blanks between words."""
    if "/" in text:
        text = _LINK.sub(" ", text)
    told = default_process(text)
    return " ".join(told.split()) if "  " in told else told
