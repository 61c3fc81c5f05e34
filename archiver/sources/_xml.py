"""XML without its declarations, element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from archiver import soup

__all__ = ["Broken", "Element", "elements", "root", "text"]

_PROLOG = {"<?": "?>", "<!--": "-->", "<!": ">"}  # what stands above the first element, and its end
_BLANKS = re.compile(r"[\ufeff\s]*+")
_BETWEEN = re.compile(r"[\s\]>]*+")  # after a declaration: what is left of those inside it, too
_NAME = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)[\s/>]")
_ROOT = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex|opml)[\s/>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_UTF_16 = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_DEEPEST = 500
_AT_ONCE = 1 << 20  # bytes: much fewer, and old versions of expat take quadratic time for a long word


class Broken(ValueError):  # noqa: N818  reads as what is wrong with the document
    """Where a document stops being XML: `line`, and what is wrong with it."""

    def __init__(self, line: int, wrong: str) -> None:
        self.line = line
        super().__init__(wrong)


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its name, its parent's ("" of the root), its own text, its attributes, and the line that ends it.

    Names, also of attributes, are in lower case and without prefix.
    """

    name: str
    parent: str
    text: str
    attributes: Mapping[str, str]
    line: int


def root(head: bytes) -> str:
    """The name of the first element, in lower case and without prefix; "" where the bytes do not begin as XML does."""
    decoded = _decoded(head, None)
    match = _NAME.match(decoded, _first_element(decoded))
    return match[1].lower() if match else ""


def text(body: bytes, encoding: str | None) -> str:
    """A feed, sitemap or OPML from its first element on, with empty lines for what stood above it.

    There entities are declared, which is how XML attacks; no such document needs them.
    """
    decoded = _decoded(body, encoding)
    found = _ROOT.search(decoded, _first_element(decoded))
    start = found.start() if found else 0
    return "\n" * decoded.count("\n", 0, start) + decoded[start:]


def elements(document: str) -> Iterator[Element]:
    """Each element of a document when it ends, so the innermost first; no entity but those of XML itself is known.

    A bare & is taken as it is meant, and a control character as not there. Raises Broken where the document is not
    well-formed, after all that ended before.
    """
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    ended: list[Element] = []
    names: list[str] = [""]
    begun: list[tuple[dict[str, str], list[str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(begun) == _DEEPEST:
            raise Broken(parser.CurrentLineNumber, f"elements stand more than {_DEEPEST} deep")
        names.append(_local(name))
        begun.append(({_local(key): value for key, value in attributes.items()}, []))

    def data(words: str) -> None:
        begun[-1][1].append(words)

    def end(_: str) -> None:
        attributes, words = begun.pop()
        name = names.pop()
        ended.append(Element(name, names[-1], "".join(words).strip(), attributes, parser.CurrentLineNumber))

    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, data, end
    encoded = _mended(document).encode("utf-8", "replace")
    for at in range(0, len(encoded) + _AT_ONCE, _AT_ONCE):
        try:
            parser.Parse(encoded[at : at + _AT_ONCE], at >= len(encoded))
        except expat.ExpatError as error:
            yield from ended
            raise Broken(error.lineno, expat.ErrorString(error.code)) from error
        except Broken:
            yield from ended
            raise
        yield from ended
        ended.clear()


def _decoded(body: bytes, encoding: str | None) -> str:
    declared = _DECLARED.match(body)
    if wide := _UTF_16.get(body[:2]):  # without a byte order mark
        return body.decode(wide, "replace")
    return soup.decode(body, encoding or (declared[1].decode("ascii") if declared else None))[0]


def _first_element(document: str) -> int:
    """Where the first element begins, or what is none."""
    at = 0
    while True:
        blank = (_BETWEEN if at else _BLANKS).match(document, at)
        at = blank.end() if blank else at
        opening = next((o for o in _PROLOG if document.startswith(o, at)), None)
        if opening is None:
            return at
        end = document.find(_PROLOG[opening], at + len(opening))
        if end < 0:
            return len(document)
        at = end + len(_PROLOG[opening])


def _mended(document: str) -> str:
    first, *others = _CONTROL.sub("", document).split("<![CDATA[")
    pieces = [_NO_ENTITY.sub("&amp;", first)]
    for other in others:
        inside, end, after = other.partition("]]>")
        pieces += ["<![CDATA[", inside, end, _NO_ENTITY.sub("&amp;", after)]
    return "".join(pieces)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()
