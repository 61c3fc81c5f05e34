"""Posts and articles as BibTeX."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archiver import atomic
from archiver.exports._sources import Source, What, cited
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store.questions import Filter

__all__ = ["entry", "write"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_TEX = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "&%$#_"},
        "{": "\\textbraceleft{}",
        "}": "\\textbraceright{}",
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        "<": "\\textless{}",
        ">": "\\textgreater{}",
        "|": "\\textbar{}",
    }
)
_URL = str.maketrans({char: f"%{ord(char):02X}" for char in '{}\\"<>^`| '})  # what would end TeX's url field


def write(
    archive: sqlite3.Connection, about: Filter, path: Path, what: What = "both", by: Pseudonyms | None = None
) -> int:
    """Writes an entry for each chosen post and article, whole or not at all; how many. Raises ArchiveError."""
    n = 0
    with atomic.text(path) as file:
        file.write(f"% {what}, UTF-8, made by social-post archiver\n")
        for source in cited(archive, about, what, by):
            file.write(f"\n{entry(source)}")
            n += 1
    return n


def entry(source: Source) -> str:
    """An @misc entry, each value escaped for TeX; a date's parts are told only where they are known."""
    year, month, day = source.day or (None, None, None)
    accessed = "-".join(f"{part:02}" for part in source.accessed or ())
    about = f"{'about this day; ' if source.is_circa else ''}{source.note or ''}"
    fields = {
        "author": f"{{{_tex(source.author)}}}" if source.author else "",
        "title": f"{{{_tex(source.title)}}}",
        "howpublished": _tex(source.container or ""),
        "url": (source.url or "").translate(_URL),
        "urldate": accessed,
        "language": _tex(source.lang or ""),
        "note": _tex(about),
    }
    dated = f"  year = {{{year:04}}},\n  month = {_MONTHS[month - 1]},\n  day = {{{day}}},\n" if year and month else ""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{source.key},\n{lines}{dated}}}\n"


def _tex(text: str | None) -> str:
    return (text or "").translate(_TEX)
