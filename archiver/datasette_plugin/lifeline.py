"""A post's life, measured for a line over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

__all__ = ["Band", "Event", "Lifeline", "drawn"]

_LEFT, _RIGHT = 2.0, 98.0  # percent: between them stand the first event and the last
_LANES = {"posted": 20, "article": 20, "copy": 20}  # pixels from above; answers of platforms stand on the line itself
_BASE = 48
_MOST_TICKS = 8
_GONE = ("gone",)


@dataclass(frozen=True, slots=True)
class Event:
    """Something in a post's life: `kind` is posted, article, copy, or the outcome of a question to a platform.

    `at` is a stored time, `words` say what it was, `note` is what the platform said; `x` is in percent, `y` in pixels.
    """

    kind: str
    at: str
    words: str
    href: str | None = None
    note: str | None = None
    x: float = 0.0
    y: int = _BASE


@dataclass(frozen=True, slots=True)
class Band:
    """A time through which a post was known to be there, or said to be gone; in percent."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Lifeline:
    """All that is needed to draw a life: events in their order, bands, and years or months below."""

    events: tuple[Event, ...]
    bands: tuple[Band, ...]
    ticks: tuple[tuple[str, float], ...]
    description: str
    base: int = _BASE


def drawn(events: Iterable[Event]) -> Lifeline | None:
    """The line of these events; None where no platform was asked and no copy looked for, or a single time is known."""
    timed = ((at, n, event) for n, event in enumerate(events) if (at := _moment(event.at)))
    told = sorted(timed, key=lambda each: each[:2])
    times = [moment for moment, _, _ in told]
    if len(set(times)) < 2 or all(event.kind in ("posted", "article") for _, _, event in told):
        return None
    first, last = times[0], times[-1]

    def x(moment: datetime) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * ((moment - first) / (last - first)), 2)

    placed = tuple(replace(e, x=x(at), y=_LANES.get(e.kind, _BASE)) for at, _, e in told)
    looks = [event for event in placed if event.kind not in _LANES]
    description = f"From {first:%Y-%m-%d} to {last:%Y-%m-%d}: {len(looks)} answers, the last of them {_last(looks)}."
    return Lifeline(
        placed, tuple(_bands(placed)), tuple((name, x(at)) for name, at in _ticks(first, last)), description
    )


def _last(looks: Sequence[Event]) -> str:
    return looks[-1].kind if looks else "none"


def _bands(placed: Sequence[Event]) -> Iterable[Band]:
    """From the beginning to the last time that it was seen, and from the first that it was gone to the last."""
    there = [event for event in placed if event.kind == "there"]
    begin = next((event.x for event in placed if event.kind == "posted"), there[0].x if there else 0.0)
    if there and there[-1].x > begin:
        yield Band("there", begin, round(there[-1].x - begin, 2))
    after = there[-1].at if there else ""
    gone = [event for event in placed if event.kind in _GONE and event.at > after]
    if len(gone) > 1:
        yield Band("gone", gone[0].x, round(gone[-1].x - gone[0].x, 2))


def _ticks(first: datetime, last: datetime) -> Iterable[tuple[str, datetime]]:
    """Beginnings of years, or of months in a life of less than two years, as many as have room."""
    if (last - first).days >= 730:
        years = range(first.year + 1, last.year + 1)
        step = max(1, -(-len(years) // _MOST_TICKS))
        return [(str(year), datetime(year, 1, 1, tzinfo=UTC)) for year in years[::step]]
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    step = max(1, -(-len(months) // _MOST_TICKS))
    begun = [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months[::step]]
    return [(f"{month:%Y-%m}", month) for month in begun]


def _moment(at: str) -> datetime | None:
    """A stored time; None for what is none, as archives of others may hold."""
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
