"""Different wordings of one post, told apart."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter

from archiver.store._posts import richer

__all__ = ["difference", "refresh"]

_LONGEST = 4000  # characters compared; normalising takes quadratic time on hostile texts
_LINK = re.compile(r"(?:https?://|pic\.(?:twitter|x)\.com/|t\.co/)\S*")
_KEPT = frozenset("Ll Lm Lo Lt Lu Mc Me Mn Nd Nl No Sc Sm So".split())
_BEHIND = ".,:;!?…)»'’\"”"  # marks after a link that are not part of it
_NAMES = re.compile(r"[@#＠＃]\S+")  # they stay as they are in a translation
_NO_LANGUAGE = frozenset("und zxx qme qst qht qam qct art".split())  # also Twitter's own words for none
_ALIKE = 0.5  # of the words of two texts in common: they are one language, whatever the page says
_COLUMNS = "post_id, number, text, difference, n_pages, page_id, first_captured_at"


def refresh(c: sqlite3.Connection) -> None:
    """Makes anew the variants of the posts named in touched_posts: none where all pages show one text."""
    # cross join: SQLite then reads the few posts first, not all embeds
    sql = """select post_id from touched_posts cross join embeds on embeds.post_id = touched_posts.id
        where embeds.text is not null group by post_id having count(distinct embeds.text) > 1"""
    wanted = [row for (post_id,) in c.execute(sql).fetchall() for row in _variants(c, post_id)]
    known = f"select {_COLUMNS} from variants where post_id in (select id from touched_posts)"  # noqa: S608
    stored = set(c.execute(known))
    c.executemany("delete from variants where post_id = ? and number = ?", [r[:2] for r in stored - set(wanted)])
    insert = f"insert into variants ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    c.executemany(insert, [row for row in wanted if row not in stored])


def difference(
    main: str, text: str, main_langs: frozenset[str] = frozenset(), langs: frozenset[str] = frozenset()
) -> str:
    """In what a text differs from a post's main text, in one of the words that docs/glossary.md explains.

    The languages are BCP 47 tags that pages give to each; they count where the two have few words in common.
    """
    if main == text:
        return "same"
    main, text = main[:_LONGEST], text[:_LONGEST]
    one, other = _letters(main), _letters(text)
    if one == other:
        return "spacing or quotes" if _links(main) == _links(text) else "links or media"
    if one.startswith(other) or other.startswith(one):
        return "truncated"
    if _shared(main, text) < _ALIKE:
        told, tongues = _languages(main_langs), _languages(langs)
        if (told and tongues and not told & tongues) or _scripts_differ(main, text):
            return "translated"
    return "different"


def _variants(c: sqlite3.Connection, post_id: int) -> list[tuple[object, ...]]:
    """The rows of a post's wordings: its main text first, then by the number of pages that show each."""
    sql = """select embeds.text, embeds.lang, captures.captured_at, pages.url, pages.id from embeds
        join captures on captures.id = embeds.first_capture_id join pages on pages.id = embeds.page_id
        where embeds.post_id = ? and embeds.text is not null"""
    shown: dict[str, list[tuple[str | None, str, str, int]]] = {}
    for text, *told in c.execute(sql, (post_id,)):
        shown.setdefault(text, []).append(tuple(told))
    langs = {text: frozenset(lang for lang, *_ in told if lang) for text, told in shown.items()}
    pages = {text: len({page_id for *_, page_id in told}) for text, told in shown.items()}
    (main,) = c.execute("select text from posts where id = ?", (post_id,)).fetchone()
    if main is None:
        for text in shown:
            main = richer(main, text)
    rows: list[tuple[object, ...]] = []
    for text in sorted(shown, key=lambda text: (text != main, -pages[text], text)):
        first, _, page_id = min(told[1:] for told in shown[text])
        kind = difference(main, text, langs.get(main, frozenset()), langs[text])
        rows.append((post_id, len(rows) + 1, text, kind, pages[text], page_id, first))
    return rows


def _letters(text: str) -> str:
    """Letters, digits and symbols such as emoji, without links, case, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", _LINK.sub(" ", text)).casefold()
    return "".join(c for c in folded if unicodedata.category(c) in _KEPT and not "\ufe00" <= c <= "\ufe0f")


def _links(text: str) -> list[str]:
    return sorted(link.rstrip(_BEHIND) for link in _LINK.findall(text))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", _NAMES.sub(" ", _LINK.sub(" ", text)).casefold()))


def _shared(one: str, other: str) -> float:
    """How many of the words of the shorter of two texts stand in the other, as a share."""
    few, many = sorted((_words(one), _words(other)), key=len)
    return len(few & many) / len(few) if few else 0.0


def _languages(tags: frozenset[str]) -> set[str]:
    return {re.split("[-_]", tag, maxsplit=1)[0].lower() for tag in tags} - _NO_LANGUAGE


def _scripts_differ(one: str, other: str) -> bool:
    scripts = {_script(one), _script(other)}
    return len(scripts) == 2 and None not in scripts


def _script(text: str) -> str | None:
    """The script of most letters, by the first word of their names, as LATIN; None for a text without letters."""
    plain = unicodedata.normalize("NFKC", _NAMES.sub(" ", _LINK.sub(" ", text)))
    letters = (c for c in plain if c.isalpha())
    names = Counter(unicodedata.name(c, "NONE").partition(" ")[0] for c in letters)
    found = min(names, key=lambda name: (-names[name], name)) if names else None
    return "CJK" if found in ("HIRAGANA", "KATAKANA") else found
