"""A crawl's WARC file extracted, beside FastWARC merely reading it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from benchmarks import crawl
from benchmarks.bars import Bar, say, turns

__all__ = ["bars"]

MOST, MOST_WITHOUT = 1.35, 1.15  # of FastWARC's CPU time, with embeds on 3 % of pages, and with none
TWO_JOBS, PEAK, GROWTH = 1.7, 200.0, 1.1
SHARE = 0.03


def bars(folder: Path, megabytes: float, rounds: int) -> Iterator[Bar]:
    """The bars of reading crawls of so many MB uncompressed, and of one ten times as long."""
    mixed, without = _made(folder, megabytes, SHARE), _made(folder, megabytes, 0.0)
    extract = (sys.executable, "-m", "archiver", "extract")
    done = turns(
        rounds,
        {
            "FastWARC": (sys.executable, "-m", "benchmarks.warc", mixed),
            "extract": (*extract, mixed, "--jobs", "1"),
            "extract, 2 jobs": (*extract, mixed, "--jobs", "2"),
            "FastWARC, without embeds": (sys.executable, "-m", "benchmarks.warc", without),
            "extract, without embeds": (*extract, without, "--jobs", "1"),
        },
    )
    one, two = done["extract"], done["extract, 2 jobs"]
    assert one.output == two.output, "two jobs tell the same as one"
    told = f"{one.cpu:.2f} s against {done['FastWARC'].cpu:.2f}"
    yield Bar("WARC, 3 % with embeds: CPU of extract to FastWARC's", one.cpu / done["FastWARC"].cpu, MOST, told=told)
    plain, alone = done["extract, without embeds"].cpu, done["FastWARC, without embeds"].cpu
    yield Bar("WARC without embeds: the same", plain / alone, MOST_WITHOUT, told=f"{plain:.2f} s against {alone:.2f}")
    told = f"{one.clock:.2f} s and {two.clock:.2f} by the clock"
    yield Bar("--jobs 2: speed to one's", one.clock / two.clock, TWO_JOBS, at_most=False, told=told)
    yield Bar("peak memory of a process, MB", max(one.peak, two.peak), PEAK, told=f"{one.peak:.0f}, {two.peak:.0f}")
    longer = _made(folder, megabytes * 10, SHARE)
    ten = turns(1, {"extract, ten times as long": (*extract, longer, "--jobs", "1")})["extract, ten times as long"]
    yield Bar("the same, ten times as long, to that", ten.peak / one.peak, GROWTH, told=f"{ten.peak:.0f} MB")


def _made(folder: Path, megabytes: float, share: float) -> Path:
    path = folder / f"crawl-{megabytes:g}-{share:g}.warc.gz"
    if not path.exists():
        say(f"making {path.name}")
        part = path.with_suffix(".part")
        crawl.write(part, int(megabytes * 1e6), share)
        part.rename(path)
    return path


def _read(path: str) -> int:
    """The bytes of all HTML bodies, as FastWARC reads them."""
    size = 0
    with open(path, "rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True):
            head = record.http_headers
            if head is not None and head.status_code == 200 and "html" in (record.http_content_type or ""):
                size += len(record.reader.read())
    return size


if __name__ == "__main__":
    print(_read(sys.argv[1]))
