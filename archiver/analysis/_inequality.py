"""How unequally things are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archiver.analysis._answers import share

__all__ = ["Measure", "gini", "measures"]

_TOP = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of how concentrated something is; shares and the Gini coefficient run from 0 to 1."""

    measure: str
    value: float | None


def gini(sizes: Sequence[int]) -> float | None:
    """The Gini coefficient: 0 where all are of one size, near 1 where one has all; None where there is nothing."""
    total, n = sum(sizes), len(sizes)
    if not total:
        return None
    weighted = sum(rank * size for rank, size in enumerate(sorted(sizes), 1))
    return round(2 * weighted / (n * total) - (n + 1) / n, 6)


def measures(sizes: Sequence[int], things: str, of: str) -> list[Measure]:
    """How many there are, their Gini coefficient, the share of the largest ones, and how many make half of all."""
    ordered, total = sorted(sizes, reverse=True), sum(sizes)
    found = [Measure(things, len(ordered)), Measure("Gini coefficient", gini(ordered))]
    found += [Measure(f"share of the top {n}", share(sum(ordered[:n]), total)) for n in _TOP if n < len(ordered)]
    percent = -(-len(ordered) // 100)
    found.append(Measure(f"share of the top 1 % ({percent})", share(sum(ordered[:percent]), total)))
    half, needed = 0, 0
    while 2 * half < total:
        half, needed = half + ordered[needed], needed + 1
    found.append(Measure(f"{things} that make half of the {of}", needed))
    return found
