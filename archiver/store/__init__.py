"""Pages to rows, in one transaction a batch."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from archiver import urls
from archiver.model import Archived, Dataset, Failed, FileKnown, FileRead, Passed, Unchanged, utc
from archiver.store import (
    _answers,
    _attempts,
    _cited,
    _derived,
    _embeds,
    _files,
    _hashtags,
    _pages,
    _posts,
    _redactions,
    _schema,
    prose,
)
from archiver.store._counts import COUNTED, Counts
from archiver.store._rows import Row, as_json, fetch, insert, transaction
from archiver.store.cited import Cited, CitedNames, CitedRow, CitedRun, Item
from archiver.told import Answered, Imported

__all__ = [
    "Attempts",
    "Counts",
    "Failure",
    "Outcome",
    "captured_at",
    "failures",
    "finish_run",
    "holds",
    "interrupted",
    "is_read",
    "metadata",
    "open_archive",
    "read_archive",
    "rebuild",
    "save",
    "start_run",
]

Attempts = _attempts.Attempts
Failure = _attempts.Failure
captured_at = _attempts.captured_at
is_read = _files.is_read
failures = _attempts.failures
holds = _attempts.holds
metadata = _schema.metadata


_Received = Archived | Answered | Dataset | Unchanged | Failed | Passed | FileRead | FileKnown
Outcome = _Received | Imported | Item


def open_archive(path: str | Path) -> sqlite3.Connection:
    """The archive at a path, made or upgraded where needed, ready for several writers. Raises ArchiveError."""
    return _schema.connect(path)


def read_archive(path: Path) -> sqlite3.Connection:
    """The same to be read, also from a folder or a disk that cannot be written. Raises ArchiveError."""
    return _schema.connect_to_read(path)


def start_run(
    archive: sqlite3.Connection, argv: Sequence[str], version: str, at: datetime, resumes: int | None = None
) -> int:
    """Notes that a command begins to write, and the run that it goes on with; the run's id."""
    row: Row = {"command": argv[0], "argv": as_json(argv), "version": version, "started_at": utc(at)}
    with transaction(archive) as c:
        return insert(c, "runs", row | {"resumes": resumes})


def finish_run(archive: sqlite3.Connection, run_id: int, outcome: str, counts: Counts, at: datetime) -> None:
    """Notes how a run ended (`done` or `interrupted`) and what became of its targets."""
    sql = """update runs set finished_at = ?, outcome = ?, n_pages = ?, n_embeds = ?, n_posts_new = ?,
        n_posts_known = ?, n_failures = ?, n_unchanged = ?, n_passed = ?, n_files_known = ? where id = ?"""
    with transaction(archive) as c:
        c.execute(sql, (utc(at), outcome, *(getattr(counts, name) for name in COUNTED), run_id))
        c.execute("pragma analysis_limit = 1000")
        c.execute("analyze")  # by which the explorer's queries find their indexes


def interrupted(archive: sqlite3.Connection, command: str) -> int | None:
    """The first run of those that the last run of a command, where it did not end, began or went on with."""
    sql = """select id, resumes, outcome from runs
        where command = ? and merged_by is null order by id desc limit 1"""
    last = fetch(archive, sql, command)
    return None if last is None or last["outcome"] == "done" else int(str(last["resumes"] or last["id"]))


def save(archive: sqlite3.Connection, run_id: int, outcomes: Iterable[Outcome], *, embeds_only: bool = False) -> Counts:
    """Stores outcomes in one transaction, all or none; storing them again adds rows to `captures` alone.

    What is cited of another archive adds nothing at all where it is known; its runs are noted as merged by this one.
    `embeds_only` says that pages without embeds were left out.
    """
    counts, imported, loose = Counts(), dict[str, bool](), list[CitedRow]()
    with transaction(archive) as c:
        refusing = _redactions.load(c)
        for each in outcomes:
            outcome = _redactions.without(refusing, each)
            if isinstance(outcome, Imported):
                imported |= _imported(c, run_id, outcome, imported)
            elif isinstance(outcome, CitedRow):
                loose.append(outcome)  # of posts, perhaps, that are made below
            elif isinstance(outcome, Cited | CitedRun | CitedNames):
                imported |= _news(c, outcome.wanted, imported) if isinstance(outcome, Cited) else {}
                counts += _cited.save(c, outcome, run_id)
            else:
                counts += _received(c, run_id, outcome, embeds_only=embeds_only)
        _answers.settle(c, imported)
        for row in loose:
            _cited.save(c, row, run_id)
        _derived.refresh(c)
    new = sum(imported.values())
    return counts + Counts(posts_new=new, posts_known=len(imported) - new)


