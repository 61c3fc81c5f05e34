"""One reader's CPU time over the pages on standard input."""

from __future__ import annotations

import gc
import json
import logging
import re
import socket
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

__all__ = ["decoded", "measure"]

P = TypeVar("P")

_WARM_UP = 10  # pages read before the clock starts: imports, models and tables are loaded then
_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def measure(prepare: Callable[[Path, bytes], P], read: Callable[[P], int | None]) -> None:
    """Prints pages, CPU seconds, errors and tweets found as JSON; standard input names a file a line.

    `prepare` makes of a file what `read` takes and is not timed; `read` gives the number of tweets, None where it
    looks for none. A page at which `read` raises counts as read, up to the exception.
    """
    _settle()
    paths = [Path(line) for line in sys.stdin.read().splitlines()]
    pages = [prepare(path, path.read_bytes()) for path in paths]
    _pass(pages[:: max(1, len(pages) // _WARM_UP)][:_WARM_UP], read)
    gc.collect()
    begin = time.process_time()
    found, errors = _pass(pages, read)
    seconds = time.process_time() - begin
    counts = [count for count in found if count is not None]
    told = {
        "pages": len(pages),
        "cpu_seconds": seconds,
        "errors": errors,
        "tweets_found": sum(counts) if counts else None,
    }
    print(json.dumps(told))


def decoded(_path: Path, body: bytes) -> str:
    """The text of a page for readers that take text: by its meta element, else UTF-8, else cp1252."""
    meta = _CHARSET.search(body, 0, 4096)
    for name in (meta[1].decode("ascii") if meta else "utf-8", "utf-8"):
        try:
            return body.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return body.decode("cp1252", "replace")


def _pass(pages: Sequence[P], read: Callable[[P], int | None]) -> tuple[list[int | None], int]:
    found: list[int | None] = []
    errors = 0
    for page in pages:
        try:
            found.append(read(page))
        except Exception:  # noqa: BLE001 - a peer may raise what it likes; the table counts it
            errors += 1
    return found, errors


def _settle() -> None:
    """No network, and no time spent on messages that nobody reads."""
    socket.getaddrinfo = _refuse
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise OSError("a benchmark asks nobody")
