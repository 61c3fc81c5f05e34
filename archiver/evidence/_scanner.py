"""Canonical JSON read a value at a time."""

from __future__ import annotations

import json
from typing import Any, TextIO

from archiver.errors import UnreadableError
from archiver.evidence import canonical

__all__ = ["Scanner"]

_PIECE = 1 << 18  # characters
_LARGEST = 64 << 20  # characters of one value
_DECODER = json.JSONDecoder()


class Scanner:
    """Reads what a manifest holds, in its order. Its methods raise UnreadableError where something else stands."""

    def __init__(self, file: TextIO, thing: str) -> None:
        self._file, self._thing = file, thing
        self._held, self._at, self._is_all = "", 0, False

    def take(self, literal: str) -> None:
        """Goes past these characters."""
        if not self.has(literal):
            raise UnreadableError(self._thing, f"is no whole manifest: {literal!r} is missing")
        self._at += len(literal)

    def has(self, literal: str) -> bool:
        """Whether these characters stand next."""
        while len(self._held) - self._at < len(literal) and not self._is_all:
            self._more()
        return self._held.startswith(literal, self._at)

    def value(self) -> tuple[str, Any]:
        """The object that stands next: its canonical JSON, and what it is."""
        if not self.has("{"):
            raise UnreadableError(self._thing, "is no whole manifest: a record is missing")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except (ValueError, RecursionError) as error:
                if self._is_all or isinstance(error, RecursionError):
                    raise UnreadableError(self._thing, "is no whole manifest: it holds what is no JSON") from error
                if len(self._held) - self._at > _LARGEST:
                    raise UnreadableError(self._thing, f"has a record of more than {_LARGEST:,} characters") from error
                self._more()
                continue
            text, self._at = self._held[self._at : end], end
            if canonical.encoded(value) != text.encode():
                raise UnreadableError(self._thing, f"is not canonical JSON (RFC 8785) at {text[:60]!r}")
            return text, value

    def end(self) -> None:
        """Raises UnreadableError unless everything was read."""
        if self.has("\n"):
            self._at += 1
        self._more()
        if self._at < len(self._held):
            raise UnreadableError(self._thing, "goes on behind its end")

    def _more(self) -> None:
        piece = self._file.read(max(_PIECE, len(self._held) - self._at))  # twice as much, so that no value is costly
        self._is_all = not piece
        self._held, self._at = self._held[self._at :] + piece, 0
