"""Sitemaps to the addresses that they list."""

from __future__ import annotations

from collections.abc import Iterator

from archiver import moments, urls
from archiver.model import Capture, Failed, Listed
from archiver.sources import _xml
from archiver.sources.lists import _listing
from archiver.sources.lists._listing import Line

__all__ = ["listed"]

_LISTS = {"urlset": "url", "sitemapindex": "sitemap"}
_DATES = ("lastmod", "publication_date")


def listed(sitemap: Capture) -> Iterator[Listed | Failed]:
    """The pages of a sitemap, or the sitemaps of an index, in their order.

    `at` is the `lastmod`, else the date of publication of a news sitemap; None where neither is told or readable. What
    names no address, or is no XML any more, is a failure that names its line; what stands before is read.
    https://www.sitemaps.org/protocol.html allows 50,000 addresses, of which nothing depends here.
    """
    return _listing.outcomes(sitemap, _lines(sitemap), "a sitemap")


def _lines(sitemap: Capture) -> Iterator[Line]:
    base = sitemap.final_url or sitemap.url
    told: dict[str, str] = {}
    try:
        for element in _xml.elements(_xml.text(sitemap.body, sitemap.encoding)):
            if element.name == _LISTS.get(element.parent):
                yield _line(base, element.line, told)
                told = {}
            elif (element.name, element.parent) == ("publication_date", "news") or element.parent in _LISTS.values():
                told.setdefault(element.name, element.text)
    except _xml.Broken as error:
        yield Line(error.line, wrong=f"is no XML: {error}; what stands before it was read")


def _line(base: str | None, number: int, told: dict[str, str]) -> Line:
    address = told.get("loc", "")
    if address and urls.is_web(base):
        address = urls.join(base, address)
    moment = next(filter(None, (moments.read(told.get(name, "")) for name in _DATES)), None)
    return Line(number, urls.without_credentials(address), moment.at if moment else None)
