"""A capture to a page: bytes to meaning."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from archiver import article, embeds, flags, lazily, mentions, plaintext, platforms, soup, urls, webpage
from archiver.model import Capture, Embed, Page, Prose, Sighting
from archiver.state import Own

if TYPE_CHECKING:
    from archiver import markdown
else:
    markdown = lazily.module("archiver.markdown")

__all__ = ["read_page"]


def read_page(capture: Capture) -> Page:
    """The page that a capture holds. Pure, and never raises: what cannot be read is None or missing."""
    text, encoding = soup.decode(capture.body, capture.encoding)
    match capture.media_type:
        case "text/plain":
            return _plain(capture, text)
        case "text/markdown":
            html = markdown.html(text)
            return _html(capture, html, html)
        case _:
            return _html(capture, text, text if encoding.startswith("utf-16") else capture.body)


def _plain(capture: Capture, text: str) -> Page:
    items = plaintext.read(text)
    title = plaintext.title(items)
    page = Page(*_address(capture, None), title=title, mentions=mentions.find(_prose(items), None))
    return _filled(page, embeds.hashtags(items, None), embeds.place(items), capture.captured_at)


def _html(capture: Capture, text: str, searched: str | bytes) -> Page:
    tree = soup.parse(text)
    told = article.read(tree)
    url, source = _address(capture, told.canonical_url)
    own = Own(url if urls.is_web(url) else None, told.title)
    items = webpage.read(tree, platforms.hinted(searched), own, _is_wanted)
    found = embeds.place(items)
    archived_at = _archived_at(capture, told.canonical_url, found)
    page = Page(
        url,
        source,
        outlet=urls.outlet(url),
        site_name=told.site_name,
        title=told.title,
        byline=told.byline,
        description=told.description,
        section=told.section,
        keywords=told.keywords,
        published_at=told.published_at,
        published_source=told.published_source,
        published_precision=told.published_precision,
        modified_at=told.modified_at,
        lang=told.lang,
        archived_at=archived_at,
        mentions=mentions.find(_prose(items), told.lang),
    )
    return _filled(page, embeds.hashtags(items, told.title), found, archived_at or capture.captured_at)


def _is_wanted(words: str) -> bool:
    """Whether a paragraph is looked at wherever it stands: for its hashtags, or for what it says of posts."""
    return webpage.tagged(words) or mentions.may_speak(words)


def _prose(items: Iterable[Prose | Sighting]) -> Iterator[str]:
    return (item.text for item in items if isinstance(item, Prose))


def _archived_at(capture: Capture, declared: str | None, found: tuple[Embed, ...]) -> datetime | None:
    """When a web archive captured the page: by its address, or by those of its posts where the archive rewrote them."""
    own = (urls.archived_at(address) for address in (capture.final_url, capture.url, declared) if address)
    posts = (urls.archived_at(e.html, of=e.post.platform_id) for e in found if e.html and e.post.platform_id)
    return next((at for at in (*own, *posts) if at), None)


def _filled(page: Page, tags: tuple[str, ...], found: tuple[Embed, ...], captured_at: datetime) -> Page:
    flagged = tuple(replace(embed, flags=flags.of(embed, page, captured_at)) for embed in found)
    return replace(page, hashtags=tags, embeds=flagged)


def _address(capture: Capture, declared: str | None) -> tuple[str, str]:
    """The page's URL and who told it: the page (`declared`), the fetch (`fetched`), the file (`file`) or its bytes.

    What a page says of its own address counts only within its own registrable domain, where that is known.
    """
    fetched = capture.url if capture.source == "wayback" else capture.final_url or capture.url
    at = fetched if urls.is_web(fetched) else None
    own = urls.join(at, declared) if declared else None
    if own and urls.is_web(own) and (at is None or urls.outlet(own) == urls.outlet(at)):
        return urls.canonical(own), "declared"
    if at:
        return urls.canonical(at), "fetched"
    if fetched:
        return fetched, "file"
    digest = base64.urlsafe_b64encode(bytes.fromhex(capture.sha256)).decode().rstrip("=")
    return f"ni:///sha-256;{digest}", "digest"  # RFC 6920: a name made of the content
