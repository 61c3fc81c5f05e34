"""One WARC file to one part: what a worker does."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

from archiver import __version__, prefilter, readers, sources
from archiver.cluster import parts, stores, whole
from archiver.cluster.manifest import Failure, Line
from archiver.cluster.parts import FORM, Facts
from archiver.cluster.stores import Stamp
from archiver.errors import ArchiverError, FetchError, TargetError, UnreadableError
from archiver.model import Archived, Capture, Failed, Passed
from archiver.sources import Settings
from archiver.sources.archives import warc

__all__ = ["Reading", "Work", "do", "ready"]

_SETTINGS = Settings(may_embed=prefilter.may_embed)
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Work:
    """A WARC, the folder for its part, the version of the archiver that must do it, and what is known to be done.

    `wait` is in seconds before it is begun, where it was tried before.
    """

    source: str
    folder: str
    version: str
    known: Line | None = None
    wait: float = 0.0


def ready() -> str:
    """The version that a worker has."""
    return __version__


def do(work: Work) -> Line | Failure:
    """The part of a WARC, made unless it is there; done twice it makes the same bytes."""
    time.sleep(work.wait)
    begun = time.monotonic()
    try:
        if work.version != __version__:
            raise TargetError(work.source, f"needs archiver {work.version}, the worker has {__version__}")
        stamp = stores.stamp(work.source)
        part = stores.below(work.folder, parts.name(work.source))
        line = _known(work, part, stamp) or _found(work, part, stamp)
        if line is not None:
            return line
        with whole.writing(part) as sink, parts.Writer(sink) as writer:
            reading = Reading(work.source)
            for archived in reading.pages():
                writer.add(archived)
            if stores.stamp(work.source) != stamp:
                raise FetchError(work.source, "was changed while it was read", "archiver crawl --retry")
            facts = Facts(work.source, stamp.size, stamp.mark, __version__, **reading.counts())
            writer.end(facts)
        return Line(parts.name(work.source), sink.size, sink.digest, facts, round(time.monotonic() - begun, 3))
    except ArchiverError as error:
        return Failure(work.source, str(error), isinstance(error, FetchError))


@dataclass(slots=True)
class Reading:
    """The reading of a WARC, and what it held so far; `most` limits how far into the file it goes, in bytes."""

    source: str
    most: int | None = None
    at: int = 0
    _records: int = 0
    _pages: int = 0
    _with_embeds: int = 0
    _embeds: int = 0
    _skipped: int = 0

    def pages(self) -> Iterator[Archived]:
        """The pages that embed posts. Raises FetchError, TargetError, or UnreadableError for what is no WARC."""
        with stores.reading(self.source) as file:
            for each in sources.pages_of(warc.captures(file, self.source, _SETTINGS, self._counted), _SETTINGS):
                self.at = file.tell()
                if self.most is not None and self.at > self.most:
                    return
                if isinstance(each, Passed):
                    self._pages += each.pages
                if not isinstance(each, Capture):
                    self._skipped += isinstance(each, Failed)
                    continue
                self._pages += 1
                archived = embedding(each)
                if archived is not None:
                    self._with_embeds += 1
                    self._embeds += sum(embed.shape != "link" for embed in archived.page.embeds)
                    yield archived

    def counts(self) -> dict[str, int]:
        """What a part tells of it."""
        return {
            "records": self._records,
            "pages": self._pages,
            "pages_with_embeds": self._with_embeds,
            "embeds": self._embeds,
            "skipped": self._skipped,
        }

    def _counted(self) -> None:
        self._records += 1


def embedding(capture: Capture) -> Archived | None:
    """The page of a capture, where it embeds a post; a mere link is none."""
    outcome = readers.outcome(capture)
    if isinstance(outcome, Archived) and any(embed.shape != "link" for embed in outcome.page.embeds):
        return outcome
    return None


def _known(work: Work, part: str, stamp: Stamp) -> Line | None:
    """The line of a part that is as the manifest says."""
    line = work.known
    if line is not None and _fits(line.facts, work, stamp) and stores.size(part) == line.bytes:
        return line
    return None


def _found(work: Work, part: str, stamp: Stamp) -> Line | None:
    """The line of a part that is there, whole and of the same WARC, though the manifest does not tell so."""
    length = stores.size(part)
    if length is None:
        return None
    try:
        facts = parts.facts(part)
    except UnreadableError:
        return None
    if not _fits(facts, work, stamp):
        return None
    digest = hashlib.sha256()
    with stores.reading(part) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return Line(parts.name(work.source), length, digest.hexdigest(), facts, None)


def _fits(facts: Facts, work: Work, stamp: Stamp) -> bool:
    return (facts.source, facts.source_bytes, facts.source_mark, facts.version, facts.form) == (
        work.source,
        stamp.size,
        stamp.mark,
        work.version,
        FORM,
    )
