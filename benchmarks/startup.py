"""How long commands take to start."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bars import Bar, turns

__all__ = ["bars"]

MOST, SECONDS = 3.0, 1.0
_PAGE = """<!doctype html><title>Page</title><blockquote class="twitter-tweet"><p>Hello</p>&mdash; Ann (@ann)
<a href="https://twitter.com/ann/status/927949487731638273">November 7, 2017</a></blockquote>"""


def bars(rounds: int) -> Iterator[Bar]:
    """The bars of starting: `--help` beside click's import, and one small file archived."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(_PAGE, encoding="utf-8")
        ours = (sys.executable, "-m", "archiver")
        done = turns(
            rounds * 3,
            {
                "import click": (sys.executable, "-c", "import click"),
                "--help": (*ours, "--help"),
                "archive": (*ours, "archive", page, "--no-warc", "--db", Path(folder) / "archive.db"),
            },
        )
    click, told, one = done["import click"], done["--help"], done["archive"]
    spent = f"{told.cpu * 1000:.0f} ms CPU against {click.cpu * 1000:.0f}"
    yield Bar("archiver --help to importing click", told.cpu / click.cpu, MOST, told=spent)
    yield Bar("archive of one small file, s", one.clock, SECONDS, told=f"{one.cpu:.2f} s CPU")
