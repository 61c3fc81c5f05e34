"""Lines of CDX indexes, in all forms, to records."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archiver import urls
from archiver.errors import TargetError, UnreadableError

__all__ = ["Record", "bound", "collapsed", "line", "pattern", "read", "record", "rows", "within"]

# The letters of a header line (` CDX N b a m s k r M S V g`) that are read; http://iipc.github.io/warc-specifications
_LETTERS = {
    "N": "urlkey",
    "b": "timestamp",
    "a": "original",
    "m": "mimetype",
    "s": "statuscode",
    "k": "digest",
    "S": "length",
    "V": "offset",
    "g": "filename",
}
_COLUMNS = {  # of files without a header line, by how many there are
    11: "N b a m s k r M S V g",
    9: "N b a m s k r V g",
    7: "N b a m s k S",  # what the Wayback Machine's index prints
}
_NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}  # the Wayback Machine's words -> CDXJ's
_TIMESTAMP = re.compile(r"(\d{14})\d{0,6}", re.ASCII)
_BOUND = re.compile(r"\d{4}(?:-?\d\d(?:-?\d\d(?:[T ]?\d\d(?::?\d\d(?::?\d\dZ?)?)?)?)?)?", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE | re.ASCII)
_NO_PAGE = re.compile(r"https?://+(?:mailto|data|javascript|tel|about):", re.IGNORECASE)  # what crawlers took for hosts
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_LONGEST = 1 << 20  # bytes of a line


@dataclass(frozen=True, slots=True)
class Record:
    """A capture that an index names: `url` as it was captured, `timestamp` of 14 digits, in UTC.

    `digest` is the SHA-1 of the body as it was served, in base 32; `length` is in bytes, compressed. `filename` and
    `offset` say where the record lies. `key` is the URL as the index sorts it. None is what the index does not tell.
    """

    url: str
    timestamp: str
    key: str | None = None
    media_type: str | None = None
    status: int | None = None
    digest: str | None = None
    length: int | None = None
    offset: int | None = None
    filename: str | None = None

    @property
    def at(self) -> datetime:
        """When it was captured."""
        return datetime.strptime(self.timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    def as_json(self) -> str:
        """The record as a line of JSON, in the words of CDXJ; `read` reads it."""
        told = {
            "urlkey": self.key,
            "timestamp": self.timestamp,
            "url": self.url,
            "mime": self.media_type,
            "status": None if self.status is None else str(self.status),
            "digest": self.digest,
            "length": None if self.length is None else str(self.length),
            "offset": None if self.offset is None else str(self.offset),
            "filename": self.filename,
        }
        return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)


def read(path: str | Path) -> Iterator[Record]:
    """The records of a CDX file, of 7, 9 or 11 columns or as its header says, or of CDXJ or JSON lines; gzipped or not.

    Lines that name no capture of a page on the web are left out. Raises TargetError where the file cannot be read,
    UnreadableError where nothing in it is a line of an index.
    """
    found, names = False, list[str]()
    try:
        with closing(_opened(path)) as file:
            while raw := file.readline(_LONGEST):
                text = raw.decode("utf-8", "replace").strip()
                if text.startswith("CDX "):
                    found, names = True, [_LETTERS.get(letter, "-") for letter in text.split()[1:]]
                elif made := line(text, names):
                    found = True
                    yield made
    except OSError as error:
        if isinstance(error, gzip.BadGzipFile):
            raise UnreadableError(str(path), f"is damaged: {error}") from error
        raise TargetError(str(path), f"cannot be read: {error.strerror}") from error
    except (EOFError, zlib.error) as error:
        raise UnreadableError(str(path), f"is damaged: {error}") from error
    if not found:
        raise UnreadableError(str(path), "is no CDX file", "CDX with 7, 9 or 11 columns, CDXJ and JSON lines are read")


def line(text: str, names: Iterable[str] = ()) -> Record | None:
    """The record of one line: columns called `names`, CDXJ (`urlkey timestamp {...}`) or an object of JSON."""
    words = text.split(None, 2)
    if text.startswith("{") or (len(words) == 3 and words[2].startswith("{")):
        try:
            told = json.loads(text if text.startswith("{") else words[2])
        except (ValueError, RecursionError):
            return None
        known = {} if text.startswith("{") else {"urlkey": words[0], "timestamp": words[1]}
        return record(known | told) if isinstance(told, dict) else None
    columns = text.split()
    names = list(names) or [_LETTERS.get(letter, "-") for letter in _COLUMNS.get(len(columns), "").split()]
    return record(dict(zip(names, columns, strict=False))) if len(columns) == len(names) else None


def rows(text: str) -> tuple[list[Record], str | None]:
    """The records of a Wayback Machine's answer in JSON, and the key with which the search goes on.

    The first row names the columns; where more is to come, an empty row and the key are the last two. Rows that name
    no capture of a page on the web (`mailto:`, say) are left out. Raises ValueError where the answer is no such list.
    """
    try:
        told = json.loads(text) if text.strip() else []
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(told, list) or not all(isinstance(row, list) for row in told):
        raise ValueError("no list of lists")
    key = None
    if len(told) > 1 and told[-2] == [] and len(told[-1]) == 1:
        key, told = str(told[-1][0]), told[:-2]
    if not told:
        return [], key
    names = [str(name) for name in told[0]]
    if not {"timestamp", "original"} <= set(names):
        raise ValueError("without names of its columns")
    made = (record(dict(zip(names, row, strict=True))) for row in told[1:] if len(row) == len(names))
    return [each for each in made if each], key


def record(told: Mapping[str, object]) -> Record | None:
    """A record of what an index tells, in the words of CDXJ or the Wayback Machine's; None where it is no capture."""
    words = {_NAMES.get(name, name): str(value) for name, value in told.items() if value not in (None, "", "-")}
    url, at = words.get("url", ""), _TIMESTAMP.fullmatch(words.get("timestamp", ""))
    if not at or not urls.is_web(url) or _NO_PAGE.match(url) or not _is_moment(at[1]):
        return None
    return Record(
        urls.without_credentials(url),
        at[1],
        words.get("urlkey"),
        words.get("mime"),
        _number(words.get("status")),
        words.get("digest", "").removeprefix("sha1:") or None,
        _number(words.get("length")),
        _number(words.get("offset")),
        words.get("filename"),
    )


