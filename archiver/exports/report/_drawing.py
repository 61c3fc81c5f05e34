"""A network as circles, squares, lines, words."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from archiver.analysis import networks
from archiver.analysis.networks import Edge, Network, Node
from archiver.exports import _letters
from archiver.exports.report import _forces
from archiver.exports.report._forces import Box

__all__ = ["Dot", "Drawing", "Stroke", "drawn", "svg"]

_LETTER, _LINE = 7.4, 8.0  # about the width of a letter and half the height of a line, in the drawing's units
_MARGIN, _WIDE, _HIGH = 12.0, 420.0, 80.0
_LONGEST = 24
_STYLE = (
    "text{font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2933;paint-order:stroke;"
    "stroke:#fff;stroke-width:3px;stroke-linejoin:round}.title{font-size:18px;font-weight:600}"
    ".small{font-size:11px;fill:#52606d}.edge{stroke:#52606d;stroke-opacity:.38}"
    ".hashtag,.account{fill:#2f6f9f}.outlet{fill:#b4552d}"
)


@dataclass(frozen=True, slots=True)
class Dot:
    """A node drawn: outlets as squares, all else as circles; its words begin to the right of it."""

    kind: str
    x: float
    y: float
    radius: float
    label: str
    title: str


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
class Drawing:
    """What an SVG element's viewBox says, nodes and edges, what it shows in words, and how many nodes it leaves out."""

    box: tuple[float, float, float, float]
    dots: tuple[Dot, ...]
    strokes: tuple[Stroke, ...]
    description: str
    left_out: int


def drawn(network: Network, most: int = 40) -> Drawing | None:
    """The nodes of the heaviest edges; the same for the same network. None where there is no edge."""
    nodes, edges = networks.strongest(network, most)
    if not edges:
        return None
    number_of = {node.id: i for i, node in enumerate(nodes)}
    ties = [(number_of[e.source], number_of[e.target], math.sqrt(e.n_posts)) for e in edges]
    largest = math.sqrt(max(node.n_posts for node in nodes))
    radii = [round(4 + 12 * math.sqrt(node.n_posts) / largest, 1) for node in nodes]
    labels = [_short(node.label) for node in nodes]
    boxes = [
        (r + 5, r + 10 + _LETTER * _letters_wide(w), max(r, _LINE) + 2) for r, w in zip(radii, labels, strict=True)
    ]
    points = _forces.places(boxes, ties)
    scale = 5 / max([5.0, *(weight for *_, weight in ties)])
    dots = [
        Dot(node.kind, *points[i], radii[i], labels[i], f"{_letters.line(node.label)}: {_posts(node.n_posts)}")
        for i, node in enumerate(nodes)
    ]
    strokes = [
        Stroke(*points[a], *points[b], round(0.8 + weight * scale, 1), _joined(nodes[a], nodes[b], edge))
        for (a, b, weight), edge in zip(ties, edges, strict=True)
    ]
    heaviest = "; ".join(stroke.title for stroke in strokes[:3])
    return Drawing(
        _around(points, boxes),
        tuple(dots),
        tuple(strokes),
        f"{len(nodes):,} nodes and {len(edges):,} edges; the heaviest: {heaviest}",
        len(network.nodes) - len(nodes),
    )


def svg(drawing: Drawing, title: str, told: Sequence[str]) -> str:
    """The drawing as a picture that stands alone, with lines of what is to know of it below."""
    left, top, wide, high = drawing.box
    lines = [part for line in told for part in wrap(_letters.line(line), int(wide / 5.6))]
    total = high + 60 + 16 * len(lines)
    parts = [
        f'<line class="edge" x1="{s.x1}" y1="{s.y1}" x2="{s.x2}" y2="{s.y2}" stroke-width="{s.width}">'
        f"<title>{escape(s.title)}</title></line>"
        for s in drawing.strokes
    ]
    parts += [_shape(dot) for dot in drawing.dots]
    parts += [f'<text x="{d.x + d.radius + 4:.1f}" y="{d.y + 4.5:.1f}">{escape(d.label)}</text>' for d in drawing.dots]
    parts.append(f'<text class="title" x="{left + 12}" y="{top - 20:.1f}">{escape(title)}</text>')
    parts += [
        f'<text class="small" x="{left + 12}" y="{top + high + 14 + 16 * n:.1f}">{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top - 50:.1f} {wide} {total:.1f}" '
        f'width="{wide:.0f}" height="{total:.0f}" role="img" aria-label="{escape(title)}"><style>{_STYLE}</style>'
        f'<rect x="{left}" y="{top - 50:.1f}" width="{wide}" height="{total:.1f}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _shape(dot: Dot) -> str:
    title = f"<title>{escape(dot.title)}</title>"
    if dot.kind != "outlet":
        return f'<circle class="{dot.kind}" cx="{dot.x}" cy="{dot.y}" r="{dot.radius}">{title}</circle>'
    side = round(dot.radius * 1.8, 1)
    x, y = round(dot.x - side / 2, 1), round(dot.y - side / 2, 1)
    return f'<rect class="outlet" x="{x}" y="{y}" width="{side}" height="{side}" rx="2">{title}</rect>'


def _joined(one: Node, other: Node, edge: Edge) -> str:
    return f"{_letters.line(one.label)} and {_letters.line(other.label)}: {_posts(edge.n_posts)}"


def _posts(number: int) -> str:
    return f"{number:,} post{'' if number == 1 else 's'}"


def _around(points: Sequence[tuple[float, float]], boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    """Left, top, width and height of all boxes with a margin."""
    placed = list(zip(points, boxes, strict=True))
    left = min(x - box[0] for (x, _), box in placed) - _MARGIN
    right = max(x + box[1] for (x, _), box in placed) + _MARGIN
    top = min(y - box[2] for (_, y), box in placed) - _MARGIN
    bottom = max(y + box[2] for (_, y), box in placed) + _MARGIN
    more = max(0.0, _WIDE - (right - left)) / 2, max(0.0, _HIGH - (bottom - top)) / 2
    wide, high = right - left + 2 * more[0], bottom - top + 2 * more[1]
    return (round(left - more[0], 1), round(top - more[1], 1), round(wide, 1), round(high, 1))


def _letters_wide(label: str) -> int:
    """How many letters of the Latin alphabet a label is wide: those of East Asia are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


def _short(label: str) -> str:
    told = _letters.line(label)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
