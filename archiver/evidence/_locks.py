"""A lock on a file that ends with its process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["taken"]


def taken(path: Path, *, new: bool = False) -> int | None:
    """A descriptor of the file, which no other process can take until it is closed; None where another has it.

    `new`: the file is made, and None comes back where there is one by that name.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if new else 0), 0o666)
    except (FileExistsError, FileNotFoundError):
        return None
    try:
        _lock(descriptor)
        if os.path.samestat(os.fstat(descriptor), os.stat(path)):
            return descriptor
    except OSError:  # another has it, or has removed it meanwhile
        pass
    os.close(descriptor)
    return None


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
