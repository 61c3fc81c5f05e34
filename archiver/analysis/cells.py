"""Rows of answers as columns and words."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from archiver.analysis._answers import Answer

__all__ = ["columns", "heading", "is_number", "is_time", "words"]

_SHARES = frozenset(("share", "share_then", "share_now", "share_first", "jaccard"))

_NAMES = {"n_hashtag": "of hashtag", "n_outlet": "of outlet", "n_other": "of other"}  # beside columns without n_
_UNKNOWN = {"group": "not known", "period": "not known"}


def columns(answer: Answer[Any]) -> list[str]:
    """The names of an answer's columns."""
    return [field.name for field in fields(answer.row)]


def is_number(answer: Answer[Any], name: str) -> bool:
    """Whether a column holds numbers."""
    return any(kind in str(answer.row.__annotations__[name]) for kind in ("int", "float"))


def is_time(name: str) -> bool:
    """Whether a column holds times or periods."""
    return name.endswith(("_at", "_use")) or name == "period"


def heading(name: str) -> str:
    """A column's name for readers."""
    return _NAMES.get(name) or name.removeprefix("n_").replace("_", " ")


def words(value: object, name: str) -> str:
    """A value for readers, in one line: shares in per cent, days of times, "" for what is not told."""
    if value is None:
        return _UNKNOWN.get(name, "")
    if name in _SHARES and isinstance(value, float):
        return f"{value * 100:.1f} %"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, int):
        return f"{value:,}"
    told = str(value)
    return told[:10] if name.endswith(("_at", "_use")) else " ".join(told.split())
