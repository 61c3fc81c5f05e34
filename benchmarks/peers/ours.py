"""The archiver: bytes to a page with its embeds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archiver.model import Capture
from archiver.page import read_page
from benchmarks.peers._measure import measure

__all__ = ["capture", "read"]

_NOW = datetime.now(UTC)


def capture(path: Path, body: bytes) -> Capture:
    """The capture of a file, its bytes in memory; decoding them is a part of reading."""
    return Capture(path.name, body, "text/html", "file", _NOW, url=path.as_uri())


def read(page: Capture) -> int:
    """The number of tweets embedded; links in running text do not count."""
    return sum(embed.post.platform == "twitter" and embed.shape != "link" for embed in read_page(page).embeds)


if __name__ == "__main__":
    measure(capture, read)
