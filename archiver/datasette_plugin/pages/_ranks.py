"""What there is most of, as lists with bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Rank", "ranks"]


@dataclass(frozen=True, slots=True)
class Rank:
    """One line: its words, its page, its number, and its share of the largest in percent."""

    label: str
    href: str
    number: int
    share: float


def ranks(told: Iterable[tuple[str, str, int]]) -> list[Rank]:
    """Lines for (label, address, number), in their order."""
    lines = list(told)
    most = max((number for _, _, number in lines), default=0) or 1
    return [Rank(label, href, number, round(100 * number / most, 1)) for label, href, number in lines]
