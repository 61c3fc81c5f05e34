"""How much a run stored."""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["COUNTED", "Counts"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the targets of a run; posts that pages only link to are not counted.

    Pages `passed` were read and not stored, `files_known` not read again.
    """

    pages: int = 0
    embeds: int = 0
    posts_new: int = 0
    posts_known: int = 0
    failures: int = 0
    unchanged: int = 0
    passed: int = 0
    files_known: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))


COUNTED = tuple(field.name for field in fields(Counts))
"""What is counted, in the order of the columns of `runs`."""
