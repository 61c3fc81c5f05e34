"""Dates as embeds print them, in any language, to days."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from archiver.model import DateShown

__all__ = ["FIRST_YEAR", "LAST_YEAR", "day", "leading"]

FIRST_YEAR, LAST_YEAR = 2006, 2100
"""A date outside these years is no post's: Twitter, the oldest platform read here, opened in 2006."""


def day(text: str, lang: str | None = None) -> date | None:
    """The calendar day that `text` names, if all of it is one date (weekday and time of day may be there).

    `lang` is a BCP 47 tag; it decides what a month name shared by several languages means, and whether
    03.04.2020 is day.month. None for what is no date, incomplete, impossible, ambiguous, or outside the years
    FIRST_YEAR to LAST_YEAR; also for calendars other than the Gregorian, except Thai Buddhist years.
    """
    text = text.strip()
    return _day(text, _primary(lang)) if len(text) <= _LONGEST else None


def leading(text: str, lang: str | None = None) -> DateShown | None:
    """The date with which `text` begins, after blanks; None where it begins with none that is clear to `day`.

    `shown` is exactly the characters of that date, with its weekday and time of day, without what follows.
    """
    start = _BLANKS.match(text).end()  # type: ignore[union-attr]
    text = text[start : start + _LONGEST + 1]
    if (match := _ENGLISH.match(text)) and not _DIGIT.search(text, match.end()):
        found = _english(match)
        return DateShown(match[0], found) if found else None
    tokens = _tokens(text[:_LONGEST])
    if len(text) > _LONGEST:
        tokens = tokens[:-1]  # the cut may have gone through it
    shape = "".join(token.kind for token in tokens)
    matches = [match for order in _orders(whole=False) if (match := order.match(shape))]
    for match in sorted(matches, key=lambda match: -match.end()):
        if found := _read(match, tokens, _primary(lang)):
            return DateShown(text[tokens[0].start : tokens[match.end() - 1].end], found)
    return None


def folded(name: str) -> str:
    """The words of a name without case, accents, dots: the key under which months.json knows it. Maybe ''."""
    return " ".join(_fold(match[0]) for match in _TOKEN.finditer(name) if match.lastgroup == "word")


class _Token(NamedTuple):
    """A piece of a text: its kind is one character, and the kinds of a text in a row are its shape."""

    kind: str
    key: str
    start: int
    end: int


_LONGEST = 80  # characters; the longest date of CLDR with a time of day has some 60
_BLANKS = re.compile(r"\s*")
_DIGIT = re.compile(r"\d")

# The most frequent form by far, read without the tokens.
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?) ([0-9]{1,2}), ([0-9]{4})"
)

_TOKEN = re.compile(
    r"(?P<marks>[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]+)"
    r"|(?P<time>\d{1,2}(?:[:：]|[hH時시点](?=\d\d(?!\d)))\d{2}(?![:：\d])"
    r"(?:[分분])?(?:Z\b|[+-]\d{2}:?\d{2}(?!\d))?"
    r"|\d{1,2}[:：]\d{2}[:：]\d{2}(?:[.,]\d{1,9})?(?:Z\b|[+-]\d{2}:?\d{2}(?!\d))?)"
    r"|(?P<zone>(?:(?<=\s)|UTC|GMT)[+-]\d{2}:?\d{2}(?!\d)|(?:UTC|GMT)[+-]\d{1,2}(?!\d))"
    r"|(?P<dotted>(?<![\d.])\d{1,2}\.\d{2}(?!\.?\d|\.))"
    r"|(?P<number>\d+)"
    r"|(?P<unit>(?<=\d)[年月日号號년월일時时点시])"
    r"|(?P<blank>\s+)"
    r"|(?P<word>[^\W\d_][^\s\d\x00-\x40\x5b-\x60\x7b-\xa9\xab-\xb9\xbb-\xbf\u2010-\u206f\u3000-\u3020"
    r"،؛۔।·・･׳״־（）【】「」，．：；！？]*)"
    r"|(?P<other>.)",
    re.DOTALL,
)

