"""Values written in scripts: JSON, and JavaScript's own literals."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Chunk", "loads", "rows", "values"]

_BEGIN = re.compile(r"(?:=|\(|:|,|return)\s*+(?=[{\[])")
_STRING = re.compile(
    r'"((?:[^"\\\n]|\\.)*+)("?)' + r"|'((?:[^'\\\n]|\\.)*+)('?)" + r"|`((?:[^`\\]|\\.)*+)(`?)", re.DOTALL
)
_TOKEN = re.compile(
    r"(?:\s++|//[^\n]*+|/\*(?:[^*]|\*(?!/)){0,2000}+\*/)*+"
    r"(?:(?P<sign>[{}\[\]:,])"
    r'|"(?P<double>(?:[^"\\]|\\.)*+)"' + r"|'(?P<single>(?:[^'\\]|\\.)*+)'|`(?P<back>(?:[^`\\]|\\.)*+)`"
    r"|(?P<word>![01]|void 0|[\w$.+-]++))",
    re.DOTALL,
)
_WORTH = re.compile(r"<|\\u003c|\\x3c|%3c|%7b|&lt;|^\s*[{\[]", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\n": "", "\r\n": ""}
_HALF = re.compile(  # with some whole ones behind two backslashes
    r"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)
_HALVES = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_FUNCTION = re.compile(r"\(function\s*\(([\w$,\s]{1,200000})\)\s*\{")
_ROW = re.compile(rb"\s*([0-9a-f]{0,8}):([A-Za-z]?)")
_LENGTH = re.compile(rb"([0-9a-f]{1,8}),")
_WORDS: dict[str, object] = {"true": True, "false": False, "!0": True, "!1": False}
_LONGEST = 20_000_000  # characters read from one place
_FAILURES = 200
_DEEPEST = 400


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of the stream in which Next.js (its app router) sends a page's state."""

    text: str


def loads(text: str) -> object:
    """The value of a JSON text; halves of surrogate pairs become U+FFFD. ValueError where it is no JSON."""
    try:
        return json.loads(_whole(text), strict=False)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def values(text: str) -> Iterator[object]:
    """The values in a script or attribute: the JSON that it is, or the objects, lists and strings in its code."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip()[:_LONGEST]
    try:
        yield loads(text)
    except ValueError:
        yield from _in_script(_whole(text))


def rows(stream: str) -> dict[str, object]:
    """The rows of Next.js's stream by their ids, by which they refer to each other as `$id`: JSON values and texts."""
    data = stream.encode("utf-8", "replace")
    found: dict[str, object] = {}
    at = 0
    while match := _ROW.match(data, at):
        at = match.end()
        name = match[1].decode()
        if match[2] == b"T" and (length := _LENGTH.match(data, at)):
            end = length.end() + int(length[1], 16)
            found[name] = data[length.end() : end].decode("utf-8", "replace")
        else:
            end = data.find(b"\n", at) if b"\n" in data[at:] else len(data)
            try:
                found[name] = loads(data[at:end].decode("utf-8", "replace"))
            except ValueError:
                end += 1
        at = end
    return found


def _in_script(text: str) -> Iterator[object]:
    names = _arguments(text)
    at = gap = failures = misses = effort = 0
    gaps: list[str] = []
    while failures < _FAILURES and effort <= 2 * len(text) and (match := _BEGIN.search(text, at)):
        at = match.end()
        value, end, reached = _strict(text, at) if misses < _FAILURES else (None, 0, at)
        if not end:
            misses += 1
            value, end, reached = _relaxed(text, at, names)
        if end:
            gaps.append(text[gap:at])
            if value:
                is_chunk = "__next_f" in text[max(at - 30, 0) : at]
                pieces = [p for p in value if isinstance(p, str)] if is_chunk and isinstance(value, list) else []
                yield Chunk("".join(pieces)) if pieces else value
            at = gap = end
        else:
            failures += 1
            effort += reached - at
    gaps.append(text[gap:])
    if strings := [s for part in gaps for s in _strings(part)]:
        yield strings


