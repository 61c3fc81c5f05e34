"""Every error that a user can meet, one family."""

from __future__ import annotations

__all__ = [
    "ArchiveError",
    "ArchiverError",
    "FetchError",
    "RefusedError",
    "TargetError",
    "UnreadableError",
]


class ArchiverError(Exception):
    """The head of the family.

    ArchiverError
     ├─ TargetError       a target that is not there, or holds no page
     ├─ UnreadableError   bytes that are no page: empty, binary, too large
     ├─ FetchError        a URL that could not be fetched
     ├─ RefusedError      a URL that we do not fetch: a private address, or one that robots.txt excludes
     └─ ArchiveError      a database file that is not, or not our, archive

    A message names the thing first, then what is wrong, then (if known) the cure. `status` is the HTTP status that a
    server answered with, None where none did.
    """

    def __init__(self, thing: str, wrong: str, cure: str | None = None, status: int | None = None) -> None:
        self.thing, self.wrong, self.cure, self.status = thing, wrong, cure, status
        super().__init__(f"{thing}: {wrong}" + (f" ({cure})" if cure else ""))

    def __reduce__(self) -> tuple[type[ArchiverError], tuple[str, str, str | None, int | None]]:
        return type(self), (self.thing, self.wrong, self.cure, self.status)  # from process to process


class TargetError(ArchiverError):
    """A target that is not there, or a folder without pages."""


class UnreadableError(ArchiverError):
    """Bytes that are no page."""


class FetchError(ArchiverError):
    """A URL that could not be fetched."""


class RefusedError(ArchiverError):
    """A URL that is not fetched on purpose."""


class ArchiveError(ArchiverError):
    """A database file that is no archive, or one that this version cannot write."""
