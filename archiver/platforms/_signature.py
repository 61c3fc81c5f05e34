"""The signature `— Name (@handle)` in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["signed"]

_NAME_AT_MOST = 100  # characters, with room for emoji
_DASHES = "—–―‒−-"


def signed(text: str, handle: re.Pattern[str]) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, name and handle of each `— Name (@handle)`; `handle` matches `(@handle)`, its group 1 the handle."""
    floor = 0
    for match in handle.finditer(text):
        line = _line(text, match.start(), floor)
        before = text[line : match.start()]
        dash = _dash(before)
        if dash is None and not before.strip():  # the name stands in the line above
            line = _line(text, max(line - 1, floor), floor)
            before = text[line : match.start()]
            dash = _dash(before)
        if dash is None:
            continue
        name = " ".join(before[dash:].lstrip(f"{_DASHES} \t\xa0").split())
        if name and len(name) <= _NAME_AT_MOST:
            yield line + dash, match.end(), name, match[1]
            floor = match.end()


def _line(text: str, end: int, floor: int) -> int:
    """Where the line that holds `end` begins, not before `floor` nor further back than a name can reach."""
    reach = max(floor, end - 2 * _NAME_AT_MOST)
    return max(text.rfind("\n", reach, end) + 1, reach)


def _dash(before: str) -> int | None:
    """Where the dash of a signature stands in the words before its handle: at their start, else the longest, last."""
    start = len(before) - len(before.lstrip())
    if before[start:].startswith(tuple(_DASHES)):
        return start
    for dash in ("—", "―", "–", " -- ", " - "):
        if (found := before.rfind(dash)) >= 0:
            return found + len(dash) - len(dash.lstrip())
    return None
