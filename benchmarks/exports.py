"""Rows a second and peak memory of each export, of the report, and of merging a part."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from archiver import merging, store  # noqa: E402
from archiver.analysis import networks  # noqa: E402
from archiver.exports import bibtex, csl, csv, gexf, graphml, html, lines, md, parquet, report, sqlite  # noqa: E402
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
        rows = _EXPORTS[export](archive, _FILTERS[name], db, path)
    seconds, cpu = time.perf_counter() - started, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return rows, path.stat().st_size / 1e6, seconds, cpu, peak


def _csv(found: Kept, path: Path, *, excel: bool = False) -> int:
    csv.write(path, [column.name for column in found.columns(FLAT)], found.rows(FLAT), excel=excel)
    return found.count(FLAT)


def _jsonl(found: Kept, path: Path) -> int:
    lines.write(path, exports.post_lines(found.archive, found))
    return found.count("embeds")


def _ids(found: Kept, path: Path) -> int:
    return lines.ids(path, found.ids()).platforms.total()


def _parquet(table: str, found: Kept, path: Path) -> int:
    parquet.write(path, found.columns(table), found.rows(table))
    return found.count(table)


def _kept(write: Callable[[Kept, Path], int], archive: sqlite3.Connection, about: Filter, _: Path, path: Path) -> int:
    return write(kept.keep(archive, about), path)


def _sqlite(archive: sqlite3.Connection, about: Filter, db: Path, path: Path) -> int:
    found = kept.keep(archive, about)
    list(sqlite.write(found, db, path, ["export"]))
    return sum(found.count(table) for table in sqlite.COPIED)


def _merge(_: sqlite3.Connection, __: Filter, ___: Path, path: Path) -> int:
    """Captures that are merged into an empty archive."""
    with closing(store.open_archive(path)) as archive:
        return sum(merging.merge(path.with_name("sqlite"), merging.Merge(archive, path, ["merge"])))


def _listed(
    write: Callable[[sqlite3.Connection, Filter, Path, datetime], int],
    archive: sqlite3.Connection,
    about: Filter,
    _: Path,
    path: Path,
) -> int:
    return write(archive, about, path, _NOW)


def _cited(
    write: Callable[[sqlite3.Connection, Filter, Path], int],
    archive: sqlite3.Connection,
    about: Filter,
    _: Path,
    path: Path,
) -> int:
    return write(archive, about, path)


def _network(name: str, kind: str, archive: sqlite3.Connection, about: Filter, _: Path, path: Path) -> int:
    """Nodes and edges."""
    network = networks.of(archive, about, name)
    if kind == "gexf":
        gexf.write(network, path, _NOW)
    else:
        graphml.write(network, path)
    return len(network.nodes) + len(network.edges)


def _report(archive: sqlite3.Connection, about: Filter, _: Path, path: Path) -> int:
    """Figures."""
    contents = report.gather(archive, about, lambda _: None)
    report.write(contents, path, "archive", _NOW)
    return len(contents.figures)


_NOW = datetime(2026, 1, 2, tzinfo=UTC)
_EXPORTS: dict[str, Callable[[sqlite3.Connection, Filter, Path, Path], int]] = {
    "ids": partial(_kept, _ids),
    "csv": partial(_kept, _csv),
    "csv --excel": partial(_kept, partial(_csv, excel=True)),
    "jsonl": partial(_kept, _jsonl),
    "parquet": partial(_kept, partial(_parquet, FLAT)),
    "parquet --table embeds": partial(_kept, partial(_parquet, "embeds")),
    "sqlite": _sqlite,
    "merge": _merge,
    "md": partial(_listed, md.write),
    "html": partial(_listed, html.write),
    "csl": partial(_cited, csl.write),
    "bibtex": partial(_cited, bibtex.write),
    "gexf --network hashtags": partial(_network, "hashtags", "gexf"),
    "gexf --network accounts": partial(_network, "accounts", "gexf"),
    "gexf --network outlets": partial(_network, "outlets", "gexf"),
    "graphml --network accounts": partial(_network, "accounts", "graphml"),
    "report": _report,
}

if __name__ == "__main__":
    main()
