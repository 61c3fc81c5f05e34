"""Values as canonical JSON, of which digests are made."""

from __future__ import annotations

import hashlib

import rfc8785

from archiver.errors import UnreadableError

__all__ = ["encoded", "sha256"]


def encoded(value: object) -> bytes:
    """A value as RFC 8785 writes it: one form for one value. Raises UnreadableError where it has none.

    None has a whole number beyond 2^53, or half of a surrogate pair.
    """
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise UnreadableError("a value", f"has no canonical form: {error}") from error


def sha256(data: bytes) -> str:
    """The SHA-256 of bytes, as hex."""
    return hashlib.sha256(data).hexdigest()
