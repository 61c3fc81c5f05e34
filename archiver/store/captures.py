"""Stored captures, and rows against an archive rebuilt from them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.store import _schema

__all__ = ["Difference", "Stored", "count", "differences", "faults", "note_replayed", "rebuilding", "stored"]

_PAGE = 200  # rows that are read at a time


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of `captures`, and the version that wrote it. `outcome` is `read`, `unchanged` or `failed`."""

    id: int
    page_id: int | None
    target: str
    url: str | None
    final_url: str | None
    captured_at: datetime
    outcome: str
    source: str | None
    status: int | None
    media_type: str | None
    encoding: str | None
    bytes: int | None
    sha256: str | None
    seconds: float | None
    warc_file: str | None
    warc_offset: int | None
    warc_length: int | None
    version: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is stored otherwise than the captures tell; `column` is "" where the whole row is.

    `stored` and `told` are None where there is no value, or no row. `is_old`: another version wrote some of it.
    """

    table: str
    name: str
    column: str
    stored: object
    told: object
    capture_id: int | None
    is_old: bool


@contextmanager
def rebuilding(archive: sqlite3.Connection, path: Path) -> Iterator[sqlite3.Connection]:
    """A new archive at a path, to be made again of what this one is made of, which is meanwhile read as it is now."""
    with closing(_schema.connect(path)) as rebuilt:
        rebuilt.execute("pragma synchronous = off")
        rebuilt.execute("create table replayed (id integer primary key, capture_id integer not null unique)")
        rebuilt.commit()
        archive.execute("attach database ? as rebuilt", (str(path),))
        try:
            for table, column in (("unsure_pages", "id integer"), ("unsure_keys", "text_key text")):
                archive.execute(f"create temp table {table} ({column} primary key)")
            archive.execute("insert into rebuilt.redactions select * from main.redactions")
            archive.commit()
            archive.execute("begin")
            yield rebuilt
        finally:
            archive.rollback()
            for table in ("unsure_pages", "unsure_keys"):
                archive.execute(f"drop table if exists temp.{table}")
            archive.commit()
            archive.execute("detach database rebuilt")


def count(archive: sqlite3.Connection) -> int:
    """How many captures there are."""
    (found,) = archive.execute("select count(*) from captures").fetchone()
    return int(found)


def stored(archive: sqlite3.Connection) -> Iterator[Stored]:
    """All captures, in the order in which they were saved."""
    columns = ", ".join(f"captures.{name}" for name in Stored.__slots__ if name != "version")
    sql = f"""select {columns}, runs.version from captures join runs on runs.id = run_id
        where captures.id > ? order by captures.id limit {_PAGE}"""  # noqa: S608
    at = 0
    while rows := archive.execute(sql, (at,)).fetchall():
        for row in rows:
            told = dict(zip(Stored.__slots__, row, strict=True))
            yield Stored(**told | {"captured_at": datetime.fromisoformat(told["captured_at"])})
        at = rows[-1][0]


def faults(archive: sqlite3.Connection) -> Iterator[str]:
    """What SQLite finds wrong in the file and its references."""
    for (told,) in archive.execute("pragma integrity_check"):
        if told != "ok":
            yield str(told)
    for table, row, parent, _ in archive.execute("pragma foreign_key_check"):
        yield f"row {row} of {table} refers to a row of {parent} that is not there"


def note_replayed(rebuilt: sqlite3.Connection, capture_ids: Iterable[int]) -> None:
    """Notes which captures a rebuilt archive was just made of; it numbers its own from 1."""
    rebuilt.executemany("insert into replayed (capture_id) values (?)", ((each,) for each in capture_ids))
    rebuilt.commit()


def differences(
    archive: sqlite3.Connection, unsure: Iterable[int], version: str, *, all_answers: bool
) -> Iterator[Difference]:
    """Where rows are otherwise than those that the same captures give in the rebuilt archive.

    Left out is what belongs to the pages in `unsure`, some capture of which could not be read, and, unless
    `all_answers` of platforms could be, what these tell. In a part of an archive (`archiver export sqlite`) posts are
    not compared, for other pages told of them too, and embeds that were left out are not missed.
    """
    given: dict[str, object] = {"version": version, "all_answers": all_answers}
    archive.executemany("insert or ignore into unsure_pages values (?)", ((each,) for each in unsure))
    archive.execute(
        """insert or ignore into unsure_keys select text_key from embeds
        where page_id in (select id from unsure_pages) and text_key is not null"""
    )
    is_part = _is_part(archive)
    if is_part:
        archive.execute("insert or ignore into unsure_keys select text_key from embeds where text_key is not null")
    for table, columns, sql in (_captures(), _pages(), _embeds(), *(() if is_part else (_posts(),)), _answers()):
        yield from _compared(archive, table, columns, sql, given)
    for table, sql in _MISSING[:1] if is_part else _MISSING:
        for name, told, capture_id in archive.execute(sql):
            yield Difference(table, name, "", None, told, capture_id, is_old=False)


def _is_part(archive: sqlite3.Connection) -> bool:
    """Whether an archive holds a part of another: then its pages show more than is in it, and posts are shown more."""
    (found,) = archive.execute("select exists (select 1 from runs where command = 'export')").fetchone()
    return bool(found)


def _compared(
    archive: sqlite3.Connection, table: str, columns: tuple[str, ...], sql: str, given: dict[str, object]
) -> Iterator[Difference]:
    for name, capture_id, is_old, is_there, *values in archive.execute(sql, given):
        if not is_there:
            yield Difference(table, name, "", name, None, capture_id, bool(is_old))
            continue
        known, told = values[: len(columns)], values[len(columns) :]
        for column, one, other in zip(columns, known, told, strict=True):
            if one != other:
                yield Difference(table, name, column, one, other, capture_id, bool(is_old))


def _captures() -> tuple[str, tuple[str, ...], str]:
    sql = """select c.target, c.id, runs.version <> :version, 1, {0}, {1}
        from captures as c join runs on runs.id = c.run_id
        join rebuilt.replayed on replayed.capture_id = c.id
        join rebuilt.captures as r on r.id = replayed.id
        left join pages as p on p.id = c.page_id
        left join rebuilt.pages as rp on rp.id = r.page_id
        where ({0}) is not ({1}) order by c.id"""
    return "captures", ("page_id", "archived_at"), sql.format("p.url, c.archived_at", "rp.url, r.archived_at")


def _pages() -> tuple[str, tuple[str, ...], str]:
    own = (
        "url_source title byline description section keywords published_at published_source published_precision".split()
    )
    columns = (*own, "modified_at", "lang", "outlet")
    known = ", ".join([*(f"p.{name}" for name in columns[:-1]), "o.domain"])
    told = ", ".join([*(f"r.{name}" for name in columns[:-1]), "ro.domain"])
    sql = f"""select p.url, (select max(id) from captures where page_id = p.id), {_IS_OLD.format("p.id")},
            r.id is not null, {known}, {told}
        from pages as p left join outlets as o on o.id = p.outlet_id
        left join rebuilt.pages as r on r.url = p.url
        left join rebuilt.outlets as ro on ro.id = r.outlet_id
        where p.id not in (select id from unsure_pages) and (r.id is null or ({known}) is not ({told}))
        order by p.id"""  # noqa: S608
    return "pages", columns, sql


def _embeds() -> tuple[str, tuple[str, ...], str]:
    own = """position shape text lang handle url_handle author_name date_shown heading context_before context_after
        context_hashtags flags html identified_by text_key told""".split()
    columns = (*own, "first_capture_id", "last_capture_id", "post")
    is_sure = "e.text_key is null or e.text_key not in (select text_key from unsure_keys)"
    known = ", ".join([*(f"e.{name}" for name in columns[:-1]), f"iif({is_sure}, posts.key, null)"])
    told = ", ".join([*(f"r.{name}" for name in own), "a.capture_id", "b.capture_id", f"iif({is_sure}, rp.key, null)"])
    sql = f"""select pages.url || ' embed ' || e.position, e.first_capture_id, {_IS_OLD.format("e.page_id")},
            r.id is not null, {known}, {told}
        from embeds as e join pages on pages.id = e.page_id join posts on posts.id = e.post_id
        left join rebuilt.pages as rpages on rpages.url = pages.url
        left join rebuilt.posts as same on same.key = posts.key
        left join rebuilt.embeds as r on r.page_id = rpages.id and r.occurrence = e.occurrence
            and ifnull(iif(r.identified_by = 'text', r.text_key, null), r.post_id)
                = ifnull(iif(e.identified_by = 'text', e.text_key, null), same.id)
        left join rebuilt.posts as rp on rp.id = r.post_id
        left join rebuilt.replayed as a on a.id = r.first_capture_id
        left join rebuilt.replayed as b on b.id = r.last_capture_id
        where e.page_id not in (select id from unsure_pages) and (r.id is null or ({known}) is not ({told}))
        order by e.id"""  # noqa: S608
    return "embeds", columns, sql


def _posts() -> tuple[str, tuple[str, ...], str]:
    columns = (
        *"platform platform_id permalink text lang posted_at time_source time_precision".split(),
        "author",
        "mentions",
        "links",
        "media",
    )
    sides = []
    for side, schema, author in (("p", "main", "authors"), ("r", "rebuilt", "ra")):
        parts = [
            f"""(select json_group_array({what}) from (select * from {schema}.{table} where post_id = {side}.id
                order by {what}))"""  # noqa: S608
            for table, what in (
                ("mentions", "handle_key"),
                ("links", "json_array(short, display, expanded)"),
                ("media", "json_array(kind, url, alt)"),
            )
        ]
        sides.append(", ".join([*(f"{side}.{name}" for name in columns[:8]), f"{author}.handle_key", *parts]))
    known, told = sides
    sql = f"""select p.key, (select min(first_capture_id) from embeds where post_id = p.id),
            exists (select 1 from embeds where post_id = p.id and {_IS_OLD.format("embeds.page_id")}),
            r.id is not null, {known}, {told}
        from posts as p left join authors on authors.id = p.author_id
        left join rebuilt.posts as r on r.key = p.key
        left join rebuilt.authors as ra on ra.id = r.author_id
        where p.key not in (select text_key from unsure_keys)
            and not exists (
                select 1 from embeds where post_id = p.id and (
                    page_id in (select id from unsure_pages) or text_key in (select text_key from unsure_keys)
                )
            )
            and (:all_answers or not (
                exists (select 1 from answers where post_id = p.id)
                or exists (select 1 from post_relations where other_post_id = p.id)
            ))
            and (r.id is null or ({known}) is not ({told}))
        order by p.id"""  # noqa: S608
    return "posts", columns, sql


def _answers() -> tuple[str, tuple[str, ...], str]:
    own = "text posted_at time_source handle author_name user_id lang counts relations edited_at told".split()
    columns = (*own, "capture_id")
    known = ", ".join(f"a.{name}" for name in columns)
    told = ", ".join([*(f"r.{name}" for name in own), "replayed.capture_id"])
    sql = f"""select a.key || ' as told by ' || a.endpoint, a.capture_id, runs.version <> :version,
            r.id is not null, {known}, {told}
        from answers as a join captures on captures.id = a.capture_id join runs on runs.id = captures.run_id
        left join rebuilt.answers as r on r.key = a.key and r.endpoint = a.endpoint and r.digest = a.digest
        left join rebuilt.replayed on replayed.id = r.capture_id
        where :all_answers and (r.id is null or ({known}) is not ({told})) order by a.id"""  # noqa: S608
    return "answers", columns, sql


_IS_OLD = """exists (
    select 1 from captures join runs on runs.id = captures.run_id
    where captures.page_id = {} and runs.version <> :version
)"""

# What the captures tell and no row holds: the name of it, what it is, and the capture that tells it.
_MISSING = (
    (
        "pages",
        """select r.url, r.url, (
                select replayed.capture_id from rebuilt.captures as c join rebuilt.replayed on replayed.id = c.id
                where c.page_id = r.id limit 1
            )
        from rebuilt.pages as r left join pages on pages.url = r.url where pages.id is null order by r.id""",
    ),
    (
        "embeds",
        """select pages.url || ' embed ' || r.position, ifnull(r.text, rposts.key), replayed.capture_id
        from rebuilt.embeds as r join rebuilt.pages as rpages on rpages.id = r.page_id
        join rebuilt.posts as rposts on rposts.id = r.post_id
        join rebuilt.replayed on replayed.id = r.first_capture_id
        join pages on pages.url = rpages.url
        left join posts as same on same.key = rposts.key
        left join embeds as e on e.page_id = pages.id and e.occurrence = r.occurrence
            and ifnull(iif(e.identified_by = 'text', e.text_key, null), e.post_id)
                = ifnull(iif(r.identified_by = 'text', r.text_key, null), same.id)
        where e.id is null and pages.id not in (select id from unsure_pages) order by r.id""",
    ),
    (
        "posts",
        """select r.key, ifnull(r.text, r.key), null from rebuilt.posts as r left join posts on posts.key = r.key
        where posts.id is null and r.key not in (select text_key from unsure_keys) order by r.id""",
    ),
)
