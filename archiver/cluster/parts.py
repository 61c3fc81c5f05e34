"""Parts: pages with embeds, as Parquet files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from archiver.cluster import columns, stores
from archiver.cluster.whole import Sink
from archiver.errors import ArchiverError, TargetError, UnreadableError
from archiver.model import Archived

__all__ = ["FORM", "Facts", "Writer", "facts", "listed", "name", "outcomes"]

FORM = 1  # of parts; another one cannot be read by this version
_KEY = "archiver.part"
_ROWS = 1000  # of a group, the least that is read at once
_CHARACTERS = 16 << 20  # of a group
_AT_ONCE = 250  # rows that are read at once
_ENDING = ".parquet"
_UNSAFE = re.compile(r"[^\w.-]", re.ASCII)
_IS_WARC = re.compile(r"(?:\.warc)?(?:\.gz|\.zst)?$", re.IGNORECASE)
_FOLDER = "parts"
_CURE = "remove it, and run archiver crawl again"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a part tells of itself: the WARC that it was made of, by which program, and what that held.

    `source_mark` is the WARC's ETag or time of change. `records` are answers and the like, `pages` those of them that
    were read, `pages_with_embeds` those in the part, `embeds` their embeds without mere links, `skipped` the records
    and damaged places that could not be read.
    """

    source: str
    source_bytes: int
    source_mark: str | None
    version: str
    records: int
    pages: int
    pages_with_embeds: int
    embeds: int
    skipped: int
    form: int = FORM


def name(source: str) -> str:
    """The name of the part that is made of a WARC: after the WARC's own, and a digest of where it lies."""
    last = _UNSAFE.sub("_", _IS_WARC.sub("", source.partition("?")[0].rpartition("/")[2]))[:120]
    return f"{last}-{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}{_ENDING}"


class Writer:
    """Writes pages to a part, in the order in which they come; the same pages make the same bytes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._rows: list[dict[str, object]] = []
        self._characters = self._pages = 0
        self._file = pq.ParquetWriter(
            cast("BinaryIO", sink), columns.SCHEMA, compression="zstd", store_schema=False, write_page_checksum=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._file.close()

    def add(self, archived: Archived) -> None:
        """Adds a page. Raises TargetError where it cannot be written."""
        for embed in archived.page.embeds:
            row = columns.row(self._pages, archived, embed)
            self._rows.append(row)
            self._characters += sum(len(value) for value in row.values() if isinstance(value, str))
        self._pages += 1
        if len(self._rows) >= _ROWS or self._characters >= _CHARACTERS:
            self._flush()

    def end(self, told: Facts) -> None:
        """Writes what is left, and what the part tells of itself. Raises TargetError where it cannot be written."""
        self._flush()
        self._file.add_key_value_metadata({_KEY: json.dumps(asdict(told), sort_keys=True)})
        self._file.close()
        self._sink.check()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(pa.Table.from_pylist(self._rows, columns.SCHEMA))
            self._rows, self._characters = [], 0
        self._sink.check()


def facts(part: str) -> Facts:
    """What a part tells of itself. Raises TargetError where it is not there, UnreadableError where it is no part."""
    with _opened(part) as (_, told):
        return told


def outcomes(part: str) -> Iterator[Archived]:
    """The pages of a part, in the WARC's order; each capture has the digest of its body instead of the body.

    Raises TargetError, FetchError, or UnreadableError where it is no part, is cut off, damaged, or of a later version.
    """
    with _opened(part) as (file, told):
        rows: list[dict[str, Any]] = []
        pages = 0
        for batch in file.iter_batches(_AT_ONCE, use_threads=False):
            for row in batch.to_pylist():
                rows.append(row)
                if len(rows) == row["page_embeds"]:
                    yield columns.archived(rows)
                    rows, pages = [], pages + 1
        if rows or pages != told.pages_with_embeds:
            raise UnreadableError(part, f"holds {pages} of {told.pages_with_embeds} pages", _CURE)


def listed(given: str) -> list[str]:
    """The parts that a path or URL names: itself, those in a folder, or in a crawl's; sorted.

    Raises TargetError where there is none.
    """
    place = stores.located(given)
    if place.endswith(_ENDING):
        return [place]
    for folder in (stores.below(place, _FOLDER), place):
        found = [each for each in stores.names(folder) if each.endswith(_ENDING) and not each.startswith(".")]
        if found:
            return [stores.below(folder, each) for each in found]
    raise TargetError(given, "holds no part", "parts are made by archiver crawl")


@contextmanager
def _opened(part: str) -> Iterator[tuple[pq.ParquetFile, Facts]]:
    with stores.reading(part) as stream:
        try:
            yield _begun(part, stream)
        except ArchiverError:
            raise
        except (pa.ArrowException, OSError) as error:
            raise UnreadableError(part, f"is no part, or a damaged one: {str(error).splitlines()[0]}", _CURE) from error


def _begun(part: str, stream: BinaryIO) -> tuple[pq.ParquetFile, Facts]:
    file = pq.ParquetFile(stream, page_checksum_verification=True)
    told = (file.metadata.metadata or {}).get(_KEY.encode())
    if told is None:
        raise UnreadableError(part, "is a Parquet file, but no part of a crawl")
    try:
        known = json.loads(told)
        form = known["form"]
        if form != FORM or file.schema_arrow.names != columns.SCHEMA.names:
            raise UnreadableError(part, f"is of form {form}, this version reads {FORM}", "use the version that made it")
        return file, Facts(**known)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(part, f"does not tell what it is: {error}", _CURE) from error
