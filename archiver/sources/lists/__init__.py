"""Lists of addresses: OPML, tables, bookmarks, plain lists."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from archiver import lazily, soup
from archiver.errors import UnreadableError
from archiver.model import Capture, Failed, Listed
from archiver.sources import _media, _xml, feeds, files
from archiver.sources.lists import _listing, _table, sitemaps
from archiver.sources.lists._listing import Line

if TYPE_CHECKING:
    import bs4
else:
    bs4 = lazily.module("bs4")

__all__ = ["listed", "urls_in"]

_LONGEST_BOOKMARK = 64 * 1024  # characters: they hold pictures
_SCHEME = re.compile(r"https?:", re.IGNORECASE)
_OUTLINE = ("xmlurl", "url", "htmlurl")  # a feed before the site that it is of


def listed(received: Capture) -> Iterator[Listed | Failed]:
    """The addresses of an OPML file, a CSV or TSV with a column of them, browser bookmarks or a text, in their order.

    `at` is the date that a table tells, else None. A line that names no address is a failure that names it, and the
    others go on. Bookmarks of other schemes are what browsers keep for themselves, and left out.
    """
    lines, what = _READERS.get(received.media_type, (_lines, "a list"))
    return _listing.outcomes(received, lines(received), what)


def urls_in(name: str) -> Iterator[Listed | Failed]:
    """The addresses in a file, or in standard input for `-`: any list, sitemap or feed; a text is one address a line.

    Raises TargetError for a file that cannot be read, UnreadableError for one that is no list.
    """
    received = files.read_stdin() if name == "-" else files.read(name)
    match received.media_type:
        case _media.SITEMAP:
            return sitemaps.listed(received)
        case _media.FEED | _media.JSON_FEED:
            return feeds.links(received)
        case _media.HTML | _media.JSON:
            raise UnreadableError(name, f"is {received.media_type}, not a list of addresses", "give one address a line")
    return listed(received)


def _outlines(received: Capture) -> Iterator[Line]:
    try:
        for element in _xml.elements(_xml.text(received.body, received.encoding)):
            address = next(filter(None, map(element.attributes.get, _OUTLINE)), None)
            if element.name == "outline" and address:
                yield Line(element.line, _of_feed(address.strip()))
    except _xml.Broken as error:
        yield Line(error.line, wrong=f"is no XML: {error}; what stands before it was read")


def _of_feed(address: str) -> str:
    """The address of a feed written with the scheme `feed`, as news readers do."""
    if address[:5].lower() != "feed:":
        return address
    rest = address[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def _bookmarks(received: Capture) -> Iterator[Line]:
    # Browsers write one a line; a tree of them all would take quadratic time for folders nested by the ten thousand.
    for number, line in enumerate(io.StringIO(_text(received), newline=None), 1):
        if len(line) > _LONGEST_BOOKMARK:
            yield Line(number)
        elif "<a" in line.lower():
            links = bs4.BeautifulSoup(line.replace("<![", " "), "html.parser")(
                "a", href=True
            )  # of which it makes an error
            addresses = (str(link["href"]).strip() for link in links)
            yield from (Line(number, address) for address in addresses if _SCHEME.match(address))


def _lines(received: Capture) -> Iterator[Line]:
    text = _text(received)
    if _table.is_table(text):
        yield from _table.lines(text)
        return
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if address := _media.address(line):
            yield Line(number, address)


def _rows(received: Capture) -> Iterator[Line]:
    return _table.lines(_text(received))


def _text(received: Capture) -> str:
    return soup.decode(received.body, received.encoding)[0]


_READERS: dict[str, tuple[Callable[[Capture], Iterator[Line]], str]] = {
    _media.OPML: (_outlines, "an OPML file"),
    _media.BOOKMARKS: (_bookmarks, "a file of bookmarks"),
    _media.TABLE: (_rows, "a table"),
}
