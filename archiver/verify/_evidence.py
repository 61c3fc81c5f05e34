"""Captures read back from where their bytes lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from archiver import answers, sources, urls
from archiver.errors import TargetError, UnreadableError
from archiver.evidence import warcs
from archiver.model import Capture, Failed, Unchanged, utc
from archiver.sources import Received, Settings, _bodies, _media, feeds
from archiver.sources.services._held import CODING_THEN, Held
from archiver.store.captures import Stored
from archiver.verify._findings import Finding

__all__ = ["Evidence", "Found"]

_OWN = re.compile(r"[^/\\]+-\d{14}-\d{5}\.warc\.gz")
_LARGEST = 256 << 20
_KINDS = ("response", "resource", "conversion", "revisit")
_SECOND = timedelta(seconds=1)
_LONGEST = timedelta(hours=1)  # of a fetch whose time is not known


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a capture: it as it can be read again, None where it cannot; and what is wrong.

    `is_kept` is False where its bytes were never kept, or lie elsewhere on the web: then nothing is wrong.
    """

    capture: Capture | None
    findings: tuple[Finding, ...] = ()
    is_kept: bool = True


class Evidence:
    """Reads captures of an archive again; best in the order in which they were saved."""

    def __init__(self, db: Path) -> None:
        self._folder = db.parent
        self._again: tuple[Path, Iterator[Received | None]] | None = None
        self._entries: tuple[tuple[str | None, int | None], list[Capture]] | None = None

    def read(self, row: Stored) -> Found:
        """What lies where a row says that its bytes are."""
        if row.warc_file is None:
            return self._local(row)
        if urls.is_web(row.warc_file):
            return Found(None, is_kept=False)
        path = self._folder / row.warc_file
        if not path.exists() and not _OWN.fullmatch(row.warc_file):
            path = Path(row.warc_file)
        found = self._in_record(row, path)
        if found.findings and row.outcome == "read" and path.exists() and not _OWN.fullmatch(row.warc_file):
            again = self._reread(path, row)  # of other formats, or its body lies in another record
            if again is not None and again.sha256 == row.sha256:
                return Found(_as_stored(row, again.body))
        return found

    def _in_record(self, row: Stored, path: Path) -> Found:
        try:
            record = warcs.record_at(path, row.warc_offset or 0, row.warc_length or 0)
        except TargetError as error:
            return Found(None, (_finding(row, "missing", str(error)),))
        except UnreadableError as error:
            return Found(None, (_finding(row, "bytes", str(error)),))
        findings = [*_misplaced(row, record), *_told_otherwise(row, record)]
        if row.outcome != "read" or any(f.kind == "record" for f in findings):
            return Found(None, tuple(findings))
        body = self._body(row, record)
        if body is None:
            return Found(None, (*findings, _finding(row, "bytes", "the record's body cannot be read")))
        capture = _as_stored(row, body)
        is_vouched = record.field("WARC-Payload-Digest") or record.field("WARC-Block-Digest")
        findings += _changed(row, capture, "row" if is_vouched else "bytes")
        return Found(capture, tuple(findings))

    def _body(self, row: Stored, record: warcs.Record) -> bytes | None:
        """The decoded body of a record, or of that entry of the feed in it that a row is of."""
        transfer = record.header("Transfer-Encoding")
        coding = ",".join(value for name, value in record.headers if name.lower() == "content-encoding")
        if row.source in ("wayback", "recover"):
            coding = coding or record.header(CODING_THEN) or ""
        try:
            body = _bodies.readable(record.body, transfer, coding, _LARGEST)
            if row.source != "feed" or record.status is None:
                return body
            place = (row.warc_file, row.warc_offset)
            if self._entries is None or self._entries[0] != place:
                told = (record.header("Content-Type") or "").partition(";")[0].strip().lower()
                kind = _media.kind(row.target, body, _media.TOLD.get(told))
                charset = Held(record.status, record.header("Content-Type") or "", None, b"").charset
                feed = Capture("", body, kind, "web", row.captured_at, url=record.url, encoding=charset)
                self._entries = (place, list(feeds.entries(feed)))
        except (_bodies.TooLarge, UnreadableError):
            return None
        return next((e.body for e in self._entries[1] if row.target.endswith(e.target)), None)

    def _local(self, row: Stored) -> Found:
        """What a file on this machine holds, that was read and not copied."""
        if row.outcome != "read":
            return Found(None)  # there are no bytes that could have been kept
        path: Path | None
        if row.source == "file":
            path = Path(url2pathname(urlsplit(row.url or "").path))
        elif row.source == "feed" and not urls.is_web(row.target) and not row.target.startswith("-#"):
            path = _file_of(row.target)
        else:
            return Found(None, is_kept=False)
        if path is None or not path.is_file():
            return Found(None, (_finding(row, "missing", f"{path or row.target}: the file is not there"),))
        if row.source == "feed":
            again = self._reread(path, row)
        else:
            try:
                again = _as_stored(row, path.read_bytes())
            except OSError as error:
                return Found(None, (_finding(row, "missing", f"{path}: cannot be read: {error.strerror}"),))
        if again is None or again.sha256 != row.sha256:
            return Found(None, (_finding(row, "file", f"{path}: has changed since it was read"),))
        capture = _as_stored(row, again.body)
        return Found(capture, tuple(_changed(row, capture, "row")))

    def _reread(self, path: Path, row: Stored) -> Capture | None:
        """A capture of a file that holds many; the file is read on from the last that was asked for."""
        for is_anew in (False, True):
            if is_anew or self._again is None or self._again[0] != path:
                self._again = (path, sources.read([str(path)], Settings(fetch=_nothing, is_answer=answers.is_answer)))
            for each in self._again[1]:
                if isinstance(each, Capture) and _is_of(each, row):
                    return each
        return None


