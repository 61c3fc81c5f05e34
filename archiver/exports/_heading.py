"""What stands above a list: filter, denominators, span."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archiver.analysis import overview
from archiver.store.questions import Filter

__all__ = ["lines"]


def lines(archive: sqlite3.Connection, about: Filter, at: datetime) -> list[str]:
    """What is chosen, how much that is of what the archive holds, when its posts are of, and when the list was made."""
    told = overview.figures(archive, about)
    held = "; ".join(f"{row.n_chosen:,} of {row.n_in_archive:,} {row.thing}" for row in told.rows)
    return [f"Filter: {told.filter}", f"Holds: {held}", f"Archive: {told.span}", f"Made: {at:%Y-%m-%d %H:%M} UTC"]