def rebuild(archive: sqlite3.Connection) -> None:
    """Makes anew all that is derived from other tables."""
    with transaction(archive) as c:
        for statement in _schema.counted():
            c.execute(statement)
        c.execute("insert or ignore into touched_posts select id from posts")
        c.execute("insert or ignore into touched_pages select id from pages")
        c.execute("insert or ignore into touched_authors select id from authors")
        c.execute("insert or ignore into touched_hashtags select id, display from hashtags")
        _derived.refresh(c)


def _received(c: sqlite3.Connection, run_id: int, outcome: _Received, *, embeds_only: bool) -> Counts:
    match outcome:
        case Archived():
            return _page(c, run_id, outcome)
        case Answered():
            _answered(c, run_id, outcome)
        case Dataset():
            _attempts.dataset(c, run_id, outcome)
        case FileRead():
            _files.read(c, run_id, outcome, embeds_only=embeds_only)
        case Unchanged():
            _attempts.unchanged(c, run_id, outcome)
            return Counts(unchanged=1)
        case Failed():
            _attempts.failed(c, run_id, outcome)
            return Counts(failures=1)
        case Passed(pages):
            return Counts(passed=pages)
        case FileKnown():
            return Counts(files_known=1)
    return Counts()


def _answered(c: sqlite3.Connection, run_id: int, answered: Answered) -> None:
    """Keeps what an answer tells, and its capture where it tells anything."""
    capture = answered.capture
    if answered.told:
        archived_at = urls.archived_at(capture.url or "") or urls.archived_at(capture.final_url or "")
        _answers.save(c, _attempts.read(c, run_id, capture, None, archived_at), answered.told)


def _imported(c: sqlite3.Connection, run_id: int, imported: Imported, before: Mapping[str, bool]) -> dict[str, bool]:
    """Keeps what a record of a dataset tells, and its capture; the keys of its posts, and whether each is new here."""
    capture_id = _attempts.read(c, run_id, imported.capture, None, imported.at)
    _answers.save(c, capture_id, imported.told, by_address=True)
    return _news(c, _answers.keys(imported.told), before)


def _news(c: sqlite3.Connection, keys: Iterable[str], before: Mapping[str, bool]) -> dict[str, bool]:
    """Of the keys that were not told `before`, whether the post of each is new here."""
    known = "select 1 as known from posts where key = ?"
    return {key: fetch(c, known, key) is None for key in sorted(keys) if key not in before}


def _page(c: sqlite3.Connection, run_id: int, archived: Archived) -> Counts:
    page = archived.page
    page_id = _pages.save(c, page)
    capture_id = _attempts.read(c, run_id, archived.capture, page_id, page.archived_at)
    prose.save(c, page_id, page.mentions)
    for tag in page.hashtags:
        _hashtags.in_page(c, page_id, tag)
    c.execute("insert or ignore into touched_pages values (?)", (page_id,))
    seen: Counter[str] = Counter()
    posts: dict[int, bool] = {}
    for embed in page.embeds:
        key = _posts.key(page, embed.post)
        post_id, is_new = _posts.save(c, key, embed.post)
        if embed.shape != "link":
            posts[post_id] = posts.get(post_id, False) or is_new
        seen[key] += 1
        place: Row = {"page_id": page_id, "post_id": post_id, "occurrence": seen[key]}
        _embeds.save(c, place, capture_id, embed, embed.post.text_key)
        for tag in embed.context_hashtags:
            _hashtags.in_context(c, post_id, tag)
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    for text_key in sorted({e.post.text_key for e in page.embeds if e.post.text_key}):
        for merged in _posts.settle(c, text_key):
            posts.pop(merged, None)
    new = sum(posts.values())
    return Counts(1, sum(e.shape != "link" for e in page.embeds), new, len(posts) - new)
