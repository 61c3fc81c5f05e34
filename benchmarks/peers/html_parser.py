"""A limit: the standard library's html.parser, its handlers empty."""

from __future__ import annotations

from html.parser import HTMLParser

from benchmarks.peers._measure import decoded, measure

__all__ = ["read"]


def read(html: str) -> None:
    """Parses, and counts nothing."""
    parser = HTMLParser()
    parser.feed(html)
    parser.close()


if __name__ == "__main__":
    measure(decoded, read)
