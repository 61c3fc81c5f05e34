"""Hashtags, mentions, cashtags, and links as a text shows them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import groupby

__all__ = ["Span", "cashtags", "hashtag_spans", "hashtags", "links", "mentions", "tag_key"]


@dataclass(frozen=True, slots=True)
class Span:
    """A hashtag's place: `start` is that of the sign, both ends count code points; `text` is without sign."""

    start: int
    end: int
    text: str


def hashtags(text: str) -> list[str]:
    """Hashtags as written, without the sign, in order, repetitions kept."""
    return [span.text for span in hashtag_spans(text)]


def hashtag_spans(text: str) -> list[Span]:
    """Hashtags by the rules of twitter-text; none inside a URL, and a link glued to a tag ends the tag."""
    masked = _mask_urls(text)
    spans = []
    for sign in _HASH_SIGN.finditer(masked):
        start, body = sign.span()
        end = _tag_end(masked, body)
        if (
            _may_precede_tag(masked[start - 1 : start])
            and any(map(_is_letter, masked[body:end]))
            and not masked.startswith(("#", "＃", "://"), end)
        ):
            spans.append(Span(start, end, masked[body:end]))
    return spans


def mentions(text: str) -> list[str]:
    """Handles after an @ by the rules of twitter-text: at most 20 characters; of a list, its owner."""
    return [match[1] for match in _MENTION.finditer(_mask_urls(text))]


def cashtags(text: str) -> list[str]:
    """Ticker symbols after a $ by the rules of twitter-text: one to six letters, also with `.X` or `_XX`."""
    return [match[1] for match in _CASHTAG.finditer(text)]


def links(text: str) -> list[str]:
    """Links exactly as shown, in order, each once: http(s) URLs and bare t.co, pic.twitter.com, pic.x.com.

    A URL that the platform cut short keeps its ellipsis. Any other host without a scheme is not told.
    """
    return list(dict.fromkeys(match["link"] for match in _URL.finditer(text) if match["link"]))


def tag_key(tag: str) -> str:
    """The key that unites the spellings of a tag, whatever their case and width: #MeToo, #METOO, ＃MeToo."""
    return _nfkc(_nfkc(tag).casefold())


# The rules are those of twitter-text (js/src/regexp); its conformance suite is what the tests run.
# Every pattern is linear: a run is bounded, possessive (`++`), or ends where no other match can begin.

_HASH_SIGN = re.compile("[#＃](?![\ufe0f\u20e3])")  # not the sign of a keycap emoji
_TAG_SPECIALS = frozenset(
    "_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
)

_ACCENTED = "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u02bb\u0300-\u036f\u1e00-\u1eff"
_MENTION = re.compile(
    r"(?:(?<![A-Za-z0-9_!#$%&*@＠])|(?<![A-Za-z0-9_+~.-])[Rr][Tt])"
    rf"[@＠]([A-Za-z0-9_]{{1,20}})(?![A-Za-z0-9_@＠{_ACCENTED}]|://)"
)

_DIRECTION_MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CASHTAG = re.compile(
    rf"(?<![^\s{_DIRECTION_MARKS}])\$([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?![^\W_]|[\u0300-\u036f])"
)

# Letters of scripts that put spaces between words: in Japanese or Thai the sentence runs on after a link.
_SPACED_LETTERS = "\u00c0-\u0588\u0590-\u060b\u0610-\u061a\u0620-\u06d3\u06d5-\u0963\u0966-\u0dff\u1e00-\u1fff"
_ANYWHERE = rf"A-Za-z0-9/_#=+\-{_SPACED_LETTERS}"  # in a path, query, or fragment
_NOT_LAST = r".,:;!?'*&%~@$|–"  # also there, but at the end it belongs to the sentence
_BRACKETED = rf"\([{_ANYWHERE}{_NOT_LAST}]*+\)|\[[{_ANYWHERE}{_NOT_LAST}]*+\]"
# Where the next link begins though no space stands before it; inside an archive's URL it follows one of these.
_NEXT = r"(?<![/=?&:#])(?:https?://|pic\.(?:twitter|x)\.com/)"
_TAIL = rf"(?:[{_NOT_LAST}]*+(?:(?:(?!{_NEXT})[{_ANYWHERE}])+|{_BRACKETED}))*"
_ELLIPSIS = rf"(?:[{_NOT_LAST}]*+…)?"

_SLUG = rf"/(?:(?!{_NEXT})[A-Za-z0-9])+(?:(?=\?){_TAIL})?"
_SHORT = rf"(?:t\.co|pic\.(?:twitter|x)\.com){_SLUG}"
_LABEL = rf"[^\W_](?:(?:(?!{_NEXT})[\w-])*[^\W_])?\."
_TLD = rf"(?:xn--[a-z0-9-]+|(?:(?!{_NEXT})[a-z]){{2,}}|[^\W\d_a-z]{{2,}})(?:(?={_NEXT})|(?![A-Za-z0-9_-]))"
_HOST = rf"(?:{_LABEL})+{_TLD}(?::\d++)?"
# Glued to a word, `t.co` may be the end of another host (microsoft.co/download), so the slug must look like one.
_SURE_SLUG = r"/(?=[A-Za-z0-9]*(?-i:[A-Z0-9]))[A-Za-z0-9]{8}(?:[A-Za-z0-9]{2})?(?![A-Za-z0-9])"
_LINK = (
    rf"https?://(?:{_SHORT}{_ELLIPSIS}|{_HOST}(?:(?=[/?#]){_TAIL})?{_ELLIPSIS}|[\w.-]++…)"
    rf"|pic\.(?:twitter|x)\.com{_SLUG}{_ELLIPSIS}"
    rf"|(?:(?<![A-Za-z0-9_./-])t\.co{_SLUG}|(?<=[A-Za-z0-9.])t\.co{_SURE_SLUG}){_ELLIPSIS}"
)
_BARE = (  # example.org/a: no link to tell, yet a tag or handle in it is none
    r"(?<![A-Za-z0-9_$./-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?=/)"
    rf"(?<!pic\.x\.com)(?<!pic\.twitter\.com)(?!(?<=t\.co){_SURE_SLUG}){_TAIL}"
)
_URL = re.compile(rf"(?<![@＠#＃$])(?:(?P<link>{_LINK})|{_BARE})", re.IGNORECASE)


def _mask_urls(text: str) -> str:
    # "&" holds the place: no part of a tag or handle, and neither may begin right after it.
    return _URL.sub(lambda match: "&" * len(match[0]), text)


def _tag_end(text: str, start: int) -> int:
    for end in range(start, len(text)):
        if not _is_in_tag(text[end]):
            return end
    return len(text)


def _may_precede_tag(char: str) -> bool:
    return char in ("", "\ufe0e", "\ufe0f") or not (char == "&" or _is_in_tag(char))


def _is_in_tag(char: str) -> bool:
    return _is_letter(char) or unicodedata.category(char) == "Nd" or char in _TAG_SPECIALS


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _nfkc(text: str) -> str:
    # `normalize` sorts a run of marks by insertion, quadratic in its length: hand it runs already sorted.
    decomposed = "".join(unicodedata.normalize("NFKD", char) for char in text)
    runs = groupby(decomposed, key=lambda char: unicodedata.combining(char) > 0)
    return unicodedata.normalize(
        "NFKC", "".join(char for _, run in runs for char in sorted(run, key=unicodedata.combining))
    )