# One character for each kind of token; what stands in none of these is a wall, "?".
#   D day or month, Y year, n other number, M month name, W weekday, B month or weekday, T time, H 14.30,
#   Z zone
#   c connector, a "am" (connector or before noon), A before or after noon, hour; X month or connector
#   o ordinal suffix, y word of the year, k j g: year, day, month units of CJK, t "month" in Vietnamese
#   m, b month name written as an ordinary word is ("may", "mar"): never the first part of a date
#   w weekday that cannot be another word; d "d", Catalan connector or Lithuanian day
_PUNCTUATION = {
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",،、，", ","),
    **dict.fromkeys("-‐‑–—־", "-"),
    **dict.fromkeys("'’׳ʼ", "'"),
    **dict.fromkeys("∙·•|・", ";"),
    **dict.fromkeys("([（【", "("),
    **dict.fromkeys(")]）】", ")"),
    "/": "/",
    "°": "o",
}
_WORDS = {
    key: kind
    for kind, keys in {
        "c": "of|on|at|the|de|del|di|da|do|den|der|dem|um|à|le|el|la|il|els|en|i|in|às|as|a|om|kl|klo|kell|"
        "på|v|в|во|о|у|u|o|ob|ve|alle|ore|ora|saat|pukul|jam|lúc|ngày|năm|tal|ta|viz|ils|les|στις|الساعة|في|من|"
        "ساعت|در|ב|בשעה|ใน|เวลา|ที่|วันที่|ค ศ|พ ศ|un|e|y|dydd|su|dal|t",
        "d": "d",
        "a": "am",
        "A": "pm|a m|p m|uhr|h|π μ|μ μ|пп|дп|上午|下午|午前|午後|오전|오후|ص|م|sa|ch|öö|ös|dop|odp|น|fm|em|"
        "uur|ч|hrs|時|时|点|시",
        "y": "г|год|года|р|року|рік|թ|թվականի|ж|жыл|жылы|gada|m|оны|он|ko|r|roku|g|godine|năm",
        "k": "年|년",
        "g": "月|월|сар|сарын",
        "j": "日|号|號|일",
        "t": "tháng|thg",
        "Z": "utc|gmt|z|est|edt|cst|cdt|mst|mdt|pst|pdt|akst|akdt|hst|bst|ist|cet|cest|eet|eest|wet|msk|jst|"
        "kst|sgt|hkt|aest|aedt|acst|acdt|awst|nzst|nzdt|sast|wib|wat|eat|brt|pt|et|ct|mt|мск",
    }.items()
    for key in keys.split("|")
}
_ORDINALS = frozenset(
    [
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "re",
        "o",
        "a",
        "e",
        "ος",
        "η",
        "mh",
        "na",
        "ra",
        "ri",
        "ти",
        "го",
        "е",
        "й",
        "р",
    ]
)
_ALSO_WORDS = frozenset(["ago", "dec", "jan", "mai", "maj", "mar", "mars", "mart", "may", "out", "sen", "set"])
_CJK_WEEKDAY = re.compile(r"(?:星期|週|周|礼拜|禮拜).|.(?:曜日?|요일)")
_DOTTED_DAY_FIRST = re.compile(  # the languages in which CLDR writes a short date as day.month.year
    "az|be|bg|bs|cs|da|de|dsb|et|fi|fo|gsw|he|hr|hsb|hy|is|ka|kk|lb|lv|mk|nb|nn|no|pl|ro|ru|sk|sl|sq|sr|tr|uk"
)

