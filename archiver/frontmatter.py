"""What a Markdown source says of itself above its text."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from html import escape

import yaml

__all__ = ["head", "split"]

_FENCED = re.compile(r"\s*(---|\+\+\+)[^\S\n]*\n(?:(.*?)\n)??(?:\1|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)
_LARGEST_TOML = 8192  # characters: tomllib takes quadratic time on a key of many dots
_LARGEST = 65_536  # characters: the front matter of a blog's post has some hundreds
_OFFSET = re.compile(r"(?<=\d)\s+(?=[+-]\d\d)")
# The names under which Hugo, Jekyll, Hashnode and Forem know a thing, without case, - and _.
_NAMES = {
    "title": ("title",),
    "author": ("author", "authors", "byline"),
    "description": ("description", "excerpt", "summary"),
    "article:section": ("section", "category", "categories"),
    "article:published_time": ("date", "publishdate", "pubdate", "publishedat", "datepublished"),
    "article:modified_time": ("lastmod", "lastmodifiedat", "modified", "updated", "updatedat"),
    "article:tag": ("tags", "keywords"),
}
_LANGUAGES = ("lang", "language", "locale")
_ADDRESSES = ("canonicalurl", "canonical", "permalink", "url")


def split(text: str) -> tuple[dict[str, object], str]:
    """The front matter's values by folded name, {} where it has none that can be read, and the text below it."""
    match = _FENCED.match(text)
    if match is None:
        return {}, text
    told = _values(match[2] or "", match[1])
    return {re.sub("[-_ ]", "", str(k)).lower(): v for k, v in told.items()}, text[match.end() :]


def head(told: dict[str, object]) -> str:
    """The values as the head of an HTML page, where their meaning is clear."""
    lines = []
    for meaning, names in _NAMES.items():
        words = next((found for name in names if (found := _strings(told.get(name)))), [])
        if meaning == "title":
            lines += [f"<title>{escape(word)}</title>" for word in words[:1]]
        elif meaning == "author":
            lines += [_meta(meaning, ", ".join(words))] if words else []
        elif meaning == "article:tag":
            lines += [_meta(meaning, word) for word in words]
        else:
            lines += [_meta(meaning, _OFFSET.sub("", word) if "time" in meaning else word) for word in words[:1]]
    address = next((a for name in _ADDRESSES for a in _strings(told.get(name)) if _is_address(a)), None)
    if address:
        lines.append(f'<link rel="canonical" href="{escape(address)}">')
    lang = next((found[0] for name in _LANGUAGES if (found := _strings(told.get(name)))), "")
    return f'<html lang="{escape(lang)}"><head>{"".join(lines)}</head>'


def _values(text: str, fence: str) -> dict[str, object]:
    if len(text) > (_LARGEST_TOML if fence == "+++" else _LARGEST):
        return {}
    try:
        # BaseLoader makes strings, lists and dicts alone: no types to guess at, no merge keys, which grow without bound
        told = tomllib.loads(text) if fence == "+++" else yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    except (tomllib.TOMLDecodeError, yaml.YAMLError, RecursionError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _strings(value: object) -> list[str]:
    """The words of a value, of a list of such, or the name in an author's table."""
    if isinstance(value, dict):
        value = value.get("name")
    items = value if isinstance(value, list) else [value]
    named = [item.get("name") if isinstance(item, dict) else item for item in items]
    words = [item.isoformat() if isinstance(item, date) else item for item in named]
    return [word.strip() for word in words if isinstance(word, str) and word.strip()]


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'


def _is_address(value: str) -> bool:
    """Whether this is an address, and not a pattern of Jekyll's such as /:year/:title/."""
    return value.startswith(("https://", "http://")) or (value.startswith("/") and ":" not in value)
