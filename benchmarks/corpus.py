"""The corpus's HTML pages, by what their labels say."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

__all__ = ["FOLDER", "pages"]

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "corpus"
_HTML = ("html", "warc-html")


def pages(folder: Path = FOLDER) -> dict[str, list[Path]]:
    """The files of each set of pages: `all`, `tweets` (a post of Twitter must be found), `none` (no post at all).

    Raises OSError where the manifest is missing; pages that it names but the folder lacks are left out.
    """
    labels: dict[Path, list[dict[str, str]]] = defaultdict(list)
    with open(folder / "manifest.tsv", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] in _HTML:
                labels[folder / row["file"]].append(row)
    there = {path: rows for path, rows in sorted(labels.items()) if path.is_file()}
    return {
        "all": list(there),
        "tweets": [path for path, rows in there.items() if any(_must(row) for row in rows)],
        "none": [path for path, rows in there.items() if all(row["form"] == "none" for row in rows)],
    }


def _must(row: dict[str, str]) -> bool:
    return row["expect"] == "must" and row["platform"] == "twitter"
