"""Times as values of options: how long, how long ago."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Any

import click

__all__ = ["AGE", "PAUSE", "TIMEOUT", "Seconds"]

_AGE = re.compile(r"(\d{1,5})([hdw]?)", re.ASCII)
_HOURS = {"h": 1, "d": 24, "": 24, "w": 168}


class Seconds(click.FloatRange):
    """Seconds that end: no NaN, which is below and above nothing, and no infinity."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        return seconds


class _Age(click.ParamType[timedelta]):
    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        told = _AGE.fullmatch(str(value))
        if not told:
            self.fail(f"{value!r} is no age (30d, 12h or 2w)", param, ctx)
        return timedelta(hours=int(told[1]) * _HOURS[told[2]])


AGE = _Age()
"""An option's value such as 30d, 12h or 2w; days where no unit is told."""

PAUSE, TIMEOUT = Seconds(min=0), Seconds(min=0, min_open=True)
"""Seconds, with fractions; a longest wait is of more than none."""
