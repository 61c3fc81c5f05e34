"""Which answers that an archive holds are documents to read."""

from __future__ import annotations

import re

from archiver import urls
from archiver.sources import _media
from archiver.sources._settings import Settings

__all__ = ["address", "is_page", "is_wanted", "kind"]

_READ = frozenset({_media.HTML, _media.TEXT, _media.MARKDOWN, _media.FEED, _media.JSON_FEED})
_SURE = frozenset({_media.HTML, _media.FEED, _media.JSON_FEED})  # by their bytes alone, where no content type is told
_IS_JSON = re.compile(r"(?:text/plain|(?:application|text)/(?:[\w.-]+\+)?(?:json|(?:x-)?javascript))$")
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")
_IS_PAGE = re.compile(rb"\s*+<(?:!doctype\s++html|html)[\s>]", re.IGNORECASE)
_ROBOTS = "/robots.txt"


def is_wanted(media_type: str, url: str, settings: Settings) -> bool:
    """Whether what an address answered with may be a document, by its content type ("" for none)."""
    if not media_type or _media.TOLD.get(media_type) in _READ:
        return not url.endswith(_ROBOTS)
    return _is_answer(media_type, url, settings)


def kind(target: str, body: bytes, media_type: str, url: str, settings: Settings) -> str | None:
    """The kind of a document that `is_wanted`; None for what is none after all: empty, a list, a picture.

    A platform's own answer is JSON, whatever its server calls it. Raises UnreadableError for what is not even text.
    """
    if _is_answer(media_type, url, settings):
        return _media.JSON
    if is_page(media_type, body):
        return _media.HTML  # as most are: that needs no closer look
    if not body.strip():
        return None
    found = _media.kind(target, body, _media.TOLD.get(media_type))
    return found if found in (_READ if media_type else _SURE) else None


def is_page(media_type: str, body: bytes, start: int = 0) -> bool:
    """Whether bytes, from a place of them on, are surely HTML: by their beginning, and their content type."""
    return bool(_IS_PAGE.match(body, start)) and _media.TOLD.get(media_type, _media.HTML) == _media.HTML


def address(told: str) -> str:
    """An address as an archive tells it, without credentials, and with %20 for a blank."""
    found = _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", told.strip())
    return urls.without_credentials(found) if "@" in found else found


def _is_answer(media_type: str, url: str, settings: Settings) -> bool:
    return bool(_IS_JSON.match(media_type)) and settings.is_answer(url, media_type)
