"""Answers as pictures: SVG that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib import import_module
from typing import Any

from archiver.analysis import _periods
from archiver.analysis._answers import Answer, Picture
from archiver.errors import TargetError

__all__ = ["png", "svg"]

_WIDTH = 800
_MARGIN, _BAR, _GAP = 24, 18, 8
_LONGEST = 34  # characters of a label
_MOST_BARS, _MOST_SERIES = 40, 12
_PANEL = 64
_STYLE = (
    "text{font:13px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1f2933}"
    ".title{font-size:18px;font-weight:600}.small{font-size:11px;fill:#52606d}"
    ".bar{fill:#2f6f9f}.minus{fill:#b4552d}.line{stroke:#cbd2d9;stroke-width:1}"
)


def svg(answer: Answer[Any]) -> str | None:
    """The picture of an answer, 800 pixels wide; None where it has none, or there is nothing to draw.

    The title, the filter, the denominator and the span stand in it. Rows beyond the first forty are left out, and so
    are series beyond the twelve largest; the picture says so.
    """
    picture = answer.picture
    rows = [row for row in answer.rows if picture and _name(row, picture.label) != "all articles"]
    if picture is None or not rows:
        return None
    if picture.by is None:
        parts, height, left_out = _bars(rows, picture)
    else:
        parts, height, left_out = _over_time(rows, picture)
    head = [
        _text(_MARGIN, 34, answer.title, "title"),
        _text(_MARGIN, 54, _cut(answer.filter, 120), "small"),
        f'<g transform="translate(0 74)">{"".join(parts)}</g>',
    ]
    drawn = f"Bars: {picture.value.removeprefix('n_').replace('_', ' ')}"
    foot = [f"{drawn}. {answer.denominator}", answer.span, *([left_out] if left_out else [])]
    head += [_text(_MARGIN, 96 + height + 16 * n, _cut(line, 125), "small") for n, line in enumerate(foot)]
    total = 96 + height + 16 * len(foot)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {total}" width="{_WIDTH}" height="{total}" '
        f'role="img" aria-label="{escape(answer.title)}"><style>{_STYLE}</style>'
        f'<rect width="{_WIDTH}" height="{total}" fill="#fff"/>{"".join(head)}</svg>\n'
    )


def png(picture: str, name: str) -> bytes:
    """An SVG as PNG, at twice its size. Raises TargetError, which names the file, where vl-convert is not installed."""
    try:
        converter = import_module("vl_convert")  # an extra, and 30 MB
    except ModuleNotFoundError as error:
        cure = "pip install 'social-post-archiver[report]', or write .svg"
        raise TargetError(name, "PNG needs vl-convert, which is not installed", cure) from error
    return bytes(converter.svg_to_png(picture, scale=2))


def _bars(rows: Sequence[Any], picture: Picture) -> tuple[list[str], int, str]:
    """A bar a row, to the right, or to the left where a value is below zero."""
    told = [(_name(row, picture.label), float(getattr(row, picture.value) or 0)) for row in rows]
    kept = told if len(told) <= _MOST_BARS else told[:_MOST_BARS]
    labels = min(_LONGEST, max(len(label) for label, _ in kept)) * 7 + 12
    low, high = min(0.0, *(v for _, v in kept)), max(0.0, *(v for _, v in kept))
    left, right = _MARGIN + labels + (56 if low < 0 else 0), _WIDTH - _MARGIN - 64
    scale = (right - left) / ((high - low) or 1)
    zero = left - low * scale
    parts = []
    for number, (label, value) in enumerate(kept):
        y = number * (_BAR + _GAP)
        start, length = (zero, value * scale) if value >= 0 else (zero + value * scale, -value * scale)
        told_at, anchor = (start + length + 6, "start") if value >= 0 else (start - 6, "end")
        kind = "bar" if value >= 0 else "minus"
        parts += [
            _text(_MARGIN + labels - 8, y + 14, _cut(label, _LONGEST), anchor="end"),
            f'<rect class="{kind}" x="{start:.1f}" y="{y}" width="{max(length, 0.5):.1f}" height="{_BAR}" rx="2"/>',
            _text(told_at, y + 14, _number(value, picture.value), "small", anchor),
        ]
    height = len(kept) * (_BAR + _GAP)
    parts.append(f'<line class="line" x1="{zero:.1f}" x2="{zero:.1f}" y1="-4" y2="{height}"/>')
    more = len(told) - len(kept)
    return parts, height, f"{more:,} further rows are not drawn" if more else ""


def _over_time(rows: Sequence[Any], picture: Picture) -> tuple[list[str], int, str]:
    """A panel a series, all with the same periods and the same height for the same value."""
    by = picture.by or "month"
    series: dict[str, dict[str, float]] = {}
    for row in rows:
        period = getattr(row, picture.label[0])
        if period is not None:
            series.setdefault(_name(row, picture.series), {})[period] = float(getattr(row, picture.value) or 0)
    ordered = sorted(series, key=lambda name: (-sum(series[name].values()), name))
    kept = ordered[:_MOST_SERIES]
    periods = _periods.sequence([period for name in kept for period in series[name]], by)
    panel = _PANEL if len(kept) > 1 else 220
    highest = max((value for name in kept for value in series[name].values()), default=0) or 1
    left, right = _MARGIN + (150 if len(kept) > 1 else 48), _WIDTH - _MARGIN
    step = (right - left) / (len(periods) or 1)
    parts = []
    for number, name in enumerate(kept):
        base = number * (panel + 14) + panel
        parts.append(_text(left - 10, base - 4, _cut(name, 20), anchor="end"))
        parts.append(f'<line class="line" x1="{left}" x2="{right}" y1="{base}" y2="{base}"/>')
        most = max(series[name].values())
        if len(kept) > 1:
            parts.append(_text(left - 10, base - 20, f"most {_number(most, picture.value)}", "small", "end"))
        else:
            parts.append(
                f'<line class="line" x1="{left}" x2="{right}" y1="{base - panel + 6}" y2="{base - panel + 6}"/>'
            )
            parts.append(_text(left - 6, base - panel + 10, _number(highest, picture.value), "small", "end"))
        for place, period in enumerate(periods):
            value = series[name].get(period, 0)
            if value:
                tall = max(value / highest * (panel - 6), 0.8)
                parts.append(
                    f'<rect class="bar" x="{left + place * step:.2f}" y="{base - tall:.1f}" '
                    f'width="{max(step * 0.86, 0.6):.2f}" height="{tall:.1f}">'
                    f"<title>{escape(f'{name} {period}: {_number(value, picture.value)}'.strip())}</title></rect>"
                )
    height = len(kept) * (panel + 14)
    parts += _axis(periods, left, step, height)
    more = len(ordered) - len(kept)
    return parts, height + 18, f"{more:,} further series are not drawn" if more else ""


def _axis(periods: Sequence[str], left: float, step: float, y: float) -> list[str]:
    """Names of some of the periods below the bars, none over another."""
    every = max(1, -(-len(periods) // 9))
    return [
        _text(left + (place + 0.43) * step, y + 4, periods[place], "small", "middle")
        for place in range(0, len(periods), every)
    ]


def _name(row: object, columns: tuple[str, ...]) -> str:
    told = [getattr(row, column) for column in columns]
    return " · ".join("not told" if part is None else str(part) for part in told)


def _number(value: float, column: str) -> str:
    if column in ("share", "jaccard"):
        return f"{value * 100:.1f} %"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    told = escape("".join(c if c.isprintable() else "�" for c in text))
    name = f' class="{kind}"' if kind else ""
    end = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{name}{end}>{told}</text>'