def _nothing(_: Iterable[str], __: Settings) -> Iterator[Capture | Unchanged | Failed]:
    """What is fetched while an archive is verified."""
    return iter(())


def _is_of(capture: Capture, row: Stored) -> bool:
    if capture.warc_offset is None or capture.warc_offset != row.warc_offset:
        return capture.warc_offset == row.warc_offset and capture.target == row.target
    return capture.sha256 == row.sha256 or (capture.url, capture.source) == (row.url, row.source)


def _as_stored(row: Stored, body: bytes) -> Capture:
    """The capture that a row tells of, with these bytes."""
    return Capture(
        row.target,
        body,
        row.media_type or "",
        row.source or "",
        row.captured_at,
        url=row.url,
        final_url=row.final_url,
        encoding=row.encoding,
        status=row.status,
        warc_file=row.warc_file,
        warc_offset=row.warc_offset,
        warc_length=row.warc_length,
    )


def _misplaced(row: Stored, record: warcs.Record) -> Iterator[Finding]:
    """Whether a record is another than the one that a row means."""
    if record.kind not in _KINDS and row.outcome != "failed":
        yield _finding(row, "record", f"the record is a {record.kind}")
    known = {url for url in (row.url, row.final_url, row.target) if url}
    if row.source != "feed" and row.outcome != "failed" and record.url and not record.url.startswith("ni:"):
        same = {warcs.address(url) for url in known} | {urls.canonical(url) for url in known}
        if not same & {record.url, urls.canonical(record.url)}:
            yield _finding(row, "record", f"the record is of {record.url}", row.final_url or row.url, record.url)
    if record.at is not None:
        took = _LONGEST if row.seconds is None else timedelta(seconds=row.seconds)
        if row.outcome == "failed":  # after whatever was waited for since: a host's turn, a further try
            took = row.captured_at - record.at
        is_late = row.captured_at > record.at + took + _SECOND
        if is_late or row.captured_at < record.at - _SECOND:
            told = utc(record.at)
            yield _finding(row, "record", f"the record is of {told}, the capture of {utc(row.captured_at)}", None, told)


def _told_otherwise(row: Stored, record: warcs.Record) -> Iterator[Finding]:
    if row.source not in ("feed", "render") and None not in (row.status, record.status) and row.status != record.status:
        yield _finding(row, "row", "captures.status is not that of the record", row.status, record.status)


def _changed(row: Stored, capture: Capture, kind: str) -> Iterator[Finding]:
    if capture.sha256 != row.sha256:
        yield _finding(row, kind, "captures.sha256 is not that of its bytes", row.sha256, capture.sha256)
    if len(capture.body) != row.bytes:
        yield _finding(row, kind, "captures.bytes is not how many there are", row.bytes, len(capture.body))


def _file_of(target: str) -> Path | None:
    """The file of a feed that a target, `file#entry`, names; None where there is none."""
    parts = target.split("#")
    names = ("#".join(parts[:n]) for n in range(1, len(parts)))
    return next((Path(name) for name in names if Path(name).is_file()), None)


def _finding(row: Stored, kind: str, wrong: str, stored: object = None, told: object = None) -> Finding:
    return Finding(kind, row.target, wrong, row.id, stored, told)
