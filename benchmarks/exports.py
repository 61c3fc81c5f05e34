"""Rows a second and peak memory of each export of an archive, and of merging a part of it."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from archiver import merging, store  # noqa: E402
from archiver.exports import csv, lines, parquet, sqlite  # noqa: E402
from archiver.store import exports, kept  # noqa: E402
from archiver.store.kept import FLAT, Kept  # noqa: E402
from archiver.store.questions import Filter  # noqa: E402

MEGABYTES = 500  # the bar, at a million posts
_FILTERS = {"all": Filter(), "one hashtag": Filter(hashtags=("MeToo",)), "a year": Filter(since="2017", until="2017")}


def main() -> None:
    """Makes each export in a process of its own, with and without filters; exits with 1 where one misses the bar."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("db", type=Path, help="an archive, for example one of benchmarks/generate_archive.py")
    ask.add_argument("--only", choices=list(_EXPORTS), help="one export")
    ask.add_argument("--filter", choices=list(_FILTERS), help="one filter")
    ask.add_argument("--folder", type=Path, help="where to write; needs as much room as the archive takes")
    chosen = ask.parse_args()
    print("| export | filter | rows | MB | s | CPU s | rows/s | peak MB |\n|---|---|---:|---:|---:|---:|---:|---:|")
    spawned, large = multiprocessing.get_context("spawn"), 0
    for name in _FILTERS if chosen.filter is None else (chosen.filter,):
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            for export in _EXPORTS if chosen.only is None else (chosen.only,):
                if export == "merge" and (name == "all" or not (Path(folder) / "sqlite").exists()):
                    continue  # as long as archiving all of it
                with spawned.Pool(1) as pool:
                    told = pool.apply(measure, (chosen.db, export, name, Path(folder)))
                rows, size, seconds, cpu, peak = told
                large += peak > MEGABYTES
                each = f"{rows:,} | {size:,.0f} | {seconds:.1f} | {cpu:.1f} | {rows / seconds:,.0f} | {peak:.0f}"
                print(f"| {export} | {name} | {each}{' !' if peak > MEGABYTES else ''} |", flush=True)
    sys.exit(1 if large else 0)


def measure(db: Path, export: str, name: str, folder: Path) -> tuple[int, float, float, float, float]:
    """Rows, MB of the file, seconds on the clock and of the processor, and the most memory in MB."""
    path, started, spent = folder / export, time.perf_counter(), time.process_time()
    with closing(store.open_archive(db)) as archive:
        rows = _EXPORTS[export](kept.keep(archive, _FILTERS[name]), db, path)
    seconds, cpu = time.perf_counter() - started, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return rows, path.stat().st_size / 1e6, seconds, cpu, peak


def _csv(found: Kept, _: Path, path: Path, *, excel: bool = False) -> int:
    csv.write(path, [column.name for column in found.columns(FLAT)], found.rows(FLAT), excel=excel)
    return found.count(FLAT)


def _jsonl(found: Kept, _: Path, path: Path) -> int:
    lines.write(path, exports.post_lines(found.archive, found))
    return found.count("embeds")


def _ids(found: Kept, _: Path, path: Path) -> int:
    return lines.ids(path, found.ids()).platforms.total()


def _parquet(table: str, found: Kept, _: Path, path: Path) -> int:
    parquet.write(path, found.columns(table), found.rows(table))
    return found.count(table)


def _sqlite(found: Kept, db: Path, path: Path) -> int:
    list(sqlite.write(found, db, path, ["export"]))
    return sum(found.count(table) for table in sqlite.COPIED)


def _merge(_: Kept, __: Path, path: Path) -> int:
    """Captures that are merged into an empty archive."""
    with closing(store.open_archive(path)) as archive:
        return sum(merging.merge(path.with_name("sqlite"), merging.Merge(archive, path, ["merge"])))


_EXPORTS = {
    "ids": _ids,
    "csv": _csv,
    "csv --excel": partial(_csv, excel=True),
    "jsonl": _jsonl,
    "parquet": partial(_parquet, FLAT),
    "parquet --table embeds": partial(_parquet, "embeds"),
    "sqlite": _sqlite,
    "merge": _merge,
}

if __name__ == "__main__":
    main()
