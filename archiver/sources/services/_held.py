"""Answers that web archives hold, to pages."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.errors import UnreadableError
from archiver.sources import _media
from archiver.sources._bodies import TooLarge, readable
from archiver.sources._http import content_type

__all__ = ["CODING_THEN", "Held"]

CODING_THEN = "x-archive-orig-content-encoding"
"""The header by which the Wayback Machine tells how a body was coded that it serves as it was, and as not coded."""

_PAGES = frozenset({_media.HTML, _media.TEXT, _media.MARKDOWN})
_OK = 200


@dataclass(frozen=True, slots=True)
class Held:
    """An answer as it was captured: its status and what its head told, and the body as it was served."""

    status: int | None
    content_type: str
    coding: str | None
    body: bytes
    transfer: str | None = None

    @property
    def charset(self) -> str | None:
        """The encoding that its head tells."""
        return content_type(self.content_type)[1]

    def page(self, name: str, largest: int, *, or_json: bool = False) -> tuple[bytes, str]:
        """The decoded body and its media type. Raises UnreadableError where it is no page, or too large."""
        if self.status != _OK:
            raise UnreadableError(name, f"was answered {self.status} when it was captured", status=self.status)
        told, _ = content_type(self.content_type)
        if told and told not in _media.TOLD:
            raise UnreadableError(name, f"is {told[:80]}, not a page")
        try:
            body = readable(self.body, self.transfer, self.coding, largest)
        except TooLarge as error:
            raise UnreadableError(name, str(error)) from error
        kind = _media.kind(name, body, _media.TOLD.get(told))
        if kind not in _PAGES and not (or_json and kind == _media.JSON):
            raise UnreadableError(name, f"is {kind}, not a page")
        return body, kind
