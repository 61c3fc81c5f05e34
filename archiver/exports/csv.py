"""Tables of an archive as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from archiver import atomic
from archiver.atomic import STDOUT

__all__ = ["STDOUT", "protected", "write"]

_SIGNS = "=+-@＝＋－＠"  # by which a formula begins, also in the wide letters that some systems make narrow
_SEPARATED = re.compile(rf"""(["',;|\t\n\r\v\f][\s"',;|]*)([{re.escape(_SIGNS)}])?""")
_EXACT = 15  # digits of a number, beyond which a spreadsheet rounds


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, excel: bool = False) -> None:
    """Writes rows, whole or not at all: UTF-8, a header, CRLF, fields quoted where they must be, nothing where null.

    For `excel` the file begins with a byte-order mark, texts are quoted, and `protected`. Raises ArchiveError.
    """
    with atomic.file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
        if excel:
            text.write("\ufeff")
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC if excel else csv.QUOTE_MINIMAL)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([protected(value) if isinstance(value, str) else value for value in row] if excel else row)
        text.flush()
        text.detach()


def protected(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could begin a formula, or would round a long number.

    That is at its beginning, and behind what may separate cells: , ; | tabs, quotation marks and line breaks.
    """
    if text[:1] in ("\t", "\r", "\n") or text.lstrip()[:1] in tuple(_SIGNS):
        text = f"'{text}"
    elif len(text) > _EXACT and text.isascii() and text.isdigit():
        return f"'{text}"
    return _SEPARATED.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[0], text)
