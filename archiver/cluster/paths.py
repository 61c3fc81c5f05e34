"""The WARC files that arguments name."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterable, Iterator

from archiver.cluster import stores
from archiver.errors import UnreadableError

__all__ = ["COMMON_CRAWL", "listed"]

COMMON_CRAWL = "https://data.commoncrawl.org/"
_OF_COMMON_CRAWL = "crawl-data/"
_WARC = re.compile(r"\.warc(?:\.gz|\.zst)?(?:\?.*)?$", re.IGNORECASE)
_GZIP = b"\x1f\x8b"


def listed(given: Iterable[str], prefix: str | None = None) -> list[str]:
    """The WARC files that paths and URLs name, each once, in order: what ends in .warc, .warc.gz or .warc.zst itself.

    Any other is a list of such, one a line, perhaps gzipped; - is standard input. A * stands for all of such a name,
    also in a store. `prefix` stands before each line that names no place of its own; before those of Common Crawl's
    lists its address does where there is none. Raises TargetError, FetchError or UnreadableError.
    """
    found: dict[str, None] = {}
    for name in given:
        for each in [name] if _WARC.search(name) else _lines(name, prefix):
            place = stores.located(each)
            found.update(dict.fromkeys(stores.matching(place) if "*" in place else [place]))
    return list(found)


def _lines(name: str, prefix: str | None) -> Iterator[str]:
    for line in _text(name).splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if not _WARC.search(line):
            raise UnreadableError(
                name, f"names no WARC file: {line[:80]}", "one path or URL a line, as in warc.paths.gz"
            )
        is_placed = "://" in line or line.startswith("/")
        yield line if is_placed else (prefix or _default(line)) + line


def _default(line: str) -> str:
    return COMMON_CRAWL if line.startswith(_OF_COMMON_CRAWL) else ""


def _text(name: str) -> str:
    if name == "-":
        data = sys.stdin.buffer.read()
    else:
        with stores.reading(stores.located(name)) as file:
            data = file.read()
    try:
        return (gzip.decompress(data) if data.startswith(_GZIP) else data).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableError(name, f"is no list of WARC files: {error}") from error
