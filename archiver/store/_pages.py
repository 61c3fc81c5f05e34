"""Pages and outlets to rows."""

from __future__ import annotations

import sqlite3

from archiver.model import DATASET, Page, utc
from archiver.store import _posts
from archiver.store._rows import Row, as_json, fetch, insert, update

__all__ = ["outlet", "save", "twin"]


def save(c: sqlite3.Connection, page: Page) -> int:
    """The id of the page, which is made, or told what it does not know yet."""
    told: Row = {
        "title": page.title,
        "outlet_id": outlet(c, page.outlet, page.site_name) if page.outlet else None,
        "published_at": utc(page.published_at) if page.published_at else None,
        "published_source": page.published_source,
        "published_precision": page.published_precision,
        "byline": page.byline,
        "description": page.description,
        "section": page.section,
        "keywords": as_json(page.keywords) if page.keywords else None,
        "modified_at": utc(page.modified_at) if page.modified_at else None,
        "lang": page.lang,
    }
    own: Row = {"url": page.url, "url_source": page.url_source}
    known = fetch(c, "select * from pages where url in (?, ?)", page.url, twin(page.url))
    if known is None:
        return insert(c, "pages", own | told)
    better = {name: value for name, value in told.items() if known[name] is None}
    if known["url_source"] == DATASET != page.url_source:  # what the page says of itself goes before what others say
        better = {name: value for name, value in told.items() if value is not None} | {"url_source": page.url_source}
    update(c, "pages", known, better | (own if known["url"] == twin(page.url) and "https:" in page.url else {}))
    return int(str(known["id"]))


def twin(url: str) -> str:
    """The same address by http instead of https, or the other way round: one page has both."""
    scheme, mark, rest = url.partition("://")
    return {"http": "https", "https": "http"}.get(scheme, scheme) + mark + rest


def outlet(c: sqlite3.Connection, domain: str, name: str | None) -> int:
    """The id of the outlet, which is made, or given the better of two names."""
    known = fetch(c, "select * from outlets where domain = ?", domain)
    if known is None:
        return insert(c, "outlets", {"domain": domain, "name": name})
    update(c, "outlets", known, {"name": _posts.richer(known["name"], name)})
    return int(str(known["id"]))
