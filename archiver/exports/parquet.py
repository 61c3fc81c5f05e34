"""Tables of an archive as Parquet."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from archiver import atomic
from archiver.errors import ArchiveError
from archiver.store.kept import Column

__all__ = ["kind", "write"]

_GROUP = 10_000  # rows in memory, and in a row group
_LISTS = frozenset("argv context_hashtags flags hashtags keywords outlets".split())
_TRUTHS = frozenset("author_signed in_context in_post is_embedded is_truncated".split())
_KINDS = {"integer": "int64", "real": "float64"}


def kind(column: Column) -> str:
    """What a column is in Parquet: `timestamp`, `list`, `bool`, `int64`, `float64` or `string`."""
    if column.name.endswith("_at"):
        return "timestamp"
    if column.name in _LISTS:
        return "list"
    return "bool" if column.name in _TRUTHS else _KINDS.get(column.kind, "string")


def write(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows, whole or not at all, ten thousand to a row group, each column as its `kind` says.

    Times are UTC in milliseconds, lists are of strings. Raises ArchiveError, also where pyarrow is not installed.
    """
    arrow, parquet = _pyarrow("pyarrow"), _pyarrow("pyarrow.parquet")
    kinds = [kind(column) for column in columns]
    types = {
        "timestamp": arrow.timestamp("ms", "UTC"),
        "list": arrow.list_(arrow.string()),
        "bool": arrow.bool_(),
        "int64": arrow.int64(),
        "float64": arrow.float64(),
        "string": arrow.string(),
    }
    schema = arrow.schema([arrow.field(c.name, types[told]) for c, told in zip(columns, kinds, strict=True)])
    found = iter(rows)
    with atomic.file(path) as file, parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(found, _GROUP)):
            values = zip(kinds, zip(*group, strict=True), strict=True)
            arrays = [_array(arrow, told, types[told], column) for told, column in values]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))


def _array(arrow: ModuleType, told: str, type_: Any, values: Sequence[Any]) -> Any:
    if told == "timestamp":
        return arrow.array(values, arrow.string()).cast(type_)
    if told == "list":
        values = [None if value is None else json.loads(value) for value in values]
    elif told == "bool":
        values = [None if value is None else bool(value) for value in values]
    return arrow.array(values, type_)


def _pyarrow(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ArchiveError(
            "Parquet", "needs pyarrow, which is not installed", "pip install 'social-post-archiver[parquet]'"
        ) from error
