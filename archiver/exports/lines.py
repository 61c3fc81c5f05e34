"""Posts of an archive as lines: JSON, or ids alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from archiver import atomic
from archiver.atomic import STDOUT

__all__ = ["STDOUT", "Dehydrated", "ids", "write"]


@dataclass(slots=True)
class Dehydrated:
    """How many ids of each platform were written, and how many posts have none."""

    platforms: Counter[str] = field(default_factory=Counter)
    without: int = 0


def write(path: Path, lines: Iterable[str], shown: Callable[[str], str] = str) -> None:
    """Writes lines as UTF-8, whole or not at all, each as it is `shown`. Raises ArchiveError."""
    with atomic.file(path) as file:
        for line in lines:
            file.write(f"{shown(line)}\n".encode())


def ids(path: Path, found: Iterable[tuple[str, str | None]]) -> Dehydrated:
    """Writes the ids of posts, of which each comes with its platform, one a line. Raises ArchiveError."""
    told = Dehydrated()
    with atomic.file(path) as file:
        for platform, number in found:
            if number is None:
                told.without += 1
            else:
                told.platforms[platform] += 1
                file.write(f"{number}\n".encode())
    return told
