"""Which pages can embed a post, before any is parsed."""

from __future__ import annotations

import codecs

from archiver import platforms

__all__ = ["may_embed"]

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEGINNING = 1 << 12  # bytes: a page has markup there, and markup in UTF-16 has NULs


def may_embed(body: bytes | memoryview, media_type: str, _url: str = "") -> bool:
    """Whether `read_page` can find a post in a page of these bytes; where it cannot, its posts need no reading.

    Of HTML its bytes tell, whatever their encoding: all of the web's but UTF-16 have ASCII's letters.
    Of texts and Markdown, which sign posts and name them by shortcodes, only reading tells.
    """
    if media_type != "text/html" or platforms.may_hold(body):
        return True
    begin = bytes(body[:_BEGINNING])
    return begin.startswith(_WIDE) or b"\0" in begin
