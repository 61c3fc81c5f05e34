"""What articles say of posts, to rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archiver.model import Mention
from archiver.store._rows import clean

__all__ = ["save"]


def save(c: sqlite3.Connection, page_id: int, mentions: Iterable[Mention]) -> None:
    """Notes the sentences of a page that speak of posts; those that are known already stay as they are."""
    sql = """insert or ignore into prose_mentions (page_id, platform, handle, quote, sentence, phrase, lang)
        values (?, ?, ?, ?, ?, ?, ?)"""
    for m in mentions:
        told = (m.platform, m.handle, m.quote, m.sentence, m.phrase, m.lang)
        c.execute(sql, (page_id, *map(clean, told)))
