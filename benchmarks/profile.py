"""Where the archiver's time goes, as a Markdown table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)  # instead of this folder, where this file would hide the standard library's profile

import cProfile  # noqa: E402
import pstats  # noqa: E402

from benchmarks import corpus  # noqa: E402
from benchmarks.peers import ours  # noqa: E402

_LINES = 15


def main() -> None:
    """Reads a set of pages under cProfile and prints the functions that take most time of their own."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("pages", nargs="?", choices=("all", "tweets", "none"), default="all", help="default: all")
    ask.add_argument("--corpus", type=Path, default=corpus.FOLDER, help="folder with manifest.tsv and pages/")
    args = ask.parse_args()
    try:
        paths = corpus.pages(args.corpus.resolve())[args.pages]
    except OSError as error:
        sys.exit(f"the corpus's manifest cannot be read: {error.strerror}")
    captures = [ours.capture(path, path.read_bytes()) for path in paths]
    for capture in captures[:10]:  # tables are loaded before the clock starts
        ours.read(capture)
    profile = cProfile.Profile()
    profile.enable()
    for capture in captures:
        ours.read(capture)
    profile.disable()
    print(_table(pstats.Stats(profile), len(captures)))


def _table(stats: pstats.Stats, pages: int) -> str:
    functions: dict[tuple[str, int, str], tuple[int, int, float, float, object]] = vars(stats)["stats"]
    total = sum(own for _, _, own, _, _ in functions.values())
    lines = [f"{pages} pages, {total:.2f} s under cProfile", "", "| own s | share | calls | function |"]
    lines.append("|---:|---:|---:|---|")
    slowest = sorted(functions.items(), key=lambda item: item[1][2], reverse=True)[:_LINES]
    for (file, line, name), (_, calls, own, _, _) in slowest:
        where = f"`{name}`, {_place(file, line)}" if line else f"`{name}`"
        lines.append(f"| {own:.2f} | {own / total:.0%} | {calls} | {where} |")
    return "\n".join(lines)


def _place(file: str, line: int) -> str:
    """File and line without the folders of this machine."""
    path = Path(file)
    if path.is_relative_to(ROOT):
        return f"{path.relative_to(ROOT).as_posix()}:{line}"
    parts = path.parts
    start = parts.index("site-packages") + 1 if "site-packages" in parts else -2
    return f"{'/'.join(parts[start:])}:{line}"


if __name__ == "__main__":
    main()
