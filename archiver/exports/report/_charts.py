"""Rows of answers as the measures of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from archiver.analysis import Answer, cells
from archiver.exports import _letters, _words

__all__ = ["Bar", "Column", "Group", "Line", "Tick", "Timeline", "bars", "timeline"]

_TOP, _BOTTOM = 26, 172  # of the columns, in pixels; along the other axis is percent, so that text keeps its size
_MOST_BARS = 12
_MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its name and what belongs to it, its figure, and its length (percent of the longest)."""

    label: str
    more: str
    figure: str
    percent: float


@dataclass(frozen=True, slots=True)
class Group:
    """Bars below a heading; "" for none."""

    title: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A period: its place (percent) and height (pixels)."""

    title: str
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A word below the columns; `minor` ones go first where there is little room."""

    label: str
    x: float
    minor: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the columns at a round number."""

    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is needed to draw columns over time."""

    description: str
    baseline: int
    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]


def bars(answer: Answer[Any]) -> tuple[Group, ...]:
    """The first rows of an answer that has a picture, as bars; none where there is nothing to draw."""
    picture = answer.picture
    rows = answer.rows[:_MOST_BARS]
    most = max((getattr(row, picture.value) or 0 for row in rows), default=0) if picture else 0
    if picture is None or not most:
        return ()
    told = []
    for row in rows:
        value = getattr(row, picture.value) or 0
        label, *more = (_told(getattr(row, name), name) for name in picture.label)
        told.append(
            Bar(label, " · ".join(more), cells.words(value, picture.value), round(100 * max(value, 0) / most, 2))
        )
    return (Group("", tuple(told)),)


def timeline(answer: Answer[Any], unit: str) -> Timeline | None:
    """Columns for an answer that tells of every period; None where fewer than two could be drawn."""
    by = answer.picture.by if answer.picture else None
    found = {row.period: row.n for row in answer.rows}
    names = list(found)
    if by is None or len(names) < 2:
        return None
    step = 100 / len(names)
    gap = step * (0.16 if len(names) > 60 else 0.24)
    most = max(found.values())
    scale = (_BOTTOM - _TOP) / most
    columns = [
        Column(
            f"{name}: {found[name]:,}",
            round(i * step + gap / 2, 3),
            round(step - gap, 3),
            round(_BOTTOM - max(found[name] * scale, 1), 1),
            round(max(found[name] * scale, 1), 1),
        )
        for i, name in enumerate(names)
        if found[name]
    ]
    peak = max(found, key=lambda name: (found[name], name))
    described = f"{sum(found.values()):,} {unit} by {by}, {names[0]} to {names[-1]}; most in {peak}: {found[peak]:,}"
    return Timeline(described, _BOTTOM, tuple(columns), _ticks(names, step), _lines(most, scale))


def _lines(most: int, scale: float) -> tuple[Line, ...]:
    unit = 10 ** int(math.log10(most))
    top = next(unit * step for step in (8, 6, 4, 2, 1) if unit * step <= most)
    steps = [top // 2, top] if top % 2 == 0 else [top]
    return tuple(Line(f"{step:,}", round(_BOTTOM - step * scale, 1)) for step in steps)


def _ticks(names: Sequence[str], step: float) -> tuple[Tick, ...]:
    """Years below many months; else the periods themselves, as many as have room."""
    months = len(names[0]) == len("2017-10")
    marks = list(enumerate(names))
    if months and len(names) > 18:
        marks = [(i, name[:4]) for i, name in marks if name.endswith("-01")] or [(0, names[0][:4])]
    kept = marks[:: math.ceil(len(marks) / _MOST_TICKS)]
    return tuple(Tick(label, round((i + 0.5) * step, 3), bool(n % 3)) for n, (i, label) in enumerate(kept))


def _told(value: object, name: str) -> str:
    if value is None:
        return "not told"
    if name == "platform":
        return _words.platform(str(value))
    if name.startswith("n_"):
        return f"{value:,} {name[2:-1] if value == 1 else name[2:]}"
    return f"{'#' if name == 'hashtag' else '@' if name == 'handle' else ''}{_letters.line(str(value))}"
