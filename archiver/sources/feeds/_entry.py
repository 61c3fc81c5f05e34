"""A feed's entry, and the page made of it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from archiver.model import utc
from archiver.moments import Moment

__all__ = ["Entry", "Feed", "as_html", "page"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed tells of one page. `title` is plain text, `content` HTML; "" and None are not told."""

    name: str = ""
    link: str = ""
    title: str = ""
    byline: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    tags: tuple[str, ...] = ()
    lang: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its title, the address that it says it has or is about, and its entries."""

    title: str
    link: str
    entries: tuple[Entry, ...]


def page(feed: Feed, entry: Entry, address: str | None) -> str:
    """The entry as a page: its content, as HTML, under the head that its fields make."""
    metas = [
        ("og:site_name", feed.title),
        ("author", entry.byline),
        ("article:published_time", _shown(entry.published)),
        ("article:modified_time", _shown(entry.modified)),
        *(("article:tag", tag) for tag in entry.tags),
    ]
    head = "".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in metas if value)
    link = f'<link rel="canonical" href="{escape(address)}">' if address else ""
    title, lang = escape(entry.title), escape(entry.lang)
    return f'<html lang="{lang}"><head><title>{title}</title>{link}{head}</head><body>{entry.content}</body></html>'


def as_html(words: str) -> str:
    """A plain text as HTML, a paragraph for each of its own."""
    return "\n".join(f"<p>{escape(part)}</p>" for part in words.split("\n\n") if part.strip())


def _shown(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return moment.at.date().isoformat() if moment.is_day else utc(moment.at)
