"""A post as a citation: APA, BibTeX, CSL-JSON."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

__all__ = ["Cited", "apa", "as_json", "bibtex", "csl_json"]

_MONTHS = "January February March April May June July August September October November December".split()
_APA_WORDS = 20
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}  # they belong to words and emoji; marks of direction do not
_BIBTEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_"},
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    '"': "\\textquotedbl{}",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation tells of a post. `address` is its page in this archive, `posted_at` as stored (UTC)."""

    key: str
    platform: str
    handle: str | None
    name: str | None
    text: str | None
    posted_at: str | None
    is_day: bool
    permalink: str | None
    lang: str | None
    address: str


def apa(post: Cited) -> str:
    """As APA's seventh edition cites posts: the first 20 words stand for a title. One line of plain text."""
    author = _line(post.name or post.handle or "Unknown author")
    handle = f" [@{_line(post.handle)}]" if post.handle else ""
    ended = "" if handle or author.endswith(".") else "."
    return f"{author}{handle}{ended} ({_apa_date(post)}). {_title(post)} [Post]. {_line(post.platform)}. {_url(post)}"


def bibtex(post: Cited) -> str:
    """An @misc entry, each value escaped for TeX."""
    year, month, day = _date(post)
    fields = {
        "author": f"{{{_tex(post.name or post.handle or 'Unknown author')}}}",
        "title": f"{{{_tex(_title(post))}}}",
        "year": str(year) if year else "",
        "month": str(month) if month else "",
        "day": str(day) if day else "",
        "howpublished": _tex(post.platform),
        "url": _tex_url(_url(post)),
        "note": _tex(f"@{post.handle}; archived copy: {post.address}" if post.handle else f"Copy: {post.address}"),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_entry_key(post.key)},\n{lines}}}\n"


def csl_json(post: Cited) -> str:
    """A list of one CSL item, as citation managers import it."""
    year, month, day = _date(post)
    item: dict[str, object] = {
        "id": post.key,
        "type": "post",
        "title": _title(post),
        "author": [{"literal": _line(post.name or post.handle or "Unknown author")}],
        "container-title": _line(post.platform),
        "URL": _url(post),
        "archive_location": post.address,
        "genre": "Post",
    }
    if post.handle:
        item["note"] = f"@{_line(post.handle)}"
    if post.lang:
        item["language"] = _line(post.lang)
    if year:
        item["issued"] = {"date-parts": [[part for part in (year, month, day) if part]]}
    return as_json([item])


def as_json(value: object) -> str:
    """JSON for readers, safe also where somebody puts it into a page: no `<`, `>` or `&` stands in it bare."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    text = "".join(_unicode(char) if 0xD800 <= ord(char) < 0xE000 else char for char in text)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026") + "\n"


def _unicode(char: str) -> str:
    return f"\\u{ord(char):04x}"


def _url(post: Cited) -> str:
    return post.permalink or post.address


def _date(post: Cited) -> tuple[int | None, int | None, int | None]:
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})", post.posted_at or "", re.ASCII)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (None, None, None)


def _apa_date(post: Cited) -> str:
    year, month, day = _date(post)
    return f"{year}, {_MONTHS[month - 1]} {day}" if month else "n.d."


def _title(post: Cited) -> str:
    words = _line(post.text or "").split(" ")
    title = " ".join(words[:_APA_WORDS]) + ("…" if len(words) > _APA_WORDS else "")
    return title or "[Post without text]"


def _line(text: str) -> str:
    """A text as one line without invisible characters, so that none reorders or hides what follows it."""
    kept = "".join(
        char if char in _JOINERS or unicodedata.category(char) not in _INVISIBLE else " " if char.isspace() else ""
        for char in text
    )
    return " ".join(kept.split())


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(char, char) for char in _line(text))


def _tex_url(url: str) -> str:
    """A URL that TeX's url field can hold: what would end the field is percent-encoded."""
    return "".join(f"%{ord(char):02X}" if char in '{}\\"<>^`| ' else char for char in _line(url))


def _entry_key(key: str) -> str:
    """A key for BibTeX: letters, digits and dashes; a digest keeps two that look alike apart."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-")
    if plain == key.replace(":", "-"):
        return plain
    return f"{plain[:40]}-{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
