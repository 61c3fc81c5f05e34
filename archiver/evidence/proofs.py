"""One record, and what ties it to a manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archiver import atomic
from archiver.errors import TargetError, UnreadableError
from archiver.evidence import canonical, manifests, merkle
from archiver.evidence.manifests import Entry

__all__ = ["Proof", "is_proof", "made", "read", "write"]

FORMAT = "social-post-archiver proof 1"
_FIELDS = {"_format", "entry", "index", "path", "record", "statement", "timestamps"}
_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Proof:
    """A record (None: only its digest is told), its place among `size` others, and the statement about all of them.

    `record` and `statement` are canonical JSON; `path` are the hashes from the record's leaf to the root.
    """

    record: bytes | None
    entry: Entry
    index: int
    path: tuple[bytes, ...]
    statement: bytes
    stamps: tuple[object, ...]


def made(manifest: Path, name: str) -> Proof:
    """The proof of the record of a manifest that has this name, or `kind name`.

    Raises TargetError where none has, and UnreadableError for a file that is no whole manifest.
    """
    found = [(n, e) for n, e in enumerate(_register(manifest)) if name in (e.name, str(e))]
    if not found:
        raise TargetError(name, f"is in no line of {manifest}", "name it as the register of the manifest does")
    if len(found) > 1:
        told = ", ".join(str(e) for _, e in found)
        raise TargetError(name, f"is the name of {len(found)} records", f"name one of: {told}")
    index, line = found[0]
    statement, stamps = b"", []
    for part in manifests.parts(manifest, "statement"):
        if part.section == "statement":
            statement = part.text.encode()
        else:
            stamps.append(part.value)
    size = sum(1 for _ in _register(manifest))
    path = merkle.path((each.leaf for each in _register(manifest)), index, size)
    return Proof(_record(manifest, line), line, index, tuple(path), statement, tuple(stamps))


def write(path: Path, proof: Proof) -> None:
    """Writes a proof, whole or not at all. Raises ArchiveError."""
    told = {
        "_format": FORMAT,
        "entry": json.loads(proof.entry.encoded),
        "index": proof.index,
        "path": [each.hex() for each in proof.path],
        "record": json.loads(proof.record) if proof.record else None,
        "statement": json.loads(proof.statement),
        "timestamps": list(proof.stamps),
    }
    with atomic.file(path) as file:
        file.write(canonical.encoded(told))


def is_proof(path: Path) -> bool:
    """Whether a file begins as a proof does."""
    try:
        with path.open("rb") as file:
            return file.read(len(_head())) == _head()
    except OSError:
        return False


def read(path: Path) -> Proof:
    """The proof in a file. Raises UnreadableError where it holds none."""
    thing = str(path)
    try:
        told = _object(path)
        record, index = told["record"], told["index"]
        is_whole = told.keys() == _FIELDS and isinstance(told["statement"], dict)
        if not is_whole or type(index) is not int or not isinstance(told["timestamps"], list):
            raise UnreadableError(thing, "is no whole proof")
        return Proof(
            None if record is None else canonical.encoded(record),
            manifests.entry(told["entry"], thing),
            index,
            tuple(bytes.fromhex(each) for each in told["path"]),
            canonical.encoded(told["statement"]),
            tuple(told["timestamps"]),
        )
    except OSError as error:
        raise UnreadableError(thing, f"cannot be read: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnreadableError(thing, "is no whole proof") from error


def _object(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        data = file.read(_LARGEST).removesuffix(b"\n")
    told = json.loads(data)
    if canonical.encoded(told) != data:
        raise UnreadableError(str(path), "is not canonical JSON (RFC 8785)")
    if not isinstance(told, dict):
        raise UnreadableError(str(path), "is no whole proof")
    return told


def _register(manifest: Path) -> Iterator[Entry]:
    for part in manifests.parts(manifest, "register"):
        if part.section != "register":
            return
        yield manifests.entry(part.value, str(manifest))


def _record(manifest: Path, line: Entry) -> bytes | None:
    for part in manifests.parts(manifest):
        if part.section != "records":
            return None
        if isinstance(part.value, dict) and (part.value.get("kind"), part.value.get("name")) == (line.kind, line.name):
            return part.text.encode()
    return None


def _head() -> bytes:
    return b'{"_format":' + canonical.encoded(FORMAT)
