"""An index of WARC files, by address and time."""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archiver.errors import UnreadableError
from archiver.evidence import _records

__all__ = ["key", "lines", "ordered"]

_KINDS = WarcRecordType.response | WarcRecordType.revisit | WarcRecordType.resource
_WWW = re.compile(r"www\d*\.")
_TYPE = re.compile(rb"\ncontent-type[ \t]*:[ \t]*([^;\s]*)", re.IGNORECASE)
_LONGEST_HEAD = 1 << 20
_IN_MEMORY = 100_000  # lines that are sorted at a time
_PORTS = {"http": 80, "https": 443}
_ASCII = "".join(map(chr, range(0x21, 0x7F))).replace("%", "").replace("#", "")


def lines(path: Path, size: int) -> Iterator[str]:
    """A line of CDXJ for each answer in the first `size` bytes of a WARC file, in the file's order.

    Raises UnreadableError where the file is damaged.
    """
    try:
        with path.open("rb") as file:
            before: tuple[int, str] | None = None
            for record in ArchiveIterator(file, parse_http=False):  # it gives up at a long header, we do not
                if record.stream_pos >= size:
                    break
                if before is not None:
                    yield _placed(before, record.stream_pos, path.name)
                is_answer = record.record_type & _KINDS and record.headers.get("WARC-Target-URI")
                before = (record.stream_pos, _described(record)) if is_answer else None
            if before is not None:
                yield _placed(before, size, path.name)
    except (OSError, ValueError) as error:
        raise UnreadableError(
            str(path), f"cannot be indexed: {error}", "archiver verify tells what is damaged"
        ) from error


def ordered(found: Iterable[str]) -> Iterator[str]:
    """Lines in order, without repeated ones; those that are many wait on the disk, not in memory."""
    rest = iter(found)
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        while some := sorted(islice(rest, _IN_MEMORY)):
            run = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            run.writelines(some)
            run.seek(0)
            runs.append(run)
        last = None
        for line in heapq.merge(*runs):
            if line != last:
                yield line
            last = line


def key(url: str) -> str:
    """The key under which an address is looked up (SURT): `com,example)/path?query`, in lower case.

    No scheme, credentials, default port, `www.` or fragment; the query's parts in order. What is no http(s) address
    stays as it is, but for blanks.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _plain(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return _plain(url)
    host = ",".join(reversed(_WWW.sub("", parts.hostname, count=1).split(".")))
    path: list[str] = []
    for step in _escaped(parts.path).split("/"):
        if step == "..":
            del path[-1:]
        elif step not in ("", "."):
            path.append(step)
    query = "&".join(sorted(_escaped(parts.query).split("&")))
    where = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    return _plain(f"{where})/{'/'.join(path)}{'?' if query else ''}{query}")


def _described(record: WarcRecord) -> str:
    """The line of a record without the end, that tells its place."""
    url = record.headers["WARC-Target-URI"].strip("<>")
    told = {"url": url}
    head = _records.head_of(record.reader.read(_LONGEST_HEAD)) if record.is_http else None
    if mime := _mime(record, head):
        told["mime"] = mime
    if status := _records.status(head or b""):
        told["status"] = str(status)
    if digest := record.headers.get("WARC-Payload-Digest"):
        told["digest"] = digest
    date = record.headers.get("WARC-Date") or ""
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        at = datetime.fromtimestamp(0, UTC)
    return f"{key(url)} {at:%Y%m%d%H%M%S} {json.dumps(told)[:-1]}"


def _placed(before: tuple[int, str], end: int, name: str) -> str:
    offset, described = before
    place = json.dumps({"length": str(end - offset), "offset": str(offset), "filename": name})
    return f"{described}, {place[1:]}\n"


def _mime(record: WarcRecord, head: bytes | None) -> str:
    if record.record_type == WarcRecordType.revisit:
        return "warc/revisit"
    if head is not None:
        found = _TYPE.search(head)
        return found[1].decode("latin-1") if found else ""
    return re.split(r"[;\s]", record.headers.get("Content-Type") or "", maxsplit=1)[0]


def _plain(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe=_ASCII + "%#")


def _escaped(text: str) -> str:
    return quote(unquote_to_bytes(text.encode("utf-8", "surrogatepass")), safe=_ASCII).lower()
