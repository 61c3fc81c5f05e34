"""Lost posts to look for in web archives, and finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver import urls
from archiver.model import Capture, utc
from archiver.store import _answers, _attempts, _derived, _redactions, questions
from archiver.store._rows import Row, fetch, insert, transaction
from archiver.store.checks import Due
from archiver.store.questions import Filter
from archiver.told import Told

__all__ = ["Recovery", "count", "lost", "save"]

_PAGE = 200  # rows that are read at a time
_ALL = 1 << 62  # below it are the ids of all posts


@dataclass(frozen=True, slots=True)
class Recovery:
    """What came of looking for a post: `outcome` is found, nothing or error; how many captures there were of it, and
    what those that were read tell; `note` is what went wrong."""

    outcome: str
    asked_at: datetime
    n_captures: int = 0
    told: tuple[tuple[Capture, tuple[Told, ...]], ...] = ()
    note: str | None = None


def count(archive: sqlite3.Connection, about: Filter, before: datetime) -> int:
    """How many posts are lost, and were not looked for since a time."""
    sql = f"select count(*) from ({_lost(archive, about)})"  # noqa: S608
    (found,) = archive.execute(sql, {"before": utc(before), "below": _ALL}).fetchone()
    return int(found)


def lost(archive: sqlite3.Connection, about: Filter, before: datetime) -> Iterator[Due]:
    """The tweets that are gone, withheld or known by their id only, the newest first; those looked for since are not.

    Without a filter those too that pages only link to, or other posts quote.
    """
    sql = f"""select id, key, platform, platform_id, permalink, handle from ({_lost(archive, about)})
        order by id desc limit {_PAGE}"""  # noqa: S608
    below = _ALL
    while rows := archive.execute(sql, {"before": utc(before), "below": below}).fetchall():
        for row in rows:
            yield Due(*row)
        below = rows[-1][0]


def save(archive: sqlite3.Connection, run_id: int, post_id: int, found: Recovery, source: str) -> None:
    """Adds what came of looking for a post, and brings what was told into it.

    A post that was taken out meanwhile stays out, and what is refused of others too.
    """
    with transaction(archive) as c:
        if fetch(c, "select 1 from posts where id = ?", post_id) is None:
            return
        n_told = 0
        for capture, told in ((capture, _redactions.told(c, told)) for capture, told in found.told):
            capture_id = _attempts.read(c, run_id, capture, None, urls.archived_at(capture.final_url or ""))
            _answers.save(c, capture_id, told)
            n_told += bool(told)
        row: Row = {
            "post_id": post_id,
            "run_id": run_id,
            "archive": source,
            "asked_at": utc(found.asked_at),
            "outcome": found.outcome,
            "n_captures": found.n_captures,
            "n_told": n_told,
            "note": found.note,
        }
        insert(c, "recoveries", row)
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
        _answers.settle(c)
        _derived.refresh(c)


def _lost(archive: sqlite3.Connection, about: Filter) -> str:
    """The query of the posts that are meant."""
    if about == Filter():
        return _LOST
    questions.choose(archive, about, with_hidden=True)
    return f"{_LOST} and posts.id in (select id from chosen_posts)"  # noqa: S608


_LOST = """select posts.id, posts.key, posts.platform, posts.platform_id, posts.permalink, authors.handle
    from posts left join authors on authors.id = posts.author_id
    where posts.id < :below and posts.platform = 'twitter' and posts.platform_id is not null
        and posts.permalink is not null
        and (posts.text is null or posts.status in ('gone', 'probably gone', 'suspended', 'restricted'))
        and not exists (
            select 1 from recoveries
            where post_id = posts.id and outcome <> 'error' and recoveries.asked_at > :before
        )"""
