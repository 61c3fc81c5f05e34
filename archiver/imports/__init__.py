"""Datasets that people have, to outcomes to store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archiver.errors import ArchiverError, TargetError, UnreadableError
from archiver.imports import lists, nela_gt, tweetfinder, tweets, twitter_to_sqlite
from archiver.imports._base import Bad, Head, Kind, Source
from archiver.model import Archived, Dataset, Failed
from archiver.store import foreign
from archiver.told import Imported

__all__ = ["KINDS", "PLATFORMS", "Settings", "read"]

KINDS: tuple[Kind, ...] = (nela_gt.KIND, twitter_to_sqlite.KIND, tweetfinder.KIND, tweets.KIND, lists.KIND)
"""What is read, in the order in which a file is tried."""

PLATFORMS = tuple(sorted(lists.BY_ID))
"""The platforms whose ids alone name posts."""

_MOST_FAILED = 100  # records of one file that are told one by one


@dataclass(frozen=True, slots=True)
class Settings:
    """How files are read: as which kind (None: as they look), of which platform ids are, and what is done already."""

    kind: str | None = None
    platform: str | None = None
    is_done: Callable[[str], bool] = lambda _: False


def read(files: Iterable[str], settings: Settings) -> Iterator[Archived | Imported | Dataset | Failed]:
    """What the records of files tell, then each file as a whole; one bad file, or record, stops no other.

    Of a file's failures the first hundred are told, each under the file's name, # and its line or row, and then how
    many more there are.
    """
    for name in files:
        if not settings.is_done(name):
            try:
                yield from _file(name, settings)
            except ArchiverError as error:
                yield Failed(name, error, datetime.now(UTC))


def _file(name: str, settings: Settings) -> Iterator[Archived | Imported | Dataset | Failed]:
    path = Path(name)
    try:
        kind, whole = _kind(name, path, settings), _whole(name, path)
        source = Source(name, path, whole.at, settings.platform, settings.is_done)
        failed = 0
        for each in kind.read(source):
            if not isinstance(each, Bad):
                yield each
                continue
            failed += not each.is_last
            if each.is_last or failed <= _MOST_FAILED:
                yield _failed(source.record(each.place), each.wrong)
    except OSError as error:
        raise TargetError(name, f"cannot be read: {error.strerror or error}") from error
    yield Dataset(name, whole.url, kind.name, whole.size, whole.sha256, whole.at)
    if failed > _MOST_FAILED:
        yield _failed(source.record("further"), f"has {failed - _MOST_FAILED:,} further records that cannot be read")


def _kind(name: str, path: Path, settings: Settings) -> Kind:
    if not path.is_file():
        raise TargetError(name, "is a folder" if path.is_dir() else "is not there", "give the names of files")
    head = Head(path)
    cure = f"import reads {_listed(kind.what for kind in KINDS)}; --format says which it is"
    if not head.is_database and not head.text.strip():
        raise UnreadableError(name, "is empty", "nothing to import")
    if head.is_database:
        with foreign.opened(path) as database:
            if database.is_ours:
                raise UnreadableError(name, "is an archive", "archiver merge brings one into another")
    if settings.kind is None:
        found = next((kind for kind in KINDS if kind.is_database == head.is_database and kind.fits(head)), None)
        if found is None:
            raise UnreadableError(name, "is of no kind that can be imported", cure)
        return found
    chosen = next(kind for kind in KINDS if kind.name == settings.kind)
    if chosen.is_database != head.is_database or (chosen.is_database and not chosen.fits(head)):
        raise UnreadableError(name, f"is not {chosen.what}", cure)
    return chosen


def _whole(name: str, path: Path) -> Dataset:
    """The file as it is before it is read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Dataset(name, path.resolve().as_uri(), "", file.tell(), digest, datetime.now(UTC))


def _failed(target: str, wrong: str) -> Failed:
    return Failed(target, UnreadableError(target, wrong), datetime.now(UTC))


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}"
