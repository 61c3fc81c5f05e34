"""Pairs with counts as a drawing of circles, lines, words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.datasette_plugin import forces

__all__ = ["Circle", "Edge", "Network", "Node", "Stroke", "drawn", "strongest"]

_LETTER, _LINE = 7.6, 8.0  # about the width of a letter and half the height of a line, in the drawing's units
_MARGIN, _WIDE, _HIGH = 14.0, 760.0, 320.0  # a drawing of few nodes is not blown up


@dataclass(frozen=True, slots=True)
class Node:
    """A node: its id among all, its words, its kind, its number of posts, its page."""

    id: str
    label: str
    kind: str
    number: int
    href: str


@dataclass(frozen=True, slots=True)
class Edge:
    """How many posts two nodes share."""

    source: str
    target: str
    number: int


@dataclass(frozen=True, slots=True)
class Circle:
    """A node drawn; its words, shortened where long, begin to the right of it."""

    node: Node
    x: float
    y: float
    radius: float
    label: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """An edge drawn, with words for it."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Network:
    """A drawing: what an SVG element's viewBox says, circles and lines."""

    box: tuple[float, float, float, float]
    circles: tuple[Circle, ...]
    strokes: tuple[Stroke, ...]


def strongest(pairs: Iterable[Edge], most: int, least: int) -> list[Edge]:
    """The pairs that share at least so many posts, strongest first, until they have `most` nodes."""
    nodes: set[str] = set()
    kept = []
    for edge in sorted(pairs, key=lambda edge: (-edge.number, edge.source, edge.target)):
        joined = nodes | {edge.source, edge.target}
        if edge.number >= least and len(joined) <= most:
            kept.append(edge)
            nodes = joined
    return kept


def drawn(nodes: Sequence[Node], edges: Sequence[Edge]) -> Network:
    """A drawing of the nodes, which must be those of the edges; the same for the same input."""
    number_of = {node.id: i for i, node in enumerate(nodes)}
    lines = tuple((number_of[e.source], number_of[e.target], math.sqrt(e.number)) for e in edges)
    most = math.sqrt(max((node.number for node in nodes), default=1) or 1)
    radii = [round(4 + 14 * math.sqrt(node.number) / most, 1) for node in nodes]
    labels = [_short(node.label) for node in nodes]
    boxes = tuple((r + 5, r + 9 + _LETTER * len(w), max(r, _LINE) + 2) for r, w in zip(radii, labels, strict=True))
    points = forces.places(boxes, lines)
    scale = 5 / max([5.0, *(weight for *_, weight in lines)])
    return Network(
        box=_around(points, boxes),
        circles=tuple(Circle(node, *points[i], radii[i], labels[i]) for i, node in enumerate(nodes)),
        strokes=tuple(
            Stroke(
                *points[a],
                *points[b],
                width=round(0.8 + weight * scale, 1),
                title=f"{nodes[a].label} and {nodes[b].label}: {edge.number:,}",
            )
            for (a, b, weight), edge in zip(lines, edges, strict=True)
        ),
    )


def _around(points: Sequence[tuple[float, float]], boxes: Sequence[forces.Box]) -> tuple[float, float, float, float]:
    """Left, top, width and height of all boxes with a margin."""
    if not points:
        return (0.0, 0.0, _WIDE, _HIGH)
    placed = list(zip(points, boxes, strict=True))
    left = min(x - box[0] for (x, _), box in placed) - _MARGIN
    right = max(x + box[1] for (x, _), box in placed) + _MARGIN
    top = min(y - box[2] for (_, y), box in placed) - _MARGIN
    bottom = max(y + box[2] for (_, y), box in placed) + _MARGIN
    more = max(0.0, _WIDE - (right - left)) / 2, max(0.0, _HIGH - (bottom - top)) / 2
    wide, high = right - left + 2 * more[0], bottom - top + 2 * more[1]
    return (round(left - more[0], 1), round(top - more[1], 1), round(wide, 1), round(high, 1))


def _short(label: str) -> str:
    return label if len(label) <= 24 else label[:23] + "…"