def _strict(text: str, at: int) -> tuple[object, int, int]:
    """The JSON value that begins here, where it ends (0: it is none), and how far it was read."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):  # which took as long as there are lines above
        return None, 0, at
    return value, end, end


_DECODER = json.JSONDecoder(strict=False)


def _relaxed(text: str, at: int, names: dict[str, object]) -> tuple[object, int, int]:
    """An object or list of JavaScript: bare keys, any quotes, commas at the end, words for `names`' values."""
    tree = _Tree()
    while match := _TOKEN.match(text, at):
        at = match.end()
        sign = match["sign"]
        if not (tree.sign(sign) if sign else tree.scalar(_scalar(match, names), match["word"])):
            break
        if len(tree.nested) == 1:
            return tree.root[0], at, at
    is_open = text[at : at + 50].lstrip()[:1] in ("'", '"', "`")  # a string without end, sought to the end
    return None, 0, len(text) if is_open else at


@dataclass(slots=True)
class _Tree:
    """The objects and lists that are open, in a list that will hold the outermost, and the key that waits for a value.

    What takes a token says whether it may stand there.
    """

    root: list[object] = field(default_factory=list)
    nested: list[list[object] | dict[str, object]] = field(default_factory=list)
    key: str | None = None

    def sign(self, sign: str) -> bool:
        """Takes a bracket, colon or comma."""
        match sign:
            case "{" | "[":
                inner: dict[str, object] | list[object] = {} if sign == "{" else []
                fits = len(self.nested) < _DEEPEST and self._add(inner)
                self.nested.append(inner)
                self.key = None
                return fits
            case ":":
                return self.key is not None
            case "}" | "]":
                self.nested.pop()
        self.key = None
        return True

    def scalar(self, value: object, word: str | None) -> bool:
        """Takes a string, number or word, as a key or as a value."""
        if isinstance(self.nested[-1], dict) and self.key is None:
            self.key = word or str(value)
            return True
        return self._add(value)

    def _add(self, value: object) -> bool:
        if not self.nested:
            self.nested.append(self.root)
        top = self.nested[-1]
        if isinstance(top, list):
            top.append(value)
        elif self.key is None:
            return False
        else:
            top[self.key] = value
        return True


def _scalar(match: re.Match[str], names: dict[str, object]) -> object:
    if (word := match["word"]) is not None:
        return _WORDS.get(word, names.get(word, word if word.isdecimal() else None))
    return _unescaped(next(s for s in (match["double"], match["single"], match["back"]) if s is not None))


def _strings(code: str) -> Iterator[str]:
    """The string literals in code that may hold HTML or JSON."""
    for match in _STRING.finditer(code):
        inner = next((match[i] for i in (1, 3, 5) if match[i + 1]), "")
        if len(inner) >= 12 and _WORTH.search(inner):
            yield _unescaped(inner)


def _arguments(text: str) -> dict[str, object]:
    """What the letters stand for in `(function(a,b){…}(1,"x"))`, as Nuxt writes its state."""
    match = _FUNCTION.search(text)
    at = text.rfind("}(") if match else -1
    if not match or at < 0:
        return {}
    told, _, _ = _relaxed(f"[{text[at + 2 :].rstrip('; )')}]", 0, {})
    return dict(zip((n.strip() for n in match[1].split(",")), told, strict=False)) if isinstance(told, list) else {}


def _unescaped(inner: str) -> str:
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(_escaped, inner)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return _CONTROLS.get(match[4], match[4])


def _whole(text: str) -> str:
    """JSON or code without halves of surrogate pairs, which no encoding can write."""
    is_suspect = ("\\ud" in text or "\\uD" in text) and ("\\\\u" in text or _HALF.search(text))
    return _HALVES.sub(lambda m: "\\ufffd" if m[1] else m[0], text) if is_suspect else text
