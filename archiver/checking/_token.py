"""The token that Twitter's syndication asks for."""

from __future__ import annotations

import math

__all__ = ["token"]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = 36


def token(platform_id: str) -> str:
    """The token of a tweet's id: `((Number(id) / 1e15) * Math.PI).toString(36).replace(/(0+|\\.)/g, '')`.

    By react-tweet (fetch-tweet.ts) and yt-dlp; `toString` as V8 writes the shortest digits that name the same number.
    """
    return _written(float(int(platform_id)) / 1e15 * math.pi).replace("0", "").replace(".", "")


def _written(value: float) -> str:
    """A number of less than 2^53 in base 36, as JavaScript writes it."""
    whole, rest = int(value), value - int(value)
    delta = max(0.5 * (math.nextafter(value, math.inf) - value), math.nextafter(0.0, 1.0))
    digits: list[int] = []
    while rest >= delta:
        rest, delta = rest * _BASE, delta * _BASE
        digits.append(int(rest))
        rest -= digits[-1]
        if (rest > 0.5 or (rest == 0.5 and digits[-1] & 1)) and rest + delta > 1:
            while digits and digits[-1] + 1 == _BASE:
                digits.pop()
            if digits:
                digits[-1] += 1
            else:
                whole += 1
            break
    return f"{_integer(whole)}.{''.join(_DIGITS[digit] for digit in digits)}"


def _integer(value: int) -> str:
    written = ""
    while value:
        value, digit = divmod(value, _BASE)
        written = _DIGITS[digit] + written
    return written or "0"
