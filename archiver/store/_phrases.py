"""Phrases found by their digests in texts, HTML and JSON."""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

__all__ = ["GONE", "Phrase", "digest", "found", "has_marks", "phrase", "replaced", "words"]

GONE = "⟦redacted⟧"  # brackets that no article writes
_HEAD = 4  # words by which a phrase is looked for before all of it is compared
_TAG = re.compile(r"<[^<>]{0,5000}>")
_TOKEN = re.compile(r"(<[^<>]{0,5000}>)|(&#?\w{1,32};)|https?://\S+|(\w+)|([^\x00-\x7f\w\s])")
_OTHER = re.compile(r"[^\x00-\x7f\w\s]")
# Tags that stand inside words without parting them.
_INLINE = re.compile(
    r"<(?:!--|/?(?:abbr|a|bdi|bdo|big|b|cite|code|del|dfn|em|font|ins|i|kbd|mark|q|small|samp|span|strike|strong"
    r"|sub|sup|s|tt|u|var|wbr)[\s/>])",
    re.IGNORECASE,
)
# What is not seen, but letters or marks in name.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_MARKS = frozenset(("Mn", "Mc", "Me", "Cf"))
_LINK = re.compile(r"(?:https?://|pic\.(?:twitter|x)\.com/|t\.co/)\S*")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that are told by digests alone: how many, that of all of them and that of the first few (hex)."""

    n_words: int
    digest: str
    head: str


def digest(salt: str, what: str, value: str) -> str:
    """The keyed digest of a value: HMAC-like BLAKE2b of 16 bytes, as hex."""
    key = bytes.fromhex(salt)
    return hashlib.blake2b(f"{what}\n{value}".encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()


def words(text: str) -> list[str]:
    """The words of a text without links, case, marks and HTML, by which it is known again."""
    return [word for word, _, _ in _tokens(_LINK.sub(" ", text))]


def phrase(salt: str, text: str) -> Phrase | None:
    """A text as a phrase; None where it has no words."""
    told = words(text)
    if not told:
        return None
    return Phrase(len(told), _digest(salt, told), _digest(salt, told[:_HEAD]))


def found(salt: str, text: str, phrases: Mapping[str, Collection[Phrase]]) -> Iterator[tuple[int, int]]:
    """Where phrases (by their heads) stand in a text: first and last (exclusive) character of each."""
    tokens = list(_tokens(text))
    told = [word for word, _, _ in tokens]
    sizes = sorted({min(each.n_words, _HEAD) for some in phrases.values() for each in some})
    at = 0
    while at < len(tokens):
        ends = [
            at + each.n_words
            for size in sizes
            if at + size <= len(told)
            for each in phrases.get(_digest(salt, told[at : at + size]), ())
            if min(each.n_words, _HEAD) == size and _digest(salt, told[at : at + each.n_words]) == each.digest
        ]
        if ends:
            yield tokens[at][1], tokens[max(ends) - 1][2]
        at = max(ends, default=at + 1)


def replaced(salt: str, value: str, phrases: Mapping[str, Collection[Phrase]]) -> str:
    """A text, HTML or JSON, with `⟦redacted⟧` in the place of phrases; itself where none stands in it."""
    if value[:1] in ("[", "{"):
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            pass
        else:
            cleaned = _inside(salt, inner, phrases)
            return value if cleaned == inner else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))

    def in_tag(tag: re.Match[str]) -> str:
        return f"<{_cleared(salt, tag[0][1:-1], phrases)}>"

    cleared = _cleared(salt, value, phrases)
    return _TAG.sub(in_tag, cleared) if "<" in cleared else cleared


def has_marks(text: str) -> bool:
    """Whether characters stand in a text that stand upon others, or are not seen."""
    return not text.isascii() and any(unicodedata.category(c) in _MARKS for c in set(_OTHER.findall(text)))


def _cleared(salt: str, value: str, phrases: Mapping[str, Collection[Phrase]]) -> str:
    pieces, at = list[str](), 0
    for first, last in found(salt, value, phrases):
        pieces += [value[at:first], GONE]
        at = last
    return "".join((*pieces, value[at:])) if pieces else value


def _inside(salt: str, value: object, phrases: Mapping[str, Collection[Phrase]]) -> object:
    if isinstance(value, str):
        return replaced(salt, value, phrases)
    if isinstance(value, list):
        return [_inside(salt, each, phrases) for each in value]
    if isinstance(value, dict):
        return {name: _inside(salt, each, phrases) for name, each in value.items()}
    return value


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text or of HTML, each as it is compared, and its first and last (exclusive) character.

    A word goes on over marks, what is not seen, character references and tags that part no words.
    """
    pieces, first, last, end = list[str](), 0, 0, 0
    for match in _TOKEN.finditer(text):
        tag, reference, word, other = match.groups()
        piece = word or (html.unescape(reference) if reference else other) or ""
        goes_on = word is not None or (piece != "" and all(map(_is_part, piece)))
        if match.start() != end or not (goes_on or (tag and _INLINE.match(tag))):
            if pieces:
                yield from _word(pieces, first, last)
            pieces = []
        end = match.end()
        if goes_on:
            first = first if pieces else match.start()
            pieces.append(piece)
            last = end
    if pieces:
        yield from _word(pieces, first, last)


def _is_part(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character) in _MARKS


def _word(pieces: list[str], first: int, last: int) -> Iterator[tuple[str, int, int]]:
    told = "".join(pieces)
    if not told.isascii():
        seen = "".join(c for c in _UNSEEN.sub("", told) if unicodedata.category(c) != "Cf")
        told = unicodedata.normalize("NFKC", seen)
    if any(c.isalnum() or c == "_" for c in told):
        yield told.casefold(), first, last


def _digest(salt: str, told: list[str]) -> str:
    return digest(salt, "words", " ".join(told))
