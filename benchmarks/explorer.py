"""How long the explorer's pages take on archives of any size."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where profile.py would hide the standard library's

import yaml  # noqa: E402
from datasette.app import Datasette  # noqa: E402
from datasette.plugins import pm  # noqa: E402

import archiver.datasette_plugin as plugin  # noqa: E402
from archiver import store  # noqa: E402
from benchmarks import generate_archive  # noqa: E402

RESULTS = ROOT / "benchmarks" / "explorer.json"
MEDIAN, WORST, HOME, SMALL, ADDING = 250, 1000, 100, 60, 2000  # ms: bars at a million posts, and the median at 10,000
_LARGE = 500_000  # posts from which the first of these bars count


@dataclass(frozen=True, slots=True)
class Kind:
    """The times of one kind of request, in ms of wall clock and CPU, and what went wrong."""

    name: str
    requests: int
    median: float
    worst: float
    cpu: float
    timed_out: tuple[str, ...]
    errors: tuple[str, ...]
    bar: float
    reached: bool


def main() -> None:
    """Asks each archive, prints the tables, and writes the same as JSON; exit code 1 where a bar is missed."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("archives", type=Path, nargs="+", help="made by generate_archive.py")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--results", type=Path, default=RESULTS)
    ask.add_argument("--no-adding", action="store_true", help="leave the archives as they are")
    chosen = ask.parse_args()
    told: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "rounds": chosen.rounds,
        "archives": [],
    }
    for path in chosen.archives:
        with closing(sqlite3.connect(path)) as archive:
            (posts,) = archive.execute("select count(*) from posts").fetchone()
            asked = dict(_requests(archive))
        kinds = asyncio.run(_measured(path, asked, chosen.rounds, posts))
        adding = [] if chosen.no_adding else _adding(path)
        size = path.stat().st_size
        print(_report(path.stem, posts, size, kinds, adding), flush=True)
        told["archives"].append(
            {"posts": posts, "bytes": size, "adding_ms": adding, "kinds": [asdict(kind) for kind in kinds]}
        )
    chosen.results.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    adding_reached = all(each <= ADDING for archive in told["archives"] for each in archive["adding_ms"])
    sys.exit(not adding_reached or not all(k["reached"] for a in told["archives"] for k in a["kinds"]))


