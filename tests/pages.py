"""Pages for tests: bytes to captures, embeds to what a fixture says of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from archiver.cli.extract import line
from archiver.model import Archived, Capture, Page
from archiver.page import read_page
from archiver.sources import Settings

HERE = Path(__file__).parent
KINDS = {".html": "text/html", ".txt": "text/plain", ".md": "text/markdown"}
SHARED = HERE.parent.parent / "shared"
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def capture(body: bytes | str, kind: str = "text/html", url: str | None = None) -> Capture:
    """A capture of bytes made up in a test."""
    data = body.encode() if isinstance(body, str) else body
    return Capture("test", data, kind, "file", WHEN, url=url)


def read(body: bytes | str, kind: str = "text/html", url: str | None = None) -> Page:
    """The page made of some HTML, or of plain text."""
    return read_page(capture(body, kind, url))


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Settings:
    """Settings by which every request gets this answer, in pieces as from a network."""

    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        yield body

    def streamed(request: httpx.Request) -> httpx.Response:
        told = answer(request)
        return httpx.Response(told.status_code, headers=told.headers, content=pieces(told.content))

    return Settings(transport=httpx.MockTransport(streamed))


def lines(path: Path) -> list[dict[str, object]]:
    """What `archiver extract` prints for a fixture, and the address of each author."""
    received = capture(path.read_bytes(), KINDS[path.suffix])
    archived = Archived(received.target, received, read_page(received))
    return [{**line(archived, embed), "author_url": embed.post.author_url} for embed in archived.page.embeds]
