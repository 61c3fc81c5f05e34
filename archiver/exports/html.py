"""Posts to read, as one HTML page without scripts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from archiver import atomic
from archiver.analysis import posts
from archiver.analysis.posts import Listed
from archiver.exports import _heading, _pages, _pseudonymous
from archiver.exports.pseudonyms import Pseudonyms
from archiver.store.questions import Filter

__all__ = ["write"]


def write(archive: sqlite3.Connection, about: Filter, path: Path, at: datetime, by: Pseudonyms | None = None) -> int:
    """Writes the chosen posts with the articles that embed them, whole or not at all; how many. Raises ArchiveError."""
    counted = _Counted(_pseudonymous.posts(posts.listed(archive, about), by))
    told = _heading.lines(archive, about, at)
    with atomic.text(path) as file:
        file.writelines(_pages.template("list.html").generate(told=told, posts=counted))
    return counted.n


class _Counted:
    """Posts that are counted while they are read, for there may be more than memory holds."""

    def __init__(self, posts: Iterator[Listed]) -> None:
        self.n, self._posts = 0, posts

    def __iter__(self) -> Iterator[Listed]:
        for post in self._posts:
            self.n += 1
            yield post
