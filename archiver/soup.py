"""Bytes to a tree; text and attributes of a tag."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5
from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = [
    "Node",
    "Tag",
    "Tree",
    "attr",
    "decode",
    "every",
    "first",
    "fits",
    "letters",
    "links",
    "parse",
    "squeeze",
    "text",
]

Tree = LexborHTMLParser
Node = LexborNode
Tag = LexborNode  # a node that is an element

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r" ?\n ?")
_BLOCKS = frozenset(
    "address article blockquote dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section "
    "table td tr ul".split()
)
_LATIN = (
    "iso8859-1",
    "iso8859-2",
    "iso8859-3",
    "iso8859-4",
    "iso8859-9",
    "cp1250",
    "cp1252",
    "cp1254",
    "cp1257",
)
_UNSEEN = frozenset(("-comment", "script", "style", "template", "noscript", "title", "svg"))


def decode(body: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of a page's bytes and the encoding used: BOM, then header, then meta, then UTF-8, then detection.

    Never raises: bytes that fit no encoding become U+FFFD.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding
    meta = _META.search(body, 0, 4096)
    for name in (declared, meta[1].decode("ascii") if meta else None, "utf-8"):
        told = _known(name)
        if told and not told.startswith("utf-16"):
            try:
                return body.decode(told), told
            except UnicodeDecodeError:
                continue
    encoding = _known(detect_encoding(body[:65536])) or "cp1252"
    if _mostly_utf8(body):
        encoding = "utf-8"
    elif encoding == "utf-8" or encoding.startswith(_LATIN):
        encoding = "cp1252"  # what browsers assume, and what detection of a short text cannot tell from its sisters
    return body.decode(encoding, "replace"), encoding


def parse(html: str) -> Tree:
    """The tree of a whole page, by lexbor."""
    return LexborHTMLParser(html.encode("utf-8", "replace"))


def fits(tag: Tag, selector: str) -> bool:
    """Whether a selector hits this very element."""
    hit = tag.css_first(selector)
    return hit is not None and hit.mem_id == tag.mem_id


def every(tag: Tag, selector: str) -> list[Tag]:
    """The elements in a tag that a selector hits, in order."""
    hits = {hit.mem_id: hit for hit in tag.css(selector)}
    hits.pop(tag.mem_id, None)
    return list(hits.values())


def first(tag: Tag, selector: str) -> Tag | None:
    """The first element in a tag that a selector hits."""
    return next(iter(every(tag, selector)), None)


def attr(tag: Tag, name: str) -> str:
    """An attribute's value without blanks around it; "" where it is missing."""
    return (tag.attributes.get(name) or "").strip()


def text(tag: Tag) -> str:
    """The words of a tag as a reader sees them: line breaks kept, blanks folded, emoji pictures as their alt text."""
    return squeeze("".join(_pieces(tag)))


def links(tag: Tag) -> list[Tag]:
    """Every `a` with an href in the tag, in order."""
    return [a for a in every(tag, "a[href]") if attr(a, "href")]


def squeeze(words: str) -> str:
    """Text without doubled blanks, without blanks around line breaks, and with at most one empty line in a row."""
    lines = _NEWLINES.sub("\n", _BLANKS.sub(" ", words.replace("\r", ""))).strip()
    return re.sub(r"\n{3,}", "\n\n", lines)


def letters(words: str) -> str:
    """Letters and digits alone, without case: by which two titles are compared."""
    return "".join(filter(str.isalnum, words.casefold()))


def _pieces(tag: Tag) -> Iterator[str]:
    pending: list[Node | str] = [*reversed([*tag.iter(include_text=True)])]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif item.tag == "-text":
            yield (item.text_content or "").replace("\n", " ")
        elif item.tag == "br":
            yield "\n"
        elif item.tag == "img":
            yield attr(item, "alt") if _is_emoji(item) else ""
        elif item.tag not in _UNSEEN and "invisible" not in attr(item, "class").split():
            gap = "\n\n" if item.tag in _BLOCKS else ""
            yield gap
            pending += [gap, *reversed([*item.iter(include_text=True)])]


def _is_emoji(image: Tag) -> bool:
    return "emoji" in f"{attr(image, 'class')} {attr(image, 'src')}".lower()


def _known(name: str | None) -> str | None:
    """The WHATWG name of an encoding; None where the label is unknown."""
    if not name:
        return None
    found = map_encoding_to_html5(name, False)
    try:
        return codecs.lookup(found).name if found else None
    except LookupError:
        return None


def _mostly_utf8(body: bytes) -> bool:
    decoded = body[:65536].decode("utf-8", "replace")
    wide = sum(1 for c in decoded if ord(c) > 127)
    return decoded.count("�") * 10 < wide
