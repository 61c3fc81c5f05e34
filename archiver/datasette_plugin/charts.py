"""Counts over time as the measures of a chart."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Bar", "Chart", "Line", "Tick", "is_period", "over_time"]

HEIGHT = 190
_TOP, _BOTTOM = 34, 164  # of the bars, in pixels; along the other axis all is in percent, so that text keeps its size
_MOST_BARS = 240
_MOST_YEARS = 400
_TABBED = 40  # with more bars than these, the keyboard goes by the table of numbers
_PERIOD = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: its place (percent) and height (pixels), and the address of its rows."""

    period: str
    label: str
    number: float
    x: float
    width: float
    y: float
    height: float
    href: str | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A word below the bars; `minor` ones go first where there is little room."""

    label: str
    x: float
    minor: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line across the chart at a round number."""

    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """All that is needed to draw bars over time. `tabbed`: each bar can be reached by the keyboard."""

    title: str
    description: str
    unit: str
    height: int
    baseline: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    peak: Bar
    peak_x: float
    peak_anchor: str
    tabbed: bool


def is_period(text: object) -> bool:
    """Whether a value is a year, a month (`2017-10`) or a day."""
    return isinstance(text, str) and _PERIOD.fullmatch(text) is not None


def over_time(
    counts: Iterable[tuple[str, float]],
    title: str,
    unit: str = "posts",
    href: Callable[[str], str | None] = lambda _: None,
    unit_of_one: str | None = None,
) -> Chart | None:
    """Bars for counts by year, month or day, all alike, gaps filled; None where fewer than two bars could be drawn.

    Months over more than 20 years become years, days over more than 240 days months.
    """
    told = {period: number for period, number in counts if is_period(period) and 0 <= number < math.inf}
    if len({len(period) for period in told}) != 1:
        return None
    told, periods = _bounded(told)
    if not 2 <= len(periods) <= _MOST_YEARS:
        return None
    most = max(told.values())
    scale, lines = _scale(most)
    step = 100 / len(periods)
    gap = step * (0.18 if len(periods) > 60 else 0.24)
    bars = tuple(
        Bar(
            period=period,
            label=words(period),
            number=told.get(period, 0),
            x=round(i * step + gap / 2, 3),
            width=round(step - gap, 3),
            y=round(_BOTTOM - told.get(period, 0) * scale, 1),
            height=round(told.get(period, 0) * scale, 1),
            href=href(period) if told.get(period) else None,
        )
        for i, period in enumerate(periods)
    )
    peak = max(bars, key=lambda bar: bar.number)
    middle = peak.x + peak.width / 2
    return Chart(
        title=title,
        description=_described(bars, peak, unit, unit_of_one or unit.removesuffix("s")),
        unit=unit,
        height=HEIGHT,
        baseline=_BOTTOM,
        bars=bars,
        ticks=_ticks(periods, step),
        lines=lines,
        peak=peak,
        peak_x=round(min(max(middle, 0), 100), 3),
        peak_anchor="start" if middle < 25 else "end" if middle > 75 else "middle",
        tabbed=sum(bar.href is not None for bar in bars) <= _TABBED,
    )


def words(period: str) -> str:
    """A period as people say it: `October 2017`."""
    year, month, day = (*period.split("-"), "", "")[:3]
    return " ".join(part for part in (day.lstrip("0"), _MONTHS[int(month) - 1] if month else "", year) if part)


def _bounded(told: dict[str, float]) -> tuple[dict[str, float], list[str]]:
    """The counts, summed over longer periods until they are few enough, and all periods from first to last."""
    for length in (10, 7, 4):
        if told and len(next(iter(told))) >= length:
            summed: dict[str, float] = {}
            for period, number in told.items():
                summed[period[:length]] = summed.get(period[:length], 0) + number
            periods = _between(min(summed), max(summed))
            if len(periods) <= _MOST_BARS or length == 4:
                return summed, periods
    return told, []


def _between(first: str, last: str) -> list[str]:
    """All periods from the first to the last, at most one more than can be drawn of any."""
    if len(first) == 4:
        return [f"{year:04}" for year in range(int(first), min(int(last), int(first) + _MOST_YEARS) + 1)]
    if len(first) == 7:
        one, other = (int(p[:4]) * 12 + int(p[5:]) - 1 for p in (first, last))
        return [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(one, min(other, one + _MOST_BARS) + 1)]
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:  # 31 February
        return [""] * (_MOST_BARS + 1)
    days = min((end - start).days, _MOST_BARS, (date.max - start).days)
    return [(start + timedelta(days=i)).isoformat() for i in range(days + 1)]


def _scale(most: float) -> tuple[float, tuple[Line, ...]]:
    """Pixels a unit, and lines at one or two round numbers."""
    if not most:
        return 0.0, ()
    unit = 10.0 ** math.floor(math.log10(most))
    top = next(unit * step for step in (8, 6, 4, 2, 1) if unit * step <= most)
    scale = (_BOTTOM - _TOP) / most
    steps = [top / 2, top] if top != 1 else [top]
    return scale, tuple(Line(f"{step:,.10g}", round(_BOTTOM - step * scale, 1)) for step in steps)


def _ticks(periods: Sequence[str], step: float) -> tuple[Tick, ...]:
    """Years below years and months; months below a year of months; days below days."""
    if len(periods[0]) == 7 and len(periods) > 18:
        marks = [(i, period[:4]) for i, period in enumerate(periods) if period.endswith("-01")]
        marks = marks or [(0, periods[0][:4])]
    else:
        marks = [(i, _short(period)) for i, period in enumerate(periods)]
    every = math.ceil(len(marks) / 12)
    kept = marks[::every]
    return tuple(Tick(label, round((i + 0.5) * step, 3), bool(n % 3)) for n, (i, label) in enumerate(kept))


def _short(period: str) -> str:
    year, month, day = (*period.split("-"), "", "")[:3]
    if day:
        return f"{int(day)} {_MONTHS[int(month) - 1][:3]}"
    return f"{_MONTHS[int(month) - 1][:3]} {year[2:]}" if month else year


def _described(bars: Sequence[Bar], peak: Bar, unit: str, one: str) -> str:
    kind = {4: "year", 7: "month", 10: "day"}[len(peak.period)]
    total = sum(bar.number for bar in bars)
    return (
        f"{total:,.10g} {one if total == 1 else unit} by {kind}, {bars[0].label} to {bars[-1].label}; "
        f"most in {peak.label}: {peak.number:,.10g}."
    )
