"""What is derived, made anew for the rows touched."""

from __future__ import annotations

import sqlite3

from archiver.store import _schema, _variants

__all__ = ["refresh"]


def refresh(c: sqlite3.Connection) -> None:
    """Makes anew what follows from the rows named in the touched_ tables, and empties these."""
    for statement in _schema.derived():
        c.execute(statement)
    _variants.refresh(c)
    for table in ("touched_posts", "touched_pages", "touched_authors", "touched_hashtags"):
        c.execute(f"delete from {table}")  # noqa: S608
