"""How long each answer of `archiver analyze` takes, and how much memory."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from contextlib import closing
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from archiver import store  # noqa: E402
from archiver.analysis.catalogue import QUESTIONS, Options, Table  # noqa: E402
from archiver.store.questions import Filter  # noqa: E402

SECONDS, MEGABYTES = 10, 500  # the bars at a million posts; seconds are the processor's, as others may use it too
_FILTERS = {"all": Filter(), "one hashtag": Filter(hashtags=("MeToo",)), "a year": Filter(since="2017", until="2017")}
_OPTIONS = Options(by="month", then="2016", now="2017")


def main() -> None:
    """Asks each question in a process of its own, with and without filters; exits with 1 where one misses a bar."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("db", type=Path, help="an archive, for example one of benchmarks/generate_archive.py")
    ask.add_argument("--only", help="one question")
    ask.add_argument("--filter", choices=list(_FILTERS), help="one filter")
    chosen = ask.parse_args()
    with closing(store.open_archive(chosen.db)) as archive:  # upgraded once, before time is taken
        (posts,) = archive.execute("select count(*) from posts").fetchone()
    print(f"{posts:,} posts; seconds and megabytes of a whole process, from opening the archive to the answer\n")
    print("| question | table | filter | rows | s | CPU s | MB |\n|---|---|---|---:|---:|---:|---:|")
    slow = 0
    spawned = multiprocessing.get_context("spawn")
    for what, tables in QUESTIONS.items():
        for table in tables if chosen.only in (None, what) else ():
            for name in _FILTERS if chosen.filter is None else (chosen.filter,):
                with spawned.Pool(1) as pool:
                    rows, seconds, cpu, megabytes = pool.apply(measure, (chosen.db, what, table.name, name))
                missed = cpu > SECONDS or megabytes > MEGABYTES
                slow += missed
                mark = " !" if missed else ""
                print(
                    f"| {what} | {table.name} | {name} | {rows} | {seconds:.1f} | {cpu:.1f} | {megabytes:.0f}{mark} |",
                    flush=True,
                )
    sys.exit(1 if slow else 0)


def measure(db: Path, what: str, table: str, name: str) -> tuple[int, float, float, float]:
    """Rows of the answer, seconds on the clock and of the processor, and the most memory in MB."""
    asked: Table = next(each for each in QUESTIONS[what] if each.name == table)
    started, spent = time.perf_counter(), time.process_time()
    with closing(store.open_archive(db)) as archive:
        rows = len(asked.ask(archive, _FILTERS[name], _OPTIONS).rows)
    cpu = time.process_time() - spent
    return rows, time.perf_counter() - started, cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
