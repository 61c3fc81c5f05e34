"""Places for a network's nodes, always the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

__all__ = ["Box", "Tie", "places"]

_WIDTH, _HEIGHT = 720.0, 520.0
_STEPS, _PARTINGS = 160, 120
_TURN = math.pi * (3 - math.sqrt(5))  # the golden angle: a spiral of points none of which lie in one line

Tie = tuple[int, int, float]
Box = tuple[float, float, float]  # how far a node and its words reach to the left, to the right, and up and down


def places(boxes: Sequence[Box], ties: Sequence[Tie]) -> list[tuple[float, float]]:
    """A point for each node, ties being (node, node, weight), such that no two boxes overlap where it can be helped.

    Nodes push each other away, ties pull together, all are drawn to the middle (after Fruchterman and Reingold); then
    those whose boxes overlap are parted. The beginning is a spiral, so nothing is left to chance. Takes n² steps: for
    some dozens of nodes.
    """
    n = len(boxes)
    xs, ys = _spiral(n)
    reach = 0.6 * math.sqrt(_WIDTH * _HEIGHT / max(n, 1))
    pulls = _pulls(ties)
    for step in range(_STEPS):
        heat = reach * (1 - step / _STEPS) + 0.5
        dx, dy = _pushes(xs, ys, reach)
        for a, b, strength in pulls:
            x, y = xs[a] - xs[b], ys[a] - ys[b]
            pull = strength * math.hypot(x, y) / reach
            dx[a], dy[a], dx[b], dy[b] = dx[a] - x * pull, dy[a] - y * pull, dx[b] + x * pull, dy[b] + y * pull
        for i in range(n):
            x = dx[i] - (xs[i] - _WIDTH / 2) * 0.6
            y = dy[i] - (ys[i] - _HEIGHT / 2) * 0.85  # the picture is wider than high
            length = math.hypot(x, y) or 1.0
            xs[i] += x / length * min(length, heat)
            ys[i] += y / length * min(length, heat)
    for _ in range(_PARTINGS):
        if not _part(xs, ys, boxes):
            break
    return [(round(x, 1), round(y, 1)) for x, y in zip(xs, ys, strict=True)]


def _spiral(n: int) -> tuple[list[float], list[float]]:
    turns = [(math.sqrt((i + 0.5) / n), i * _TURN) for i in range(n)]
    return (
        [_WIDTH / 2 + _WIDTH * 0.45 * far * math.cos(angle) for far, angle in turns],
        [_HEIGHT / 2 + _HEIGHT * 0.45 * far * math.sin(angle) for far, angle in turns],
    )


def _pulls(ties: Sequence[Tie]) -> list[Tie]:
    """How strongly each tie pulls: the heavier the more, and the less the more ties its ends have."""
    degree = Counter(node for a, b, _ in ties for node in (a, b))
    most = max((weight for _, _, weight in ties), default=1.0)
    return [(a, b, (0.5 + weight / most) / math.sqrt(max(degree[a], degree[b]))) for a, b, weight in ties if a != b]


def _pushes(xs: Sequence[float], ys: Sequence[float], reach: float) -> tuple[list[float], list[float]]:
    n, square = len(xs), reach * reach
    dx, dy = [0.0] * n, [0.0] * n
    for i in range(n):
        for j in range(i + 1, n):
            x, y = xs[i] - xs[j], ys[i] - ys[j]
            push = square / (x * x + y * y + 0.01)
            dx[i] += x * push
            dy[i] += y * push
            dx[j] -= x * push
            dy[j] -= y * push
    return dx, dy


def _part(xs: list[float], ys: list[float], boxes: Sequence[Box]) -> bool:
    """Moves overlapping boxes apart, each pair half the way; whether there were any."""
    found = False
    for i in range(len(boxes)):
        for j in range(i + 1, len(boxes)):
            left_i, right_i, up_i = boxes[i]
            left_j, right_j, up_j = boxes[j]
            x = min(xs[i] + right_i, xs[j] + right_j) - max(xs[i] - left_i, xs[j] - left_j)
            y = up_i + up_j - abs(ys[i] - ys[j])
            if x <= 0.1 or y <= 0.1:
                continue
            found = True
            if y <= x:
                move = y / 2 if ys[i] >= ys[j] else -y / 2
                ys[i], ys[j] = ys[i] + move, ys[j] - move
            else:
                move = x / 2 if xs[i] >= xs[j] else -x / 2
                xs[i], xs[j] = xs[i] + move, xs[j] - move
    return found
