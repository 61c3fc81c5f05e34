"""Sentences that speak of posts, and what they quote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from archiver import entities
from archiver.model import Mention

__all__ = ["LANGUAGES", "find", "may_speak"]

LANGUAGES = ("en", "de", "fr", "es", "pt", "it")
"""The languages whose phrases mentions.json holds."""

_LONGEST = 20_000  # characters of a paragraph that are read
_MOST = 200  # mentions in an article
_WINDOW = 280  # characters of the sentence kept on each side of the phrase
_NEAR, _FAR = 40, 160  # characters from a phrase to the quotation before and after it
_QUOTED = 600  # characters of a quotation
_GAP = r"(?:[^\s.,;:!?…“”„\"«»()]{1,30}\s+){0,3}"  # up to three words between two parts of a phrase
_STEMS = ("tweet", "twit", "tuit", "tuít", "truthed")  # of words that mean a post by themselves
_X = re.compile(r"X(?<!\wX)(?!\w)")
_QUOTES = re.compile(
    "|".join(rf"{begin}[^{begin}{end}\n]{{2,{_QUOTED}}}{end}" for begin, end in ("“”", "„“", "„”", '""', "«»", "»«"))
)
_SENTENCE_END = re.compile(r"[.!?…][\"”“»’)]*\s+(?=[\"“„«(]?[^\W\d_a-z])")


def find(paragraphs: Iterable[str], lang: str | None) -> tuple[Mention, ...]:
    """The sentences of an article that speak of posts, in order; a sentence with several phrases counts once.

    `lang` is the article's BCP 47 tag: with None the phrases of all languages are looked for, and of a language that
    mentions.json does not hold, none.
    """
    own = re.split("[-_]", lang.lower(), maxsplit=1)[0] if lang else None
    languages = [known for known in LANGUAGES if own in (None, known)]
    found: dict[str, Mention] = {}
    for paragraph in paragraphs if languages else ():
        if may_speak(paragraph):
            for mention in _in_paragraph(paragraph[:_LONGEST], languages):
                found.setdefault(mention.sentence, mention)
        if len(found) >= _MOST:
            break
    return tuple(found.values())[:_MOST]


def may_speak(text: str) -> bool:
    """Whether a text has a word without which no phrase is found: a quick look before it is read."""
    small, whole = _hints()
    lowered = text.lower()
    for word in small:  # no generator: every paragraph is asked
        if word in lowered:
            return True
    return bool(_X.search(text)) or any(word in text for word in whole)


def _in_paragraph(text: str, languages: Iterable[str]) -> Iterator[Mention]:
    matches = sorted(
        (match.start(), -match.end(), lang, platform or _platform(match[0]), match[0])
        for lang in languages
        for platform, pattern in _patterns(lang)
        for match in islice(pattern.finditer(text), _MOST)
    )[:_MOST]
    if not matches:
        return
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    quotes = [match.span() for match in _QUOTES.finditer(text)]
    told: set[int] = set()  # where sentences begin
    for start, minus_end, lang, platform, phrase in matches:
        end = -minus_end
        if any(opens < start and end < closes for opens, closes in quotes):
            continue  # words within a quotation are not the article's own
        begin, stop = max(e for e in ends if e <= start), min(e for e in ends if e >= end)
        if begin in told:
            continue
        told.add(begin)
        own = text[max(begin, start - _WINDOW) : min(stop, end + _WINDOW)]
        handle = next(iter(entities.mentions(own)), None)
        quote = _quote(text, start, end, begin, quotes)
        yield Mention(platform, " ".join(phrase.split()), " ".join(own.split()), lang, quote, handle)


def _quote(text: str, start: int, end: int, begin: int, quotes: list[tuple[int, int]]) -> str | None:
    """The quotation that a phrase is about: the one that ends right before it in its sentence, else the next one."""
    before = [(a, b) for a, b in quotes if begin < b <= start and start - b <= _NEAR]
    after = [(a, b) for a, b in quotes if a >= end and a - end <= _FAR]
    chosen = before[-1:] or after[:1]
    return " ".join(text[chosen[0][0] + 1 : chosen[0][1] - 1].split()).rstrip(",") if chosen else None


def _platform(phrase: str) -> str | None:
    """The platform that a phrase names last."""
    names = _names()[1].findall(phrase)
    return _names()[0][" ".join(names[-1].casefold().split())] if names else None


@cache
def _patterns(lang: str) -> tuple[tuple[str | None, re.Pattern[str]], ...]:
    """The phrases of a language, by the platform that they mean; None where they name it."""
    return tuple(
        (None if kind == "any" else kind, _words("|".join(map(_phrase, sorted(phrases, key=len, reverse=True)))))
        for kind, phrases in _data()["languages"][lang].items()
    )


def _phrase(phrase: str) -> str:
    """A phrase as a pattern: `…` stands for up to three words, `{platform}` for any platform's name."""
    parts = [_GAP if word == "…" else rf"{re.escape(word)}\s+" for word in phrase.split()]
    named = "".join(parts).removesuffix(r"\s+")
    return named.replace(re.escape("{platform}"), f"(?:{_names()[1].pattern})")


@cache
def _names() -> tuple[dict[str, str], re.Pattern[str]]:
    """The platform of each name, its letters small, and a pattern for all names.

    A name that begins with `=` is a word of its own too, but for its capital letters.
    """
    platforms = {name: platform for platform, names in _data()["platforms"].items() for name in names}
    every = "|".join(
        f"(?-i:{re.escape(name[1:])})" if name[0] == "=" else re.escape(name).replace(r"\ ", r"\s+")
        for name in sorted(platforms, key=len, reverse=True)
    )
    known = {name.removeprefix("=").casefold(): platform for name, platform in platforms.items()}
    return known, re.compile(every, re.IGNORECASE)


@cache
def _hints() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What every phrase holds: one of these small letters, or one of these words as they stand (an X: `_X`)."""
    names = [name for names in _data()["platforms"].values() for name in names]
    words = {*_STEMS, *(name.split()[0].casefold() for name in names if name[0] != "=")} - {"x", "x,"}
    small = sorted(word for word in words if not any(other in word for other in words - {word}))
    whole = [name[1:] for name in names if name[0] == "=" and name != "=X"]
    return tuple(small), tuple(whole)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@#-])(?:{pattern})(?![\w-])", re.IGNORECASE)


@cache
def _data() -> Any:
    return json.loads(files("archiver").joinpath("mentions.json").read_bytes())