def collapsed(records: Iterable[Record]) -> Iterator[Record]:
    """The records without those that hold what the one before, of the same URL, held."""
    before = None
    for each in records:
        same = (each.key or each.url, each.digest)
        if each.digest is None or same != before:
            yield each
        before = same


def bound(text: str) -> str:
    """A year, month, day or moment (`2017`, `2017-10`, `2017-10-15`, `20171015123000`) as 4 to 14 digits.

    Raises ValueError.
    """
    digits = re.sub(r"\D", "", text)
    if not _BOUND.fullmatch(text.strip()) or not _is_moment(digits + "00000101000000"[len(digits) :]):
        raise ValueError(f"{text!r} is no date: write 2017, 2017-10, 2017-10-15 or 14 digits")
    return digits


def within(each: Record, start: str | None, end: str | None) -> bool:
    """Whether a record was captured between two bounds, both included as wholly as they are told."""
    after = start is None or each.timestamp[: len(start)] >= start
    return after and (end is None or each.timestamp[: len(end)] <= end)


def pattern(wanted: str) -> tuple[tuple[str, str], ...]:
    """A URL, `example.com/news/*` or `*.example.com` as the parameters of a search. Raises TargetError."""
    name = wanted.strip()
    if name.startswith("*."):
        kind, name = "domain", name[2:].rstrip("*").rstrip("/")
    else:
        kind, name = ("prefix", name[:-1]) if name.endswith("*") else ("exact", name)
    host = re.sub(r"^(?:https?:)?//", "", name, flags=re.IGNORECASE)
    if _SCHEME.match(host) or not urls.is_web(f"http://{host}") or (kind == "domain" and "/" in host):
        raise TargetError(wanted, "is no URL or pattern", "write a URL, example.com/news/* or *.example.com")
    return ("url", urls.without_credentials(name)), ("matchType", kind)


def _opened(path: str | Path) -> IO[bytes]:
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return io.BufferedReader(gzip.open(path, "rb")) if is_gzip else open(path, "rb")


def _is_moment(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None
