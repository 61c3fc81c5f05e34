"""Quartiles of numbers."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["quartiles"]


def quartiles(ordered: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The first quartile, median and third quartile of sorted numbers, interpolated as R (type 7) and NumPy do."""
    if not ordered:
        return None, None, None
    first, median, third = (_at(ordered, part) for part in (0.25, 0.5, 0.75))
    return first, median, third


def _at(ordered: Sequence[float], part: float) -> float:
    place = (len(ordered) - 1) * part
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 6)
