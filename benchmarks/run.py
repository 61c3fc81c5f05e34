"""Every bar measured: a table, and the same as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where profile.py would hide the standard library's

from benchmarks import corpus, reading, startup, warc, writing  # noqa: E402
from benchmarks.bars import Bar  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results.json"
PARTS = ("reading", "warc", "writing", "startup")


def main() -> None:
    """Measures, prints the table, and writes the same as JSON."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    ask.add_argument("--rounds", type=_positive, default=3, help="rounds of which the median counts (default 3)")
    ask.add_argument("--corpus", type=Path, default=corpus.FOLDER, help="folder with manifest.tsv and pages/")
    ask.add_argument(
        "--size", type=float, default=1000.0, metavar="MB", help="of the WARC, uncompressed (default 1000)"
    )
    ask.add_argument("--posts", type=_positive, default=1_000_000, help="of the large archive (default 1000000)")
    ask.add_argument("--work", type=Path, default=ROOT / "benchmarks" / "work", help="folder for what is generated")
    args = ask.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        ask.error(f"no such part: {', '.join(sorted(unknown))}")
    args.work.mkdir(parents=True, exist_ok=True)
    measures: dict[str, Callable[[], Iterator[Bar]]] = {
        "reading": lambda: reading.bars(args.corpus, args.rounds),
        "warc": lambda: warc.bars(args.work.resolve(), args.size, args.rounds),
        "writing": lambda: writing.bars(args.posts),
        "startup": lambda: startup.bars(args.rounds),
    }
    found = [bar for part in args.parts or PARTS for bar in measures[part]()]
    print(_table(found))
    told = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "rounds": args.rounds,
        "size_mb": args.size,
        "bars": [asdict(bar) | {"reached": bar.reached} for bar in found],
    }
    RESULTS.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _table(bars: list[Bar]) -> str:
    lines = ["", "| measure | measured | bar | reached | |", "|---|---:|---:|---|---|"]
    for bar in bars:
        asked = "" if bar.bar is None else f"{'at most' if bar.at_most else 'at least'} {bar.bar:g}"
        reached = {None: "", True: "yes", False: "no"}[bar.reached]
        lines.append(f"| {bar.name} | {bar.measured:.2f} | {asked} | {reached} | {bar.told} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
