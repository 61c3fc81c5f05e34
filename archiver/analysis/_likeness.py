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
    some = process.extract(words, texts, scorer=LCSseq.similarity, processor=None, score_cutoff=least, limit=None)
    found = [(_likeness(words, text, alike), at) for text, _, at in some]
    return max((each for each in found if each[0] >= alike), key=lambda each: (each[0], -each[1]), default=None)


def plain(text: str) -> str:
    """Letters and digits of the words that are no links, small, with single blanks between words."""
    if "/" in text:
        text = _LINK.sub(" ", text)
    return " ".join(default_process(text).split())


def _likeness(words: str, text: str, alike: float) -> float:
    """The likeness, or 0 where it is below `alike`."""
    most = fuzz.ratio(words, text, score_cutoff=alike)
    if _SHORTEST <= len(words) <= len(text):
        most = max(most, fuzz.partial_ratio(words, text, score_cutoff=max(alike, most)))
    return round(most, 2)
