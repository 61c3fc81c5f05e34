"""The file systems of fsspec, and their errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import aiohttp
import fsspec

from archiver.errors import ArchiverError, FetchError, TargetError

__all__ = ["explained", "is_local", "protocols", "system", "troubles"]

_GONE = (404, 410)


def system(name: str) -> tuple[Any, str]:
    """The file system of a name, and the path in it. Raises TargetError where it needs what is not installed."""
    try:
        found, path = fsspec.core.url_to_fs(name)
    except (ImportError, ValueError) as error:
        scheme = name.partition("://")[0]
        cure = f"pip install 'social-post-archiver[{'s3' if scheme.startswith('s3') else 'cluster'}]'"
        raise TargetError(name, f"cannot be reached: {error}", cure) from error
    return found, str(path)


def is_local(system: Any) -> bool:
    return "file" in protocols(system)


def protocols(system: Any) -> tuple[str, ...]:
    told = system.protocol
    return (told,) if isinstance(told, str) else tuple(told)


@contextmanager
def explained(name: str, system: Any, done: str = "read") -> Iterator[None]:
    """Errors of stores as ours."""
    try:
        yield
    except ArchiverError:
        raise
    except FileNotFoundError as error:
        cause = error.__cause__  # fsspec calls whatever a web server answers so, or that none does
        if isinstance(cause, (aiohttp.ClientError, TimeoutError)) and getattr(cause, "status", None) not in _GONE:
            raise FetchError(name, f"cannot be {done}: {type(cause).__name__} {cause}") from error
        raise TargetError(name, "is not there") from error
    except NotImplementedError as error:
        raise TargetError(name, f"cannot be {done}: its store does not allow that") from error
    except OSError as error:
        if is_local(system):
            raise TargetError(name, f"cannot be {done}: {error.strerror or error}") from error
        raise FetchError(name, f"cannot be {done}: {error}") from error
    except troubles(system) as error:
        raise FetchError(name, f"cannot be {done}: {type(error).__name__} {error}") from error


def troubles(system: Any) -> tuple[type[Exception], ...]:
    """What reading from a store may raise."""
    found: tuple[type[Exception], ...] = (OSError, ValueError, EOFError, aiohttp.ClientError)
    if {"s3", "s3a"} & set(protocols(system)):
        told = import_module("botocore.exceptions")
        found += (told.BotoCoreError, told.ClientError)
    return found
