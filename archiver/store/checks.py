"""What platforms answered about posts, and whom to ask next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from archiver.errors import ArchiveError
from archiver.model import Capture, utc
from archiver.store import _answers, _attempts, _derived, _redactions, questions
from archiver.store._rows import Row, as_json, fetch, insert, transaction
from archiver.store.questions import Filter
from archiver.told import Told

__all__ = ["Check", "Claims", "Due", "Planned", "Wanted"]
__all__ += ["begin", "claimed", "count", "due", "end", "left", "plan", "save"]

_PAGE = 200  # rows that are read at a time
_DAY = timedelta(hours=24)  # after which `probably gone` can become `gone`


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a round asks about: posts on `platforms` of a filter, last asked before a time, so many at most."""

    about: Filter
    platforms: tuple[str, ...]
    before: datetime
    now: datetime
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A post to ask about; `key` is its natural key."""

    post_id: int
    key: str
    platform: str
    platform_id: str
    permalink: str
    handle: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """How many posts would be asked about on a platform; of Mastodon's `instances` each is asked about its own."""

    platform: str
    posts: int
    instances: int


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one question. `outcome` is there, gone, restricted, suspended, unknown or error.

    `note` are the platform's words, or what went wrong; `capture` is the answer as it came, `told` what it tells.
    """

    endpoint: str
    asked_at: datetime
    outcome: str
    status: int | None = None
    note: str | None = None
    capture: Capture | None = None
    told: tuple[Told, ...] = ()


class Claims:
    """Notes that a post is being asked about, from any thread, so that none is asked about twice in a round."""

    def __init__(self, path: str | Path) -> None:
        self._connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
        self._lock = Lock()

    def take(self, post_id: int, at: datetime) -> bool:
        """Whether the post was still to be asked about, and now is being asked about. Raises ArchiveError."""
        sql = "update check_queue set begun_at = ? where post_id = ? and begun_at is null"
        try:
            with self._lock, self._connection as c:
                return c.execute(sql, (utc(at), post_id)).rowcount == 1
        except sqlite3.Error as error:
            raise ArchiveError("the archive", f"cannot be written: {error}") from error

    def close(self) -> None:
        """Ends the connection."""
        with self._lock, closing(self._connection):
            pass


def plan(archive: sqlite3.Connection, wanted: Wanted) -> list[Planned]:
    """Whom a round would ask about; nothing is written."""
    questions.choose(archive, wanted.about, with_hidden=True)
    sql = f"""select platform, count(*), count(distinct place) from ({_DUE}) group by platform
        order by count(*) desc, platform"""  # noqa: S608
    return [Planned(*row) for row in archive.execute(sql, _values(wanted))]


def begin(archive: sqlite3.Connection, run_id: int, wanted: Wanted) -> int:
    """Makes the queue of a round anew; how many posts it has.

    Those never asked about come first, then those asked longest ago; hosts take turns.
    """
    questions.choose(archive, wanted.about, with_hidden=True)
    sql = f"""insert into check_queue (post_id, run_id, place)
        select id, :run, row_number() over (partition by place order by asked_at is not null, asked_at, id desc)
        from (select * from ({_DUE}) order by asked_at is not null, asked_at, id desc limit :most)"""  # noqa: S608
    with transaction(archive) as c:
        c.execute("delete from check_queue")
        return c.execute(sql, _values(wanted) | {"run": run_id}).rowcount


def left(archive: sqlite3.Connection, argv: Sequence[str]) -> int | None:
    """The run that began a round which is not at its end and was asked for by the same arguments; None for none."""
    sql = """select runs.id, runs.argv from check_queue join runs on runs.id = check_queue.run_id limit 1"""
    found = fetch(archive, sql)
    return int(str(found["id"])) if found and found["argv"] == as_json(argv) else None


def due(archive: sqlite3.Connection) -> Iterator[Due]:
    """The posts of the round that nobody asks about yet, in its order."""
    sql = f"""select check_queue.place, {_COLUMNS}
        from check_queue join posts on posts.id = check_queue.post_id
        left join authors on authors.id = posts.author_id
        where begun_at is null and (check_queue.place, post_id) > (?, ?)
        order by check_queue.place, post_id limit {_PAGE}"""  # noqa: S608
    at: tuple[int, int] = (-1, -1)
    while rows := archive.execute(sql, at).fetchall():
        for _, *row in rows:
            yield Due(*row)
        at = rows[-1][0], rows[-1][1]


def claimed(archive: sqlite3.Connection) -> list[tuple[Due, datetime]]:
    """The posts of the round that were being asked about when its run was ended, and since when."""
    sql = f"""select check_queue.begun_at, {_COLUMNS}
        from check_queue join posts on posts.id = check_queue.post_id
        left join authors on authors.id = posts.author_id where begun_at is not null"""  # noqa: S608
    return [(Due(*row), datetime.fromisoformat(at)) for at, *row in archive.execute(sql)]


def count(archive: sqlite3.Connection) -> int:
    """How many posts of the round are still to be asked about."""
    (found,) = archive.execute("select count(*) from check_queue").fetchone()
    return int(found)


def end(archive: sqlite3.Connection) -> int:
    """Ends the round: empties its queue; how many posts were left in it, for a later round."""
    with transaction(archive) as c:
        return c.execute("delete from check_queue").rowcount


def save(archive: sqlite3.Connection, run_id: int, round_id: int, post_id: int, checks: Iterable[Check]) -> None:
    """Adds what came of asking about a post, and brings what was told into it; the post leaves the queue.

    A post that was taken out meanwhile stays out, and what is refused of others too.
    """
    with transaction(archive) as c:
        if fetch(c, "select 1 from posts where id = ?", post_id) is None:
            c.execute("delete from check_queue where post_id = ?", (post_id,))
            return
        for check in checks:
            row: Row = {
                "post_id": post_id,
                "run_id": round_id,
                "endpoint": check.endpoint,
                "asked_at": utc(check.asked_at),
                "status": check.status,
                "outcome": check.outcome,
                "note": check.note,
            }
            if check.capture is not None:
                capture_id = _attempts.read(c, run_id, check.capture, None, None)
                _answers.save(c, capture_id, _redactions.told(c, check.told))
                row |= {"sha256": check.capture.sha256, "capture_id": capture_id}
            insert(c, "checks", row)
        c.execute("delete from check_queue where post_id = ?", (post_id,))
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
        _answers.settle(c)
        _derived.refresh(c)


def _values(wanted: Wanted) -> Row:
    return {
        "platforms": as_json(wanted.platforms),
        "before": utc(wanted.before),
        "day_ago": utc(wanted.now - _DAY),
        "most": -1 if wanted.most is None else wanted.most,
    }


_COLUMNS = "posts.id, posts.key, posts.platform, posts.platform_id, posts.permalink, authors.handle"
# A post's place in line is that of its host, an instance of Mastodon or a platform. What failed is asked anew at once.
_DUE = """select
        posts.id,
        posts.platform,
        iif(posts.platform = 'mastodon', substr(posts.key, 1, instr(posts.key, '/')), posts.platform) as place,
        (select max(asked_at) from checks where post_id = posts.id and outcome <> 'error') as asked_at
    from chosen_posts
    join posts on posts.id = chosen_posts.id
    where posts.platform in (select value from json_each(:platforms))
        and posts.platform_id is not null
        and posts.permalink is not null
        and (
            not exists (
                select 1 from checks where post_id = posts.id and outcome <> 'error' and checks.asked_at > :before
            )
            or (posts.status = 'probably gone' and posts.status_at <= :day_ago)
        )"""