def _requests(archive: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """Each kind of request, and paths of that kind below the archive's name (`/` is the home page)."""

    def found(sql: str) -> list[Any]:
        return [row[0] for row in archive.execute(sql)]

    def posts(**args: object) -> str:
        return "/posts?" + urlencode(args, doseq=True)

    tags = found("select display from hashtags order by n_posts desc limit 5")
    mid = found("select display from hashtags order by n_posts desc limit 5 offset 60")
    authors = [found(f"select id from authors order by n_posts desc limit 1 offset {n}")[0] for n in (0, 20, 90)]
    names = [found(f"select handle from authors where id = {author}")[0] for author in authors]
    outlets = found("select domain from outlets order by n_posts desc limit 5")
    year, month, half, old = 2017, "2017-10", _id_at(archive, 0.5), _id_at(archive, 0.999)
    few = _id_at(archive, 0.5, "where n_pages = 1")
    yield "home", ["/"]
    yield "posts, 7 facets, chart", ["/posts"]
    yield "hashtag, the top 5", [posts(_hashtag=tag) for tag in tags]
    yield "hashtag, 60th to 65th", [posts(_hashtag=tag) for tag in mid]
    yield "hashtag of 20 % of the posts", [posts(_hashtag=generate_archive.TOP_TAG)]
    yield "hashtag in the text only", [posts(_hashtag=tag, _in="post") for tag in tags[:3]]
    yield "hashtag and year", [posts(_hashtag=tag, posted_year=year) for tag in tags]
    yield "hashtag, author and year", [posts(_hashtag=tag, author_id=authors[0], posted_year=year) for tag in tags[:3]]
    yield "two hashtags", [posts(_hashtag=pair) for pair in ((tags[0], tags[1]), (tags[1], tags[2]), (tags[0], mid[0]))]
    yield "year", [posts(posted_year=year), posts(posted_year=2021)]
    yield "month", [posts(posted_month=month)]
    yield "platform of 80 %", [posts(platform="twitter")]
    yield "platform and language (58 %)", [posts(platform="twitter", lang="en")]
    yield "rare platform and language", [posts(platform="vimeo", lang="ja")]
    yield "author, many to few posts", [posts(author_id=author) for author in authors]
    yield "outlet, the top 5", [posts(_outlet=outlet) for outlet in outlets]
    yield "hashtag and outlet", [posts(_hashtag=tag, _outlet=outlets[0]) for tag in tags[:3]]
    yield "search, rare and middling words", [posts(_search=word) for word in ("w9000", "w700", "w90 w120")]
    yield "search, a word in 20 % of the posts", [posts(_search=generate_archive.COMMON_WORD)]
    yield "search and hashtag", [posts(_search=generate_archive.COMMON_WORD, _hashtag=tag) for tag in (tags[0], mid[0])]
    yield "days of a year", [posts(posted_year=year, _facet_date="posted_at")]
    yield "one day", [posts(_day="2017-10-15")]
    yield (
        "page 2",
        [posts(_next=f"{each},{each}") for each in found("select id from posts order by id desc limit 1 offset 50")],
    )
    yield "page half-way", [posts(_next=f"{half},{half}")]
    yield "last page", [posts(_next=f"{old},{old}"), posts(_sort="id")]
    yield (
        "most embedded, first and half-way page",
        [posts(_sort_desc="n_pages"), posts(_sort_desc="n_pages", _next=f"1,{few}")],
    )
    yield "rows instead of cards", [posts(_view="rows"), posts(_view="rows", _hashtag=tags[2])]
    yield "JSON and CSV", ["/posts.json", "/posts.csv?_hashtag=" + tags[0]]
    yield "embeds", ["/embeds", "/embeds?shape=iframe", "/embeds?platform=bluesky"]
    yield "pages", ["/pages", "/pages?lang=de", "/pages?outlet_id=1"]
    queries = ("hashtag_by_month", "hashtags_together", "authors_of_a_hashtag", "outlets_embedding_a_hashtag")
    yield "queries about a hashtag", [f"/{query}?hashtag={mid[0]}" for query in queries]
    yield "hashtag page", [f"/-/hashtag/{tag}" for tag in (*tags, mid[0])]
    yield "author page", [f"/-/author/twitter/{name}" for name in names if name.startswith("tw_")]
    yield "outlet page", [f"/-/outlet/{outlet}" for outlet in (outlets[0], outlets[4])]
    keys = found(
        "select platform || '/' || platform_id from posts where platform_id is not null and n_pages > 1 limit 3"
    )
    yield "post page", [f"/-/post/{key}" for key in keys]
    yield "article page", [f"/-/article/{page}" for page in found("select id from pages limit 3")]


def _id_at(archive: sqlite3.Connection, share: float, where: str = "") -> int:
    """The id of the post at a share of the way down from the newest."""
    (number,) = archive.execute(f"select count(*) from posts {where}").fetchone()
    sql = f"select id from posts {where} order by id desc limit 1 offset {int(number * share)}"
    return int(archive.execute(sql).fetchone()[0])


async def _measured(path: Path, asked: dict[str, list[str]], rounds: int, posts: int) -> list[Kind]:
    if not pm.is_registered(plugin):  # it is, by its entry point, where the project is installed
        pm.register(plugin)
    metadata = yaml.safe_load(store.metadata().read_text(encoding="utf-8"))
    metadata["databases"] = {path.stem: metadata["databases"]["archive"]}
    datasette = Datasette([str(path)], metadata=metadata)
    await datasette.invoke_startup()
    order = [(name, one) for name, paths in asked.items() for one in paths] * rounds
    random.Random(1).shuffle(order)  # noqa: S311
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    late: dict[str, set[str]] = {name: set() for name in asked}
    errors: dict[str, set[str]] = {name: set() for name in asked}
    for name, one in [(name, paths[0]) for name, paths in asked.items()] + order:
        whole = one if one == "/" or one.startswith("/-/") else f"/{path.stem}{one}"
        wall, cpu = time.perf_counter(), time.process_time()
        answer = await datasette.client.get(whole)
        times[name].append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
        if answer.status_code != 200:
            errors[name].add(f"{whole}: {answer.status_code}")
        if "timed out" in answer.text:
            late[name].add(whole)
    found = []
    for name, each in times.items():
        each = each[1:]  # less the first, which fills the cache of the file
        wall, cpu, worst = median(t[0] for t in each), median(t[1] for t in each), max(t[0] for t in each)
        bar = (HOME if name == "home" else MEDIAN) if posts >= _LARGE else SMALL if posts <= 20_000 else MEDIAN
        reached = wall <= bar and worst <= WORST and not late[name] and not errors[name]
        found.append(
            Kind(
                name, len(each), wall, worst, cpu, tuple(sorted(late[name])), tuple(sorted(errors[name])), bar, reached
            )
        )
    datasette.executor.shutdown()
    return found


def _adding(path: Path) -> list[float]:
    """The ms that it takes to add one article of six posts, the top hashtag among theirs; three times."""
    taken = []
    for number in range(3):
        made = generate_archive.Pages(1000, seed=time.time_ns())
        page = max((page for page, _ in zip(made, range(60), strict=False)), key=lambda page: len(page.embeds))
        with closing(store.open_archive(path)) as archive:
            run = store.start_run(archive, ["archive", f"added {number}"], "0", datetime.now(UTC))
            started = time.perf_counter()
            store.save(archive, run, [generate_archive.archived(page)])
            taken.append(1000 * (time.perf_counter() - started))
            archive.execute("pragma wal_checkpoint(truncate)")
    return taken


def _report(name: str, posts: int, size: int, kinds: list[Kind], adding: list[float]) -> str:
    lines = ["", f"{name}: {posts:,} posts, {size / 1e9:.2f} GB", ""]
    lines += [
        "| request | n | median ms | worst ms | CPU ms | bar ms | reached |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    for k in kinds:
        wrong = "; ".join([*(f"timed out: {each}" for each in k.timed_out), *k.errors])
        fields = (k.name, k.requests, f"{k.median:.0f}", f"{k.worst:.0f}", f"{k.cpu:.0f}", f"{k.bar:g}")
        lines.append(
            f"| {' | '.join(map(str, fields))} | {'yes' if k.reached else 'no'} |{' ' + wrong if wrong else ''}"
        )
    if adding:
        lines += ["", f"adding one article: {', '.join(f'{each:.0f}' for each in adding)} ms (bar {ADDING})"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
