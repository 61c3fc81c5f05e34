"""Makes archiver/months.json from CLDR: `python tests/months_from_cldr.py > archiver/months.json`.

The names are those of the Unicode CLDR as Babel ships it: Copyright © 1991-present Unicode, Inc., used
under the Unicode License v3 (https://www.unicode.org/license.txt).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from babel import localedata

from archiver.dates import folded

# Every European language, and those in which Twitter, Facebook or Instagram write the dates of embeds.
LANGUAGES = frozenset(
    re.findall(
        r"[a-z]+",
        "af am ar az be bg bn br bs ca cs cy da de dsb el en es et eu fa fi fil fo fr fur fy ga gd gl gsw gu"
        " he hi hr hsb hu hy id is it ja ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt my nb ne nl nn no"
        " oc pa pl pt rm ro ru sc se si sk sl sq sr sv sw ta te th tr uk ur uz vi yue zh zu",
    )
)

SCRIPTS_LEFT_OUT = {"Arab", "Dsrt", "Mong", "Shaw"}  # beside a language's usual ones


def table() -> dict[str, Any]:
    """The month names that mean one month, those that mean several, and the names of weekdays."""
    months: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    weekdays: set[str] = set()
    for locale in localedata.locale_identifiers():
        lang = locale.partition("_")[0]
        if lang not in LANGUAGES or SCRIPTS_LEFT_OUT & set(locale.split("_")):
            continue
        # Only what the locale itself says: Babel's inherited data changes with the order of reading
        # (an alias of the root, once resolved, keeps the names of whichever locale resolved it).
        own = localedata.load(locale, merge_inherited=False)
        for number, name in _names(own.get("months", {})):
            for form in _forms(lang, name):
                if key := _key(form):
                    months[key][number].add(lang)
        days = (form for _, name in _names(own.get("days", {})) for form in _forms(lang, name))
        weekdays.update(key for form in days if (key := _key(form)))
    return {
        "months": [sorted(key for key, found in months.items() if set(found) == {n}) for n in range(1, 13)],
        "several": {
            key: {lang: n for n in sorted(found) for lang in sorted(found[n]) if _sure(found, lang)}
            for key, found in sorted(months.items())
            if len(found) > 1
        },
        "weekdays": sorted(weekdays),
    }


def text() -> str:
    """The table as archiver/months.json holds it, a list or a name of several meanings on each line."""
    found = table()
    months = ",\n".join(_json(names) for names in found["months"])
    several = ",\n".join(f"{_json(key)}:{_json(langs)}" for key, langs in found["several"].items())
    weekdays = _json(found["weekdays"])
    return f'{{"months":[\n{months}\n],"several":{{\n{several}\n}},"weekdays":{weekdays}}}\n'


def _names(contexts: dict[str, Any]) -> Iterator[tuple[int, str]]:
    for context in ("format", "stand-alone"):
        widths = contexts.get(context, {})
        for width in ("wide", "abbreviated"):
            names = widths.get(width, {}) if isinstance(widths, dict) else {}
            names = names[1] if isinstance(names, tuple) else names  # (alias, what differs from it)
            if isinstance(names, dict):
                yield from names.items()


def _forms(lang: str, name: str) -> Iterator[str]:
    """The name, and the name as CLDR's own date patterns extend it; harmless where they do not."""
    yield name
    if lang == "he":
        yield f"ב{name}"
    if lang == "eu":
        yield f"{name}ren"
    if lang == "mn":
        yield f"{name}ын"  # month
        yield f"{name} гараг"  # weekday
    if lang == "th":
        yield f"{name}ที่"  # weekday


def _key(name: str) -> str | None:
    return None if re.search(r"\d", name) else folded(name)


def _sure(found: dict[int, set[str]], lang: str) -> bool:
    return sum(lang in langs for langs in found.values()) == 1


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(text())
