"""Posts hidden because their platform shows them no more."""

from __future__ import annotations

import json
import sqlite3

from archiver.errors import ArchiveError
from archiver.store import _derived
from archiver.store._rows import as_json, transaction

__all__ = ["STATUSES", "hide", "honour", "honoured"]

STATUSES = ("gone", "probably gone", "restricted", "suspended")
_NAME = "honour_deletions"


def honour(archive: sqlite3.Connection, statuses: tuple[str, ...]) -> None:
    """Chooses of what status posts are hidden from now on; () hides none. Raises ArchiveError for an unknown status."""
    if wrong := sorted(set(statuses) - set(STATUSES)):
        raise ArchiveError(wrong[0], "is no status of a post that can be hidden", f"one of: {', '.join(STATUSES)}")
    with transaction(archive) as c:
        sql = "insert into settings (name, value) values (?, ?) on conflict do update set value = excluded.value"
        c.execute(sql, (_NAME, as_json(statuses)))
        c.execute("insert or ignore into touched_posts select id from posts where status is not null")
        _derived.refresh(c)


def honoured(archive: sqlite3.Connection) -> tuple[str, ...]:
    """The statuses whose posts are hidden; () where none is."""
    row = archive.execute("select value from settings where name = ?", (_NAME,)).fetchone()
    return tuple(json.loads(row[0])) if row else ()


def hide(archive: sqlite3.Connection) -> None:
    """Fills the temporary table `hidden_posts`."""
    archive.execute("create temp table if not exists hidden_posts (id integer primary key)")
    archive.execute("delete from hidden_posts")
    sql = "insert into hidden_posts select id from posts where status in (select value from json_each(?))"
    archive.execute(sql, (as_json(honoured(archive)),))
