"""What a page's JSON-LD says of its own article."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Described", "own", "values"]

_Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Described:
    """The objects that describe the page's own article, the best first; what the first does not tell, others may."""

    objects: tuple[_Object, ...] = ()
    sites: tuple[_Object, ...] = ()
    by_id: Mapping[str, _Object] = field(default_factory=dict)

    def texts(self, *names: str) -> Iterator[str]:
        """What the properties of these names hold, as told; numbers too."""
        for name in names:
            for item in self.objects:
                yield from _texts(item.get(name))

    def names(self, *names: str) -> list[str]:
        """The names of the people or organisations that the first of these properties to tell any holds."""
        for name in names:
            for item in self.objects:
                if found := list(self._names(item.get(name))):
                    return found
        return []

    def site_names(self) -> list[str]:
        """What the publisher, or else the site itself, is called."""
        return self.names("publisher") or [text for site in self.sites for text in _texts(site.get("name"))]

    def _names(self, value: object) -> Iterator[str]:
        for item in _flat(value):
            if isinstance(item, str):
                yield item
            elif isinstance(item, dict):
                told = item if item.get("name") else self.by_id.get(str(item.get("@id")), item)
                yield from _texts(told.get("name"))


def values(script: str) -> list[object]:
    """The JSON values in the text of a script; common faults are mended, of what stays broken nothing is told."""
    try:
        return [json.loads(script, strict=False)]
    except RecursionError:
        return []
    except ValueError:
        return _mended(script)


def own(found: Iterable[object], addresses: Iterable[str], titles: Iterable[str]) -> Described:
    """What describes the page that has one of these addresses and one of these titles.

    Of several articles that is the one with such an address or headline; where none has, it is not known which.
    """
    objects = list(_objects(list(found)))
    if not objects:
        return Described()
    by_id = {str(o["@id"]): o for o in objects if len(o) > 1 and "@id" in o}
    kinds = [(_kinds(o), o) for o in objects]
    articles = [o for kind, o in kinds if any(map(_is_article, kind)) and any(o.get(k) for k in _TELLING)]
    pages = [o for kind, o in kinds if any(k.endswith("Page") for k in kind)]
    sites = tuple(o for kind, o in kinds if "WebSite" in kind)
    several = len(articles) > 1 or len(pages) > 1
    at = {address for a in addresses if several and (address := _address(a))}
    called = {letters for t in titles if several and (letters := _letters(t))}
    chosen = [*_own(articles, at, called), *_own(pages, at, called)]
    return Described(tuple(chosen), sites, by_id)


_ARTICLES = ("Article", "Posting", "Report", "Review", "Recipe")  # https://schema.org/Article and its kin end so
_TELLING = ("headline", "name", "datePublished", "author")
_INNER = ("@graph", "mainEntity", "mainEntityOfPage")  # objects in other properties are of other things
_OPENING = re.compile(r"(?:\s*+(?://|/\*)?\s*+(?:<!\[CDATA\[|<!--)\s*+(?:\*/)?)*+\s*+")
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*+")|(?P<comma>,(?=\s*+[,\]}]))|(?P<none>:(?=\s*+[,}]))'
    r'|(?P<bare>[^\s"{}\[\]:,0-9.+-][^"{}\[\],\n]*+)',
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\(?=["\\/bfnrtu])(.)|\\', re.DOTALL)
_MOST_VALUES = 100


def _mended(text: str) -> list[object]:
    """The values of JSON without wrapping, commas too many, words without quotes and escapes that are none."""
    if opening := _OPENING.match(text):
        text = text[opening.end() :]
    if "&quot;" in text:
        text = html.unescape(text)
    text = _TOKEN.sub(_mended_token, text).strip()
    decoder = json.JSONDecoder(strict=False)
    found: list[object] = []
    at = 0
    while text[at : at + 1] in ("{", "[") and len(found) < _MOST_VALUES:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        found.append(value)
        while text[at : at + 1] in ("\n", " ", "\t", "\r", ";", ","):
            at += 1
    return found


def _mended_token(match: re.Match[str]) -> str:
    if match["string"]:
        return _ESCAPE.sub(lambda m: m[0] if m[1] else "", match["string"])
    if match["none"]:
        return ":null"
    word = match["bare"]
    return "" if not word or word[0] == ";" else word if word.strip() in ("true", "false", "null") else "null"


def _objects(found: list[object]) -> Iterator[_Object]:
    stack = found[::-1]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack += value[::-1]
        elif isinstance(value, dict):
            yield value
            stack += [value[name] for name in reversed(_INNER) if name in value]


def _kinds(item: _Object) -> list[str]:
    kinds = item.get("@type")
    told = kinds if isinstance(kinds, list) else [kinds]
    return [k.rpartition("/")[2].rpartition(":")[2] for k in told if isinstance(k, str)]


def _is_article(kind: str) -> bool:
    return kind.endswith(_ARTICLES) and kind != "JobPosting"


def _own(items: list[_Object], at: set[str], called: set[str]) -> list[_Object]:
    """Those that are of this page, the surest and fullest first."""
    if len(items) > 1:
        marks = [2 * _is_at(item, at) + _is_called(item, called) for item in items]
        if any(marks):
            items = [item for item, mark in zip(items, marks, strict=True) if mark == max(marks)]
        elif len({str(item.get("headline")) for item in items}) > 1:
            return []
    return sorted(items, key=lambda item: -sum(bool(item.get(k)) for k in _TELLING))


def _is_at(item: _Object, at: set[str]) -> bool:
    told = [text for name in ("mainEntityOfPage", "url", "@id") for text in _texts(item.get(name), "@id", "url")]
    keys = [key for key in map(_address, told) if len(key) > 1]
    return any(key in at or (key[0] == "/" and any(a.endswith(key) for a in at)) for key in keys)


def _is_called(item: _Object, called: set[str]) -> bool:
    told = [letters for text in _texts(item.get("headline")) if (letters := _letters(text))]
    return any(one == other or (len(one) >= 15 and other.startswith(one)) for one in told for other in called)


def _address(url: str) -> str:
    """A URL without what may differ between two ways of writing it."""
    whole = url.strip().partition("#")[0].lower()
    return (whole.partition("://")[2] or whole).removeprefix("www.").rstrip("/")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, html.unescape(text).casefold()))


def _texts(value: object, *names: str) -> Iterator[str]:
    """The texts in a value: it, those of its list, or those of an object's `@value` or `name`."""
    for item in _flat(value):
        if isinstance(item, str):
            yield item
        elif isinstance(item, int | float) and not isinstance(item, bool):
            yield str(item)
        elif isinstance(item, dict):
            yield from (told for name in names or ("@value", "name") if isinstance(told := item.get(name), str))


def _flat(value: object) -> Iterator[object]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and isinstance(inner := item.get("@list"), list):
            yield from inner
        else:
            yield item
