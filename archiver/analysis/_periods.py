"""Days, weeks, months and years, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

__all__ = ["By", "PeriodError", "bounds", "length", "named", "sequence"]

By = Literal["day", "week", "month", "year"]

_LENGTHS = {"day": 10, "week": 10, "month": 7, "year": 4}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_MOST = 4000  # periods between two dates that are filled in


class PeriodError(ValueError):
    """A period that is none, or is missing."""


def length(by: By) -> int:
    """How many characters of a time name its period, or for weeks its day."""
    return _LENGTHS[by]


def named(day: str, by: By) -> str:
    """The period of a day, or the period itself; weeks are those of ISO 8601: `2017-W42`."""
    if by != "week":
        return day
    year, week, _ = date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


def bounds(period: str) -> tuple[str, str]:
    """The first day of a period and the day after its last. A period is `2017`, `2017-10`, `2017-10-15` or `A..B`.

    Raises PeriodError for anything else.
    """
    first, mark, last = period.partition("..")
    try:
        begin, end = _bounds(first)[0], _bounds(last if mark else first)[1]
    except (ValueError, OverflowError) as error:
        raise PeriodError(f"{period!r} is no period: {error}") from error
    if begin >= end:
        raise PeriodError(f"{period} ends before it begins")
    return begin.isoformat(), end.isoformat()


def sequence(names: list[str], by: By) -> list[str]:
    """All periods from the first to the last of these, also those between that are not among them."""
    if not names:
        return []
    first, last = (_first_day(name, by) for name in (min(names), max(names)))
    filled = list(_names(first, last, by))
    return filled if len(filled) <= _MOST else sorted(set(names))


def _bounds(text: str) -> tuple[date, date]:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no date")
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    begin = date(year, month, day)
    if found[3]:
        return begin, begin + timedelta(days=1)
    if found[2]:
        return begin, (begin + timedelta(days=31)).replace(day=1)
    return begin, date(year + 1, 1, 1)


def _first_day(name: str, by: By) -> date:
    return date.fromisoformat(f"{name}-1") if by == "week" else _bounds(name)[0]


def _names(first: date, last: date, by: By) -> Iterator[str]:
    seen = first
    while seen <= last:
        yield named(seen.isoformat(), by)[: length(by) if by != "week" else None]
        match by:
            case "day":
                seen += timedelta(days=1)
            case "week":
                seen += timedelta(days=7)
            case "month":
                seen = (seen + timedelta(days=31)).replace(day=1)
            case _:
                seen = date(seen.year + 1, 1, 1)
