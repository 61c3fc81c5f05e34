"""A limit: the page's tree by lexbor, never looked at."""

from __future__ import annotations

from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from benchmarks.peers._measure import decoded, measure

__all__ = ["prepare", "read"]


def prepare(path: Path, body: bytes) -> bytes:
    """The page as UTF-8, lexbor's own encoding."""
    return decoded(path, body).encode("utf-8", "replace")


def read(html: bytes) -> None:
    """Parses, and counts nothing."""
    LexborHTMLParser(html)


if __name__ == "__main__":
    measure(prepare, read)
