"""WACZ packages: WARC files with their pages, posts and index."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from archiver import __version__, atomic
from archiver.evidence import _cdxj, _files
from archiver.model import utc

__all__ = ["SUFFIXES", "Contents", "pack"]

SUFFIXES = (".warc.gz", ".warc")  # of the files that may stand in a package
_VERSION = "1.1.1"
_PIECE = 1 << 20
_LINES = 1024  # of the index, in a block that is unpacked at a time
_HEADER = {"format": "json-pages-1.0", "id": "pages", "title": "Pages"}
_LARGE = 1 << 30  # bytes, beyond which an entry has the long form of its sizes


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a package: files, and lines of JSON; a page has at least `url` and `ts` (RFC 3339)."""

    title: str
    warcs: Sequence[Path]
    pages: Iterable[str]
    posts: Iterable[str]


def pack(path: Path, contents: Contents, at: datetime) -> None:
    """Writes a package, whole or not at all. Raises ArchiveError, and UnreadableError for a WARC that is damaged.

    Of a WARC that is being written, the whole records at the time are taken.
    """
    with atomic.file(path) as file, ZipFile(file, "w") as zipped:
        _fill(_Package(zipped, at), contents)


def _fill(package: _Package, contents: Contents) -> None:
    sizes = {warc: _files.whole_size(warc) for warc in contents.warcs}
    for warc, size in sizes.items():
        package.add(f"archive/{warc.name}", _bytes(warc, size), ZIP_STORED, size)
    index: list[str] = []
    found = _cdxj.ordered(chain.from_iterable(_cdxj.lines(warc, size) for warc, size in sizes.items()))
    package.add("indexes/index.cdx.gz", _blocks(found, index), ZIP_STORED, _LARGE + 1)
    package.add("indexes/index.idx", _encoded(index), ZIP_DEFLATED, 0)
    package.add("pages/pages.jsonl", _encoded(chain([json.dumps(_HEADER)], contents.pages)), ZIP_DEFLATED, 0)
    package.add("posts/posts.jsonl", _encoded(contents.posts), ZIP_DEFLATED, _LARGE + 1)
    package.end(contents.title)


@dataclass(slots=True)
class _Package:
    """A package that is being written, and what has been put into it."""

    zipped: ZipFile
    at: datetime
    resources: list[dict[str, object]] = field(default_factory=list)

    def add(self, name: str, pieces: Iterable[bytes], compression: int, size: int) -> str:
        """Adds a file, of about that many bytes; its digest."""
        info = ZipInfo(name, (self.at.year, self.at.month, self.at.day, self.at.hour, self.at.minute, self.at.second))
        info.compress_type, info.external_attr = compression, 0o644 << 16
        digest, length = hashlib.sha256(), 0
        with self.zipped.open(info, "w", force_zip64=size > _LARGE) as entry:
            for piece in pieces:
                entry.write(piece)
                digest.update(piece)
                length += len(piece)
        told = f"sha256:{digest.hexdigest()}"
        self.resources.append({"name": name.rpartition("/")[2], "path": name, "hash": told, "bytes": length})
        return told

    def end(self, title: str) -> None:
        """Adds the list of all that the package holds, and its digest."""
        listed = {
            "profile": "data-package",
            "title": title,
            "created": utc(self.at),
            "wacz_version": _VERSION,
            "software": f"social-post-archiver/{__version__}",
            "resources": self.resources,
        }
        digest = self.add("datapackage.json", [json.dumps(listed, indent=2).encode()], ZIP_DEFLATED, 0)
        signed = {"path": "datapackage.json", "hash": digest}
        self.add("datapackage-digest.json", [json.dumps(signed, indent=2).encode()], ZIP_DEFLATED, 0)


def _blocks(found: Iterator[str], index: list[str]) -> Iterator[bytes]:
    """The index in blocks, each a gzip member; `index` is told where each begins."""
    index.append(f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': 'index.cdx.gz'})}")
    offset = 0
    while some := list(islice(found, _LINES)):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        block = packer.compress("".join(some).encode()) + packer.flush()
        told = {"offset": offset, "length": len(block), "digest": f"sha256:{hashlib.sha256(block).hexdigest()}"}
        index.append(f"{some[0].partition('{')[0]}{json.dumps(told)}")
        offset += len(block)
        yield block


def _bytes(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while size and (piece := file.read(min(size, _PIECE))):
            size -= len(piece)
            yield piece


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    return (f"{line}\n".encode() for line in lines)
