"""Lines of a list to addresses, or to failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from archiver import urls
from archiver.errors import UnreadableError
from archiver.model import Capture, Failed, Listed

__all__ = ["Line", "outcomes"]

_MOST_FAILED = 100  # lines of one list that are told one by one
_SHOWN = 100  # characters of what is no address


class Line(NamedTuple):
    """What a list tells of one page, and its line (from 1). `wrong` is why it cannot be read on from there."""

    number: int
    address: str = ""
    at: datetime | None = None
    wrong: str | None = None


def outcomes(source: Capture, lines: Iterable[Line], what: str) -> Iterator[Listed | Failed]:
    """The pages that lines name, and a failure for each that names none, under the list's name, # and its number.

    Of failures the first hundred are told, and then how many more there are. A list of nothing is a failure as a whole;
    `what` calls it by its kind, "a table".
    """
    failed, is_empty = 0, True
    for line in lines:
        is_empty = False
        if line.wrong is None and urls.is_web(line.address):
            yield Listed(line.address, line.at)
            continue
        failed += line.wrong is None
        if line.wrong or failed <= _MOST_FAILED:
            yield _failed(source, f"{source.target}#{line.number}", f"line {line.number} {line.wrong or _wrong(line)}")
    if is_empty:
        yield _failed(source, source.target, f"is {what} that names no page", "nothing to archive")
    if failed > _MOST_FAILED:
        yield _failed(source, source.target, f"has {failed - _MOST_FAILED} further lines that name no page")


def _wrong(line: Line) -> str:
    shown = urls.without_credentials(line.address)
    shown = f"{shown[:_SHOWN]}…" if len(shown) > _SHOWN else shown
    return f"is no http or https URL: {shown}" if shown else "holds no URL"


def _failed(source: Capture, target: str, wrong: str, cure: str | None = None) -> Failed:
    return Failed(target, UnreadableError(target, wrong, cure), source.captured_at)
