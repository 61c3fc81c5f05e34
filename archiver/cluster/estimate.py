"""How long a crawl takes, and how much it writes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from archiver import __version__
from archiver.cluster import parts, stores
from archiver.cluster.manifest import Line, Manifest
from archiver.cluster.parts import Facts
from archiver.cluster.whole import Sink
from archiver.cluster.work import Reading

__all__ = ["Estimate", "Sample", "estimate"]

_BEGINNING = 32 << 20  # bytes of a WARC that are read to know the rest
_SAMPLES = 3
_SIZES = 10  # WARC files whose size is asked for


@dataclass(frozen=True, slots=True)
class Sample:
    """What some WARC files, or their beginnings, were: bytes read, seconds of one worker, and what came of it."""

    bytes: int = 0
    seconds: float = 0.0
    pages: int = 0
    pages_with_embeds: int = 0
    embeds: int = 0
    part_bytes: int = 0

    def __add__(self, other: Sample) -> Sample:
        return Sample(
            self.bytes + other.bytes,
            self.seconds + other.seconds,
            self.pages + other.pages,
            self.pages_with_embeds + other.pages_with_embeds,
            self.embeds + other.embeds,
            self.part_bytes + other.part_bytes,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is left of a crawl. All but `warcs`, `left` and `workers` is a guess from `basis`.

    `bytes` are to be read, `part_bytes` written; `core_hours` are those of one worker, `hours` those of all.
    """

    warcs: int
    left: int
    bytes: int
    core_hours: float
    hours: float
    workers: int
    pages: int
    pages_with_embeds: int
    embeds: int
    part_bytes: int
    basis: str


def estimate(sources: Sequence[str], manifest: Manifest, workers: int) -> Estimate:
    """What is left of a crawl of these, by the parts that are done, or else by the beginnings of three.

    Raises FetchError, TargetError or UnreadableError where one of those cannot be read.
    """
    done = [line for source in sources if (line := manifest.done.get(parts.name(source)))]
    left = len(sources) - len(done)
    timed = [line for line in done if line.seconds]
    if timed:
        sample = sum(map(_of_part, timed), Sample())
        size = sum(line.facts.source_bytes for line in done) / len(done)
        basis = f"{len(timed)} parts that are done"
    elif not sources:
        sample, size, basis = Sample(), 0.0, "nothing"
    else:
        chosen = _spread(sources, _SIZES)
        size = sum(stores.stamp(source).size for source in chosen) / len(chosen)
        read = _spread(sources, _SAMPLES)
        sample = sum(map(_beginning, read), Sample())
        basis = f"the first {_BEGINNING >> 20} MB of {len(read)} files"
    total = size * left
    times = total / sample.bytes if sample.bytes else 0.0
    hours = sample.seconds * times / 3600
    return Estimate(
        warcs=len(sources),
        left=left,
        bytes=round(total),
        core_hours=hours,
        hours=hours / max(1, min(workers, left)),
        workers=workers,
        pages=round(sample.pages * times),
        pages_with_embeds=round(sample.pages_with_embeds * times),
        embeds=round(sample.embeds * times),
        part_bytes=round(sample.part_bytes * times),
        basis=basis,
    )


def _of_part(line: Line) -> Sample:
    told = line.facts
    counts = told.pages, told.pages_with_embeds, told.embeds
    return Sample(told.source_bytes, line.seconds or 0.0, *counts, line.bytes)


def _beginning(source: str) -> Sample:
    """What the beginning of a WARC holds; its part is written to nowhere that stays."""
    begun = time.monotonic()
    reading = Reading(source, _BEGINNING)
    with tempfile.TemporaryFile() as file:
        sink = Sink(cast("BinaryIO", file), source)
        with parts.Writer(sink) as writer:
            for archived in reading.pages():
                writer.add(archived)
            counts = reading.counts()
            writer.end(Facts(source, reading.at, None, __version__, **counts))
    told = counts["pages"], counts["pages_with_embeds"], counts["embeds"]
    return Sample(reading.at, time.monotonic() - begun, *told, sink.size)


def _spread(sources: Sequence[str], count: int) -> list[str]:
    """So many of them, from the first to the last at even distances."""
    step = max(1, len(sources) // count)
    return list(sources[::step][:count])
