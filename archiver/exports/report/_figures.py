"""Answers as figures: a picture, and the table under it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from archiver.analysis import Answer, cells, known, plot
from archiver.analysis.networks import Network
from archiver.exports import _letters
from archiver.exports.report import _charts, _drawing
from archiver.exports.report._charts import Bar, Group, Timeline
from archiver.exports.report._drawing import Drawing

__all__ = ["Figure", "Heading", "of_answer", "of_known", "of_network", "over_time"]

_MOST_TIES = 20
_LONGEST = 280  # characters of a cell


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table."""

    name: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture (bars, columns over time, a network, or none) and its figures as a table.

    `told` says what shares are of and what is left out; `picture` is the same picture as SVG that stands alone.
    """

    name: str
    title: str
    told: tuple[str, ...]
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[Group, ...] = ()
    timeline: Timeline | None = None
    drawing: Drawing | None = None
    picture: str | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether a picture stands above the table."""
        return bool(self.groups or self.timeline or self.drawing)


def of_answer(answer: Answer[Any], *, drawn: bool = True) -> Figure:
    """An answer with a bar for each of its first rows, where it has a picture."""
    groups = _charts.bars(answer) if drawn else ()
    return _figure(answer, groups, picture=plot.svg(answer) if groups else None)


def over_time(answer: Answer[Any], unit: str) -> Figure:
    """An answer by periods with a column for each; periods without any are in no row of the table."""
    timeline = _charts.timeline(answer, unit)
    rows = [row for row in answer.rows if row.n]
    return _figure(answer, timeline=timeline, picture=plot.svg(answer) if timeline else None, rows=rows)


def of_known(answer: Answer[known.Known]) -> Figure:
    """How posts are known: a group of bars for each aspect, as shares."""
    groups = [
        Group(
            f"{aspect.capitalize()}: share of {rows[0].of}",
            tuple(
                Bar(_letters.line(row.way), "", f"{cells.words(row.share, 'share')}", round(100 * (row.share or 0), 2))
                for row in rows
            ),
        )
        for aspect, rows in ((aspect, list(group)) for aspect, group in groupby(answer.rows, lambda row: row.aspect))
    ]
    return _figure(answer, tuple(groups))


def of_network(network: Network) -> Figure:
    """A network's strongest part drawn, with its heaviest edges as a table."""
    drawing = _drawing.drawn(network)
    left_out = f"{drawing.left_out:,} nodes of lighter edges are not drawn" if drawing and drawing.left_out else ""
    least = f"edges of fewer than {network.minimum} posts are left out" if network.minimum > 1 else ""
    told = (f"{network.edge}. Of: {network.denominator}", *filter(None, (least, left_out)))
    labels = {node.id: _letters.line(node.label) for node in network.nodes}
    heaviest = tuple((labels[e.source], labels[e.target], f"{e.n_posts:,}") for e in network.edges[:_MOST_TIES])
    more = len(network.edges) - len(heaviest)
    return Figure(
        f"network-{network.name}",
        network.title,
        (*told, f"the table has the {len(heaviest)} heaviest edges") if more else told,
        (Heading("from" if network.is_directed else "one", False), Heading("to", False), Heading("posts", True)),
        heaviest,
        drawing=drawing,
        picture=_drawing.svg(drawing, network.title, (network.filter, *told, network.span)) if drawing else None,
    )


def _figure(
    answer: Answer[Any],
    groups: tuple[Group, ...] = (),
    timeline: Timeline | None = None,
    picture: str | None = None,
    rows: Iterable[Any] | None = None,
) -> Figure:
    names = cells.columns(answer)
    table = [
        tuple(_cell(getattr(row, name), name) for name in names) for row in (answer.rows if rows is None else rows)
    ]
    return Figure(
        re.sub(r"[^a-z0-9]+", "-", answer.name),
        answer.title,
        (f"Of: {answer.denominator}", *answer.notes),
        tuple(Heading(cells.heading(name), cells.is_number(answer, name)) for name in names),
        tuple(table),
        groups,
        timeline,
        None,
        picture,
    )


def _cell(value: object, name: str) -> str:
    told = _letters.line(cells.words(value, name))
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
