"""RSS and Atom to entries, by feedparser."""

from __future__ import annotations

import calendar
import io
import re
import sys
from datetime import UTC, datetime
from typing import Any

import feedparser

from archiver import soup
from archiver.errors import UnreadableError
from archiver.model import Capture
from archiver.moments import Moment
from archiver.sources import _xml
from archiver.sources.feeds._entry import Entry, Feed, as_html

__all__ = ["read"]

_REFERENCE = re.compile(r"&#(?:0*([0-9]+)|[xX]0*([0-9a-fA-F]+));?")
_LONGEST = 7  # digits of a character's number
_BREAKS = (AssertionError, AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)


def read(received: Capture) -> Feed:
    """A feed of RSS or Atom, also a broken one; the HTML in it is left as it is.

    Raises UnreadableError for one that is too broken even for feedparser.
    """
    parsed = _parsed(received)
    about = dict(parsed["feed"])
    entries = (_entry(dict(entry), about) for entry in parsed["entries"])
    return Feed(_text(about.get("title")), _text(about.get("link")), tuple(entries))


def _parsed(received: Capture) -> Any:
    body = _REFERENCE.sub(_mended, _xml.text(received.body, received.encoding)).encode("utf-8", "replace")
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except _BREAKS as error:  # its readers of rarer elements take much on trust
        raise UnreadableError(received.target, f"is a feed that cannot be read: {error!r}") from error


def _mended(reference: re.Match[str]) -> str:
    """A reference to a character, as it is where there is such a one; feedparser takes each for one."""
    digits, base = (reference[1], 10) if reference[1] else (reference[2], 16)
    number = int(digits, base) if len(digits) <= _LONGEST else sys.maxunicode + 1
    return reference[0] if number < 0xD800 or 0xDFFF < number <= sys.maxunicode else "\ufffd"


def _entry(fields: dict[str, Any], about: dict[str, Any]) -> Entry:
    """An entry of a plain dict, for feedparser's own answers for keys that are not there."""
    names = [_text(author.get("name")) for author in fields.get("authors") or ()]
    pieces = dict.fromkeys(filter(None, map(_html, fields.get("content") or [fields.get("summary_detail")])))
    return Entry(
        name=_text(fields.get("id")),
        link=_text(fields.get("link")),
        title=_plain(fields.get("title_detail"), fields.get("title")),
        byline=", ".join(filter(None, names)) or _text(fields.get("author")),
        published=_moment(fields.get("published_parsed")),
        modified=_moment(fields.get("updated_parsed")),
        tags=tuple(_text(tag.get("term")) for tag in fields.get("tags") or ()),
        lang=_text(about.get("language")),
        content="\n".join(pieces),
    )


def _html(content: Any) -> str:
    """A piece of content as HTML."""
    value = _text(content.get("value")) if content else ""
    return as_html(value) if content and content.get("type") == "text/plain" else value


def _plain(detail: Any, value: object) -> str:
    """The words of a title, which may be HTML."""
    if detail and detail.get("type") == "text/plain":
        return _text(value)
    node = soup.parse(_text(value)).body
    return soup.squeeze(node.text()) if node else ""


def _moment(parsed: Any) -> Moment | None:
    """A time of feedparser's, which is UTC; None for none."""
    try:
        return Moment(datetime.fromtimestamp(calendar.timegm(parsed), UTC)) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
