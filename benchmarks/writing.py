"""Posts written, beside sqlite-utils writing the same rows."""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlite_utils import Database

from archiver import store
from benchmarks import generate_archive
from benchmarks.bars import Bar, say, spent

__all__ = ["bars"]

TIMES, GROWTH = 3.0, 1.8
_TABLES = ("outlets", "authors", "pages", "captures", "posts", "embeds", "hashtags", "post_hashtags")
_BATCH, _PAGES = 1000, 1000


def bars(posts: int) -> Iterator[Bar]:
    """The bars of writing: speed beside `upsert_all` at 10,000 posts, and growth of a post's cost up to `posts`."""
    with tempfile.TemporaryDirectory() as folder:
        small = _cost(10_000, Path(folder) / "small.db")
        theirs = float(spent(sys.executable, "-m", "benchmarks.writing", "--upsert", Path(folder) / "small.db").output)
        told = f"{theirs:.0f} and {small:.0f} microseconds of CPU a post at 10,000, ours with indexes, search, counts"
        yield Bar("writing: speed to upsert_all's, the same rows", theirs / small, TIMES, at_most=False, told=told)
        large = _cost(posts, Path(folder) / "large.db")
        told = f"{large:.0f} and {small:.0f} microseconds"
        yield Bar(f"cost of a post at {posts:,} to that at 10,000", large / small, GROWTH, told=told)


def _cost(posts: int, db: Path) -> float:
    """Microseconds of CPU for each post of a new archive, in a process of its own."""
    found = float(spent(sys.executable, "-m", "benchmarks.writing", "--posts", str(posts), db).output)
    say(f"{posts:,} posts: {found:.0f} microseconds each")
    return found


def _archived(posts: int, db: Path) -> float:
    """The same, in this process: what the pages are made of is not counted."""
    made, took = generate_archive.Pages(posts), 0.0
    pages = iter(made)
    with closing(store.open_archive(db)) as archive:
        run_id = store.start_run(archive, ["archive", "generated"], "0", datetime.now(UTC))
        while made.posts < posts:
            batch = [generate_archive.archived(page) for page in islice(pages, _PAGES)]
            began = time.process_time()
            store.save(archive, run_id, batch)
            took += time.process_time() - began
    return 1e6 * took / made.posts


def _upserted(db: Path) -> float:
    """Microseconds of CPU for each post, as sqlite-utils writes the rows of an archive into a new file."""
    with closing(sqlite3.connect(db)) as archive, tempfile.TemporaryDirectory() as folder:
        rows: dict[str, list[dict[str, object]]] = {}
        for table in _TABLES:
            found = archive.execute(f"select * from {table}")
            names = [column[0] for column in found.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in found]
        other = Database(Path(folder) / "other.db")
        began = time.process_time()
        for table, every in rows.items():
            key = "id" if "id" in every[0] else tuple(every[0])[:2]
            left = iter(every)
            while batch := list(islice(left, _BATCH)):
                other[table].upsert_all(batch, pk=key)
        took = time.process_time() - began
        other.close()
    return 1e6 * took / len(rows["posts"])


if __name__ == "__main__":
    ask = argparse.ArgumentParser()
    ask.add_argument("--posts", type=int)
    ask.add_argument("--upsert", action="store_true")
    ask.add_argument("db", type=Path)
    chosen = ask.parse_args()
    print(_upserted(chosen.db) if chosen.upsert else _archived(chosen.posts, chosen.db))
