"""JSON values in a file: lines, an array, or spread."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from archiver import literals
from archiver.imports import _streams
from archiver.imports._streams import LONGEST, Bad, Line

__all__ = ["Record", "elements", "read"]

_PIECE = 1 << 20
_FEW = 10  # lines by which is told how values stand in a file
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*+")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_DECODER = json.JSONDecoder(strict=False)


class Record(NamedTuple):
    """A value, the line on which it begins (from 1) or its number among those of the line, and its bytes."""

    place: str
    body: bytes
    value: object


def read(path: Path, is_done: Callable[[str], bool]) -> Iterator[Record | Bad]:
    """The values of a file, one in memory: one a line; or those of an array, or behind each other, on any lines.

    What is done is left out. Behind what is no JSON in an array nothing more can be read.
    """
    if _is_spread(_streams.head(path, _PIECE)):
        yield from _spread(path, is_done)
        return
    for line in _streams.lines(path):
        if isinstance(line, Bad):
            yield line
        elif not is_done(str(line.number)):
            yield _parsed(line)


def elements(value: object) -> list[object]:
    """The values in an array, or the one that is none."""
    return value if isinstance(value, list) else [value]


def _is_spread(head: bytes) -> bool:
    """Whether the lines of a file's beginning are no values of their own: they begin one, or an array."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith((b"{", b"[")):
        return False
    lines = head.split(b"\n")
    whole = [line for line in (lines if len(head) < _PIECE - 3 else lines[:-1])[:_FEW] if line.strip()]
    found = [_parsed(Line(1, line.strip())) for line in whole]
    values = [each.value if isinstance(each, Record) else None for each in found]
    if head.startswith(b"["):
        return not (values and isinstance(values[0], list))
    return bool(values) and not any(isinstance(each, dict) and each for each in values)


def _parsed(line: Line) -> Record | Bad:
    try:
        return Record(str(line.number), line.body, literals.loads(line.body.decode("utf-8", "replace")))
    except ValueError as error:
        return Bad(str(line.number), f"is no JSON: {str(error)[:100]}")


def _spread(path: Path, is_done: Callable[[str], bool]) -> Iterator[Record | Bad]:
    """The values of arrays, and those that stand behind each other. Those of one line are told apart by a number."""
    place = _Place()
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
    waiting, at, is_over = "", 0, False
    with _streams.opened(path) as file:
        while True:
            start = _BETWEEN.match(waiting, at).end()  # type: ignore[union-attr]
            place.move(waiting, at, start)
            at = start
            if at < len(waiting):
                try:
                    value, end = _DECODER.raw_decode(waiting, at)
                except (ValueError, RecursionError) as error:
                    if is_over or len(waiting) - at > LONGEST:
                        yield Bad(
                            str(place.line),
                            f"is no JSON from here on: {str(error)[:100]}; what stands before it was read",
                        )
                        return
                else:
                    name = place.next()
                    if not is_done(name):
                        yield _record(name, waiting[at:end], value)
                    place.move(waiting, at, end)
                    at = end
                    continue
            if is_over:
                return
            try:
                piece = file.read(max(_PIECE, len(waiting) - at))
            except _streams.DAMAGED as error:
                yield Bad(str(place.line), _streams.damaged(error), is_last=True)
                return
            is_over = not piece
            waiting, at = waiting[at:] + decode(piece, is_over), 0


class _Place:
    """Where a value begins: its line, and, behind another on that line, a number."""

    def __init__(self) -> None:
        self.line, self._told = 1, 0

    def move(self, text: str, start: int, end: int) -> None:
        if found := text.count("\n", start, end):
            self.line, self._told = self.line + found, 0

    def next(self) -> str:
        self._told += 1
        return str(self.line) if self._told == 1 else f"{self.line}.{self._told}"


def _record(name: str, text: str, value: object) -> Record:
    """A value; halves of surrogate pairs in it become U+FFFD, as in one that stands on its own line."""
    return Record(name, text.encode("utf-8", "replace"), literals.loads(text) if _HALF.search(text) else value)
