"""Values in JSON that may hold anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from archiver import dates, literals, soup

__all__ = [
    "MOST_OBJECTS",
    "Moment",
    "at",
    "html",
    "identifier",
    "loads",
    "moment",
    "number",
    "objects",
    "scripts",
    "text",
    "unescaped",
    "walk",
    "word",
]

_CALLBACK = re.compile(r"\s*(?:/\*[^*]{0,20}\*/\s*)?(?:for \(;;\);|[\w$.\[\]]{1,200}\(|\)\]\}')\s*(?=[{\[])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ENTITY = re.compile("&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_LONGEST_TEXT = 100_000  # characters
_LONGEST_WORD = 2000
MOST_OBJECTS = 1000  # of one list
_MOST_VALUES = 300_000  # visited in one answer
_LARGEST = 1 << 63
_ID = re.compile(r"[\w:.=-]{1,200}", re.ASCII)


class Moment(NamedTuple):
    """A time in UTC, and how finely it is told: `millisecond` or `second`."""

    at: datetime
    precision: str


def loads(body: str) -> object:
    """The value of a JSON text, also inside a callback; None where it is no JSON."""
    if callback := _CALLBACK.match(body, 0, 300):
        body = body[callback.end() :].rstrip(" \t\r\n;")
        body = body.removesuffix(")") if callback[0].rstrip().endswith("(") else body
    try:
        return literals.loads(body.lstrip("\ufeff"))
    except ValueError:
        return None


def scripts(page: str, needle: str) -> Iterator[object]:
    """The values in a page's scripts that hold a word, also those that are JSON in a string of JSON."""
    for script in soup.parse(page).css("script"):
        code = script.text() or ""
        if needle in code:
            for value in literals.values(code):
                yield value
                yield from _written(value, needle)


def _written(value: object, needle: str) -> Iterator[object]:
    for holder in walk(value, lambda told: any(_is_written(v, needle) for v in told.values())):
        for inner in holder.values():
            if _is_written(inner, needle):
                yield loads(str(inner))


def _is_written(value: object, needle: str) -> bool:
    return isinstance(value, str) and needle in value and value[:1] == "{"


def at(value: object, *path: str | int) -> object:
    """What stands at a path of keys and indices; None where it leads nowhere."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def text(value: object, *path: str | int) -> str | None:
    """Words at a path, line breaks kept, blanks around them taken away; None where there are none."""
    found = at(value, *path)
    return found[:_LONGEST_TEXT].strip() or None if isinstance(found, str) else None


def word(value: object, *path: str | int) -> str | None:
    """A name, an address or an id at a path, in one line; a whole number becomes its digits."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < _LARGEST:
        return str(found)
    if not isinstance(found, str) or len(found) > _LONGEST_WORD:
        return None
    return " ".join(found.split()) or None


def identifier(value: object, *path: str | int) -> str | None:
    """A platform's id at a path: letters, digits and few signs; None for anything else."""
    found = word(value, *path)
    return found if found and _ID.fullmatch(found) else None


def number(value: object, *path: str | int) -> int | None:
    """A whole number at a path, also one in a string; None where there is none, or one of more than 63 bits."""
    found = at(value, *path)
    if isinstance(found, str) and len(found) < 19 and found.isascii() and found.isdigit():
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        return None
    return found if -_LARGEST < found < _LARGEST else None


def objects(value: object, *path: str | int, most: int = MOST_OBJECTS) -> list[dict[str, object]]:
    """The objects in the list at a path, `most` of them at most; [] where there is none."""
    found = at(value, *path)
    return [each for each in found[:most] if isinstance(each, dict)] if isinstance(found, list) else []


def moment(value: object, *path: str | int) -> Moment | None:
    """A time with its zone: ISO 8601, `Wed Oct 10 20:19:24 +0000 2018`, or seconds since 1970; None for any other."""
    found = at(value, *path)
    told = _parsed(found) if isinstance(found, str) else None
    if isinstance(found, str) and told is None and found.isascii() and found.isdigit() and len(found) <= 10:
        found = int(found)
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < 1e11:
        told = _EPOCH + timedelta(seconds=int(found))
    if told is None or not dates.FIRST_YEAR <= told.year <= dates.LAST_YEAR:
        return None
    return Moment(told, "millisecond" if told.microsecond >= 1000 else "second")


def unescaped(words: str | None) -> str | None:
    """Words in which `&`, `<` and `>` alone are written as entities, as several platforms' interfaces do."""
    return _ENTITY.sub(lambda m: _ENTITIES[m[1]], words) if words else words


def html(value: object, *path: str | int) -> soup.Node | None:
    """The HTML at a path as a tree; None where there is none."""
    told = text(value, *path)
    return soup.parse(f"<div>{told}</div>").body if told else None


def walk(root: object, wanted: Callable[[dict[str, object]], bool]) -> Iterator[dict[str, object]]:
    """The objects in a value that are wanted, in its order, those inside others too."""
    stack = [root]
    for _ in range(_MOST_VALUES):
        if not stack:
            return
        value = stack.pop()
        if isinstance(value, dict):
            if wanted(value):
                yield value
            stack += [each for each in reversed(list(value.values())) if isinstance(each, dict | list)]
        elif isinstance(value, list):
            stack += [each for each in reversed(value) if isinstance(each, dict | list)]


def _parsed(found: str) -> datetime | None:
    """The time that a text tells with its zone."""
    if len(found) > 60:
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            told = parse(found)
            return told.astimezone(UTC) if told.tzinfo else None
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
    return None
