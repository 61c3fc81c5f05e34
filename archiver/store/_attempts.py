"""Attempts to read targets, as rows of captures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from archiver import urls
from archiver.errors import ArchiveError
from archiver.model import Capture, Dataset, Failed, Unchanged, utc
from archiver.store._rows import Row, fetch, insert

__all__ = ["Attempts", "Failure", "captured_at", "dataset", "failed", "failures", "holds", "read", "unchanged"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A target whose last attempt failed: why, of what kind, its HTTP status, when (ISO 8601), how often tried."""

    target: str
    error: str
    error_kind: str | None
    status: int | None
    failed_at: str
    attempts: int


class Attempts:
    """What an archive knows of earlier attempts, for a reader in any thread.

    `since` is the first run that counts as this one, where an interrupted run goes on. Its methods raise ArchiveError.
    """

    def __init__(self, path: str | Path, since: int | None = None) -> None:
        self._connection = sqlite3.connect(path, timeout=60, check_same_thread=False)
        self._lock, self._since = Lock(), since

    def is_done(self, target: str) -> bool:
        """Whether the run that goes on has read this target, or failed to."""
        if self._since is None:
            return False
        sql = """select 1 as found from captures join runs on runs.id = run_id
            where target = ? and run_id >= ? and merged_by is null"""
        return self._ask(sql, target, self._since) is not None

    def validators(self, target: str) -> tuple[str | None, str | None]:
        """The ETag and Last-Modified of the last capture of a target, by which a server is asked for changes only."""
        sql = """select etag, last_modified from captures
            where target = ? and outcome <> 'failed' order by id desc limit 1"""
        known = self._ask(sql, target) or {"etag": None, "last_modified": None}
        etag, modified = known["etag"], known["last_modified"]
        return etag if isinstance(etag, str) else None, modified if isinstance(modified, str) else None

    def close(self) -> None:
        """Ends the connection."""
        with self._lock, closing(self._connection):
            pass

    def _ask(self, sql: str, *values: object) -> Row | None:
        try:
            with self._lock:
                return fetch(self._connection, sql, *values)
        except sqlite3.Error as error:
            raise ArchiveError("the archive", f"cannot be read: {error}") from error


def failures(c: sqlite3.Connection) -> list[Failure]:
    """The targets whose last attempt failed, the latest first."""
    sql = "select target, error, error_kind, status, failed_at, attempts from failures order by failed_at desc, target"
    return [Failure(*row) for row in c.execute(sql)]


def captured_at(c: sqlite3.Connection, target: str) -> datetime | None:
    """When a target was last captured, in UTC; None where it never was."""
    sql = "select captured_at from captures where target = ? and outcome <> 'failed' order by id desc limit 1"
    known = fetch(c, sql, target)
    return datetime.fromisoformat(str(known["captured_at"])) if known else None


def holds(c: sqlite3.Connection, capture: Capture) -> bool:
    """Whether the same capture is stored: of this target, at this time, with these bytes."""
    sql = """select 1 as found from captures
        where target = ? and captured_at = ? and sha256 = ? and outcome = 'read' limit 1"""
    return fetch(c, sql, capture.target, utc(capture.captured_at), capture.sha256) is not None


def read(
    c: sqlite3.Connection, run_id: int, capture: Capture, page_id: int | None, archived_at: datetime | None
) -> int:
    """Notes what was received for a page, or (None) as a platform's answer; the capture's id."""
    row: Row = {
        "run_id": run_id,
        "page_id": page_id,
        "target": capture.target,
        "outcome": "read",
        "url": capture.url,
        "captured_at": utc(capture.captured_at),
        "archived_at": utc(archived_at) if archived_at else None,
        "source": capture.source,
        "status": capture.status,
        "media_type": capture.media_type,
        "encoding": capture.encoding,
        "bytes": capture.size,
        "sha256": capture.sha256,
    }
    return insert(c, "captures", row | _fetched(capture) | _record(capture))


def dataset(c: sqlite3.Connection, run_id: int, read_whole: Dataset) -> int:
    """Notes that a file of records was read to its end; the capture's id."""
    row: Row = {
        "run_id": run_id,
        "target": read_whole.target,
        "outcome": "read",
        "url": read_whole.url,
        "captured_at": utc(read_whole.at),
        "source": "import",
        "media_type": read_whole.kind,
        "bytes": read_whole.size,
        "sha256": read_whole.sha256,
    }
    return insert(c, "captures", row)


def unchanged(c: sqlite3.Connection, run_id: int, same: Unchanged) -> int:
    """Notes that a page is as it was; the capture's id."""
    sql = """select page_id, source, bytes, sha256, media_type, encoding from captures
        where target = ? and outcome <> 'failed' order by id desc limit 1"""
    before = fetch(c, sql, same.target) or {}
    row: Row = {
        "run_id": run_id,
        "target": same.target,
        "outcome": "unchanged",
        "url": same.target,
        "captured_at": utc(same.at),
        "status": 304,
    }
    return insert(c, "captures", before | row | _fetched(same) | _record(same))


def failed(c: sqlite3.Connection, run_id: int, failure: Failed) -> int:
    """Notes that a target could not be read, and why; the capture's id."""
    row: Row = {
        "run_id": run_id,
        "target": failure.target,
        "outcome": "failed",
        "url": failure.target if urls.is_web(failure.target) else None,
        "status": failure.error.status,
        "captured_at": utc(failure.at),
        "error": str(failure.error),
        "error_kind": type(failure.error).__name__.removesuffix("Error").lower(),
        "seconds": failure.seconds,
    }
    return insert(c, "captures", row | _record(failure))


def _fetched(received: Capture | Unchanged) -> Row:
    return {
        "final_url": received.final_url,
        "etag": received.etag,
        "last_modified": received.last_modified,
        "seconds": received.seconds,
    }


def _record(outcome: Capture | Unchanged | Failed) -> Row:
    """Where the bytes lie in a WARC."""
    return {name: getattr(outcome, name) for name in ("warc_file", "warc_offset", "warc_length")}