# Within a date: between its parts, before it, after it.
_GAP = r"[ .,/'-]{0,3}(?:[cda]['. ]{0,2}){0,2}"
_DAY = r"(?P<d>D)-?(?:o|\([oc]\))?"
_MONTH = r"(?P<m>[MBXmb])"
_MONTH_FIRST = r"(?P<m>[MBX])"
_YEAR = r"(?P<y>Y)"
_TIME = r"(?:[Aa] ?)?T(?: ?[Aa]\.?)?"
_BEFORE = rf"(?:(?:[WBbw](?: ?\))?|{_TIME}(?: ?\(?Z\)?)?)[ .,;-]{{0,3}}(?:[cda][. ]{{0,2}}){{0,2}}){{0,3}}"
_AFTER = (
    r"(?:(?:,? ?w| ?\([Ww]\)))?"
    rf"(?:(?:[ ,.;-]{{0,3}}(?:[cda][. ]{{0,2}}){{0,2}}{_TIME}"
    r"|[ ,]{0,2}[ca][. ]{1,2}(?:D ?[Aa]|H(?: ?[Aa])?)\.?|[ ,]{1,2}D[Aa])(?: ?\(?Z\)?){0,2})?"
)
_YEAR_WORD = r"(?: ?y\.| y(?![\w']))?"
_END = r"(?![?coMWXBndaAy]|\.?[DYnT])"  # a date that ends with its day: no word or number hangs on it
_ORDERS = (
    rf"{_DAY}{_GAP}{_MONTH}{_GAP}{_YEAR}(?!-?[Dn]){_YEAR_WORD}",
    rf"{_MONTH_FIRST}{_GAP}{_DAY}{_GAP}{_YEAR}(?![Dn]){_YEAR_WORD}",
    rf"{_YEAR}(?:[.-]? ?[yk]\.?|\(.\)y)?{_GAP}{_MONTH}{_GAP}{_DAY}(?:\.(?=[ ,]|$)| ?[dj]\.?)?{_END}(?:, ?W)?",
    rf"{_YEAR}(?:[.-]? ?y\.?)?{_GAP}{_DAY}{_GAP}{_MONTH}(?!\w)",
    rf"{_MONTH_FIRST} {_DAY} T(?: Z)? {_YEAR}",
    r"(?P<y>Y) ?k ?(?P<m>D) ?g ?(?P<d>D) ?j",
    rf"(?P<y>Y) y (?P<m>D)-?o g (?P<d>D){_END}",
    r"(?P<y>Y)(?P<sep>-|/|\. ?)(?P<m>D)(?P=sep)(?P<d>D)(?:(?<=. .. .)\.|(?<=.\..\..)\.(?= |$))?"
    r"(?![?oMnDYA]|[./-]?[DYnT])",
    r"(?P<a>D)(?P<sep>[/-]|\. ?)(?P<b>D)(?P=sep)(?P<y>Y)(?![./-]?[DYnT])(?: y\.)?",
    r"(?:c )?(?P<d>D),? t (?P<m>D)(?: y |, ?| )(?P<y>Y)",
    r"t (?P<m>D),? (?P<d>D),? (?P<y>Y)",
)


@lru_cache(maxsize=4096)
def _day(text: str, lang: str | None) -> date | None:
    if match := _ENGLISH.fullmatch(text):
        return _english(match)
    tokens = _tokens(text)
    shape = "".join(token.kind for token in tokens)
    found = {_read(match, tokens, lang) for order in _orders(whole=True) if (match := order.fullmatch(shape))} - {None}
    return found.pop() if len(found) == 1 else None


def _english(match: re.Match[str]) -> date | None:
    return _date(int(match[3]), _ENGLISH_MONTHS.index(match[1][:3].lower()) + 1, int(match[2]))


def _date(year: int, month: int, number: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _primary(lang: str | None) -> str | None:
    return re.split("[-_]", lang, maxsplit=1)[0].lower() if lang else None


def _tokens(text: str) -> list[_Token]:
    """The tokens of a text, marks without width left out, names of several words made one."""
    pieces = [
        (match.lastgroup or "", match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "marks"
    ]
    tokens: list[_Token] = []
    at = 0
    while at < len(pieces):
        group, shown, start, end = pieces[at]
        at += 1
        if group in ("word", "unit"):
            if tokens and tokens[-1].kind in "D(-" and _fold(shown) in _ORDINALS and _hangs(tokens):
                tokens.append(_Token("o", "", start, end))
                continue
            key, kind, more = _known(pieces, at - 1)
            end = pieces[at - 1 + more][3]
            at += more
            if kind in "MB" and key in _ALSO_WORDS and shown.islower():
                kind = kind.lower()
            tokens.append(_Token(kind, key, start, end))
        else:
            tokens.append(_Token(_kind(group, shown), shown, start, end))
    return tokens


def _hangs(tokens: list[_Token]) -> bool:
    """Whether what comes next stands on a day number: `3rd`, `3(a)`, `3-го`."""
    return tokens[-1].kind == "D" or (len(tokens) > 1 and tokens[-2].kind == "D")


def _known(pieces: list[tuple[str, str, int, int]], at: int) -> tuple[str, str, int]:
    """The longest name of the vocabulary that begins at a word: its key, its kind, how many pieces more."""
    vocabulary = _vocabulary()
    key = _fold(pieces[at][1])
    kind = vocabulary.get(key, "?")
    best = (key, "?" if kind == "Z" and pieces[at][1].islower() else kind, 0)
    words = 1
    for more in range(1, min(10, len(pieces) - at)):
        group, shown, _, _ = pieces[at + more]
        if group == "word":
            words += 1
            key = f"{key} {_fold(shown)}"
            if key in vocabulary:
                best = (key, vocabulary[key], more)
        elif words == 4 or not (group == "blank" or shown in ".-'’׳"):
            break
    return best


def _kind(group: str, shown: str) -> str:
    match group:
        case "number":
            return "D" if len(shown) <= 2 else "Y" if len(shown) == 4 else "n"
        case "time":
            return "T"
        case "dotted":
            return "H"
        case "zone":
            return "Z"
        case "blank":
            return " "
    return _PUNCTUATION.get(shown, "?")


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word).casefold())
    return unicodedata.normalize("NFC", plain.translate(_PLAIN))


