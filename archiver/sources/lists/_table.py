"""A table's column of addresses, and its dates."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from archiver import moments, urls
from archiver.sources.lists._listing import Line

__all__ = ["is_table", "lines"]

_DELIMITERS = "\t,;|"
_SAMPLE = 100  # rows by which delimiter and columns are chosen, of the first characters and columns
_SAMPLE_LENGTH = 1 << 20
_WIDEST = 1000
_ADDRESSES = ("url", "link", "href", "address", "permalink", "page url", "article url", "uri", "loc", "website")
_DATES = (
    "lastmod",
    "modified",
    "modified at",
    "updated",
    "updated at",
    "date modified",
    "published",
    "published at",
    "publish date",
    "publication date",
    "date published",
    "pubdate",
    "date",
)
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class _Columns(NamedTuple):
    """Where a table's addresses and dates stand, from 0, and whether its first row is names."""

    address: int
    date: int | None
    has_names: bool


def is_table(text: str) -> bool:
    """Whether a text has several columns, of which the first line names one for addresses."""
    delimiter = _delimiter(text)
    names = _names(next(iter(_sample(text, delimiter)), []))
    return len(names) > 1 and any(name in _ADDRESSES for name in names)


def lines(text: str) -> Iterator[Line]:
    """The addresses of a table with their dates, one for each row that is not empty."""
    delimiter = _delimiter(text)
    columns = _columns(_sample(text, delimiter))
    if columns is None:
        yield Line(1, wrong="begins a table without a column of URLs")
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    is_first = True
    try:
        for row in rows:
            if not any(map(str.strip, row)):
                continue
            if not (is_first and columns.has_names):
                yield Line(rows.line_num, _cell(row, columns.address), _date(row, columns.date))
            is_first = False
    except csv.Error as error:
        yield Line(rows.line_num, wrong=f"ends what can be read of the table: {error}")


def _delimiter(text: str) -> str:
    """The delimiter by which most rows have as many columns, two at least, and most of their cells are addresses."""

    def fit(delimiter: str) -> tuple[bool, int]:
        rows = _sample(text, delimiter)
        width, count = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
        return width > 1 and count * 2 > len(rows), sum(urls.is_web(cell.strip()) for row in rows for cell in row)

    return max(_DELIMITERS, key=fit)


def _columns(rows: list[list[str]]) -> _Columns | None:
    if not rows:
        return None
    has_names = not any(urls.is_web(cell.strip()) for cell in rows[0])
    names = _names(rows[0]) if has_names else []
    values = rows[1:] if has_names else rows
    likely = [column for column in range(max(map(len, rows))) if _is_of_addresses(values, column)]
    named = [names.index(name) for name in _ADDRESSES if name in names]
    # A column so named whose values are none is taken only where no other's are: the failures then say what it holds.
    address = next((column for column in named if column in likely), next(iter(likely), next(iter(named), None)))
    if address is None:
        return None
    return _Columns(address, next((names.index(name) for name in _DATES if name in names), None), has_names)


def _is_of_addresses(rows: list[list[str]], column: int) -> bool:
    told = [cell for row in rows if (cell := _cell(row, column))]
    return sum(map(urls.is_web, told)) * 2 > len(told)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text[:_SAMPLE_LENGTH], newline=""), delimiter=delimiter)
    with suppress(csv.Error):  # the rows before it are the sample
        rows.extend(islice((row[:_WIDEST] for row in reader if any(map(str.strip, row))), _SAMPLE))
    return rows


def _names(row: list[str]) -> list[str]:
    return [_BETWEEN_WORDS.sub(" ", cell).strip().lower() for cell in row]


def _cell(row: list[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _date(row: list[str], column: int | None) -> datetime | None:
    moment = moments.read(_cell(row, column)) if column is not None else None
    return moment.at if moment else None
