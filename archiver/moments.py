"""Times as machines write them, to UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Moment", "read"]

_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # a date outside these years is no page's: the web was made in 1990


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in UTC; where only its day is told, that day's midnight and `is_day`."""

    at: datetime
    is_day: bool = False

    def may_be_on(self, day: Moment) -> bool:
        """Whether it is that calendar day somewhere on earth."""
        return timedelta(hours=-14) <= self.at - day.at < timedelta(hours=36)


def read(text: str) -> Moment | None:
    """The time that a text tells in ISO 8601, as in mail, as Java and JavaScript print it, or as Unix time.

    A time without zone is not told, so only its day is kept. None for what is no time, impossible, or outside the
    years 1990 to 2100.
    """
    text = text.strip()
    match = _ISO.fullmatch(text) or _WORDED.fullmatch(text) or _JAVA.fullmatch(text)
    try:
        if match:
            found = _moment(match)
        elif _UNIX.fullmatch(text):
            found = Moment(datetime.fromtimestamp(int(text[:10]), UTC))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if _FIRST_YEAR <= found.at.year <= _LAST_YEAR else None


_ZONE = r"(?P<zone>Z|(?:UTC|GMT)?[+-]\d\d:?(?:\d\d)?|UTC|GMT)"
_CLOCK = re.compile(
    rf"[T\s,]\s*(?P<hour>\d\d?):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?\s*{_ZONE}"
    r"(?:\s*[\[(][^\])]*[\])])?",  # its name: [Europe/Berlin], (UTC)
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/]?)(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?P<rest>(?:Z|[+-]\d\d:\d\d)?|[T\s,].*)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_MONTH = r"(?P<name>[a-z]{3,9})"
_WORDED = re.compile(
    rf"(?:[a-z]{{3,9}},? )?(?:(?P<day>\d\d?) {_MONTH}|(?P<name_>[a-z]{{3,9}}) (?P<day_>\d\d?),?) (?P<year>\d{{4}})"
    r"(?P<rest> .*)",
    re.ASCII | re.IGNORECASE,
)
_JAVA = re.compile(  # Sun Nov 08 03:04:05 UTC 2020
    rf"[a-z]{{3}} {_MONTH} (?P<day>\d\d) (?P<clock>\d\d:\d\d:\d\d) (?P<place>[a-z]{{1,5}}(?:[+-]\d\d:?\d\d)?) "
    r"(?P<year>\d{4})",
    re.ASCII | re.IGNORECASE,
)
_UNIX = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _moment(match: re.Match[str]) -> Moment:
    """The moment of a shape that fits. Raises ValueError where its numbers make none."""
    told = match.groupdict()
    if told.get("mark") == "" and len(told["month"] + told["day"]) != 4:
        raise ValueError(match[0])
    month = int(told["month"]) if "month" in told else _MONTHS.index((told["name"] or told["name_"])[:3].lower()) + 1
    day = datetime(int(told["year"]), month, int(told["day"] or told["day_"]), tzinfo=UTC)
    rest = f" {told['clock']} {told['place']}" if "clock" in told else told["rest"]
    clock = _CLOCK.fullmatch(rest)
    hour = int(clock["hour"]) if clock else 24
    if clock is None or hour > 23:
        return Moment(day, is_day=True)
    micros = int((clock["fraction"] or "").ljust(6, "0")[:6])
    at = day.replace(hour=hour, minute=int(clock["minute"]), second=int(clock["second"] or 0), microsecond=micros)
    return Moment(at - _offset(clock["zone"]))


def _offset(zone: str) -> timedelta:
    digits = "".join(filter(str.isdigit, zone))
    ahead = timedelta(hours=int(digits[:2] or 0), minutes=int(digits[2:] or 0))
    return -ahead if "-" in zone else ahead
