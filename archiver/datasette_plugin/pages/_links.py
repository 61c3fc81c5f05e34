"""Addresses: ours, and those that lead out."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from datasette.utils import tilde_decode, tilde_encode

__all__ = ["decoded", "outward", "segment", "wayback", "whole"]

_PLAIN = re.compile(r"(?!\.+$)[\w.@:-]+")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_:-]+(?:/[A-Za-z0-9_:-]+)*", re.ASCII)
_OUTWARD = re.compile(r"https?://[^\s\x00-\x20\x7f-\x9f<>\"\\^`{|}]+", re.IGNORECASE)


def segment(text: str) -> str:
    """A text as one segment of a path, readable where it can be; `decoded` undoes it."""
    return quote(text, safe="@:") if _PLAIN.fullmatch(text) else str(tilde_encode(text))


def whole(text: str) -> str:
    """A text as the rest of a path, before an ending such as `.json`; `decoded` undoes it."""
    return text if _PLAIN_PATH.fullmatch(text) else str(tilde_encode(text))


def decoded(raw: str) -> str:
    """The text that a part of a path as received stands for."""
    return str(tilde_decode(unquote(raw)))


def outward(url: object) -> str | None:
    """A URL that may be a link out of the archive; None for any other scheme, and for what is no URL."""
    return url if isinstance(url, str) and _OUTWARD.fullmatch(url) else None


def wayback(url: object) -> str | None:
    """Where the Wayback Machine lists its copies of a URL; None where it can have none."""
    link = outward(url)
    return f"https://web.archive.org/web/*/{link}" if link else None
