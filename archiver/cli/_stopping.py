"""Ctrl-C that lets what is under way end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

__all__ = ["stopping"]


@contextmanager
def stopping() -> Iterator[Event]:
    """An event that Ctrl-C sets, so that what is under way is stored; a second Ctrl-C ends at once."""
    stop = Event()

    def interrupted(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