# Accents of the European scripts and of Arabic go, never the vowel signs of the Indic ones; so do marks
# without width. Arabic and Persian letters that look alike are one.
_PLAIN: Mapping[int, str | None] = {
    **dict.fromkeys([*range(0x300, 0x370), *range(0x64B, 0x660), *range(0x200B, 0x2010), 0xAD, 0x61C]),
    ord("ı"): "i",
    ord("ي"): "ی",
    ord("ى"): "ی",
    ord("ك"): "ک",
}


@cache
def _orders(*, whole: bool) -> tuple[re.Pattern[str], ...]:
    """The orders of a date's parts as patterns of a text's shape; whole ones allow a bit more around."""
    front = r"[( ]{0,2}(?:[cdaX]['. -]{0,2}){0,2}" if whole else ""
    back = r"[ ,;(-]{0,3}(?:[WBbw]?[ .,]{0,2}(?:(?:H(?: ?[Aa])?|D ?[Aa])\.?)?)(?: ?\(?Z\)?)?[ .)]{0,3}" if whole else ""
    return tuple(re.compile(f"{front}{_BEFORE}{order}{_AFTER}{back}") for order in _ORDERS)


@cache
def _vocabulary() -> Mapping[str, str]:
    """The kind of each word that can stand in a date."""
    months, weekdays = _names()
    kinds = {_fold_all(key): kind for key, kind in _WORDS.items()}
    for key in weekdays:
        kinds.setdefault(key, "w" if _CJK_WEEKDAY.fullmatch(key) else "W")
    for key in months:
        kinds[key] = {"W": "B", "c": "X", "A": "X"}.get(kinds.get(key, ""), "M")
    return kinds


def _fold_all(key: str) -> str:
    return " ".join(map(_fold, key.split(" ")))


@cache
def _names() -> tuple[Mapping[str, int | Mapping[str, int]], frozenset[str]]:
    """Month names with their month (or the month in each language, if they differ), and weekdays."""
    table = json.loads(files("archiver").joinpath("months.json").read_bytes())
    months = {key: number for number, keys in enumerate(table["months"], 1) for key in keys}
    return months | table["several"], frozenset(table["weekdays"])


def _read(match: re.Match[str], tokens: list[_Token], lang: str | None) -> date | None:
    """The date of a shape that fits, or None where its parts make none or more than one."""
    parts = {name: tokens[match.start(name)] for name in "dmyab" if name in match.re.groupindex}
    year = int(parts["y"].key)
    if "a" in parts:
        first, second = int(parts["a"].key), int(parts["b"].key)
        clear = first == second or second > 12 or first > 12
        if not clear and not (match["sep"].startswith(".") and _DOTTED_DAY_FIRST.fullmatch(lang or "")):
            return None
        return _date(year, first, second) if second > 12 else _date(year, second, first)
    number, name = int(parts["d"].key), parts["m"]
    if name.kind == "D":
        return _date(year, int(name.key), number)
    meaning = _names()[0][name.key]
    month = meaning if isinstance(meaning, int) else meaning.get(lang or "")
    if "฀" <= name.key[0] <= "๿" and year > 2400:
        year -= 543
    return _date(year, month, number) if month else None
