"""Posts and articles as CSL-JSON."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from archiver import atomic
from archiver.exports._sources import Source, What, cited
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store.questions import Filter

__all__ = ["item", "write"]

_TYPES = {"post": "post", "article": "article-newspaper", "webpage": "webpage"}


def write(
    archive: sqlite3.Connection, about: Filter, path: Path, what: What = "both", by: Pseudonyms | None = None
) -> int:
    """Writes a list of items, one a line, whole or not at all; how many. Raises ArchiveError."""
    n = 0
    with atomic.text(path) as file:
        file.write("[")
        for source in cited(archive, about, what, by):
            file.write(f"{',' if n else ''}\n{item(source)}")
            n += 1
        file.write("\n]\n")
    return n


def item(source: Source) -> str:
    """An item of CSL 1.0.2; what is not told is left out, and a date that may be a day off is `circa`."""
    told: dict[str, object] = {"id": source.key, "type": _TYPES[source.kind], "title": source.title}
    if source.author:
        told["author"] = [{"literal": source.author}]
    if source.container:
        told["container-title"] = source.container
    if source.day:
        told["issued"] = {"date-parts": [list(source.day)]} | ({"circa": True} if source.is_circa else {})
    if source.url:
        told["URL"] = source.url
    if source.accessed:
        told["accessed"] = {"date-parts": [list(source.accessed)]}
    if source.lang:
        told["language"] = source.lang
    if source.kind == "post":
        told["genre"] = "Post"
    if source.note:
        told["note"] = source.note
    return json.dumps(told, ensure_ascii=False)
