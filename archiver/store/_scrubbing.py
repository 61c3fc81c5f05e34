"""Words taken out of every text of an archive."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from archiver.store import _phrases
from archiver.store._phrases import Phrase
from archiver.store._rows import as_json, fetch

__all__ = ["Scrubber", "scrub", "unrelate"]

_WORD = re.compile(r"\w+")
# What may stand inside a word and hide it; each begins with what is quickly looked for.
_INSIDE = re.compile(r"<(?<=\w<)[^<>]{0,5000}>(?:<[^<>]{0,5000}>)*\w")
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp);)#?\w{1,32};")
_ESCAPE = re.compile(r"\\[nrtbf]")  # in JSON
# Addresses, keys and the like, by which rows are known, and what is derived from other columns.
_KEPT = frozenset(
    "url final_url target key permalink platform platform_id handle handle_key sha256 digest salt warc_file etag "
    "text_key hashtags context_hashtags outlets tag spelling domain captured_at version".split()
)
_SKIPPED = frozenset(("redactions", "_sqlite_migrations"))


class Scrubber:
    """Finds some phrases in texts, HTML and JSON, and takes them out."""

    def __init__(self, salt: str, texts: Iterable[str]) -> None:
        self._salt = salt
        self._phrases: dict[str, list[Phrase]] = defaultdict(list)
        self._rare: set[str] = set()  # of each phrase the longest word, without which a text cannot hold it
        for text in texts:
            if phrase := _phrases.phrase(salt, text):
                self._phrases[phrase.head].append(phrase)
                self._rare.add(max(_phrases.words(text), key=len))

    def stands_in(self, value: object) -> bool:
        """Whether one of the phrases stands in a value of a column."""
        if not isinstance(value, str) or not self._rare:
            return False
        plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
        plain = _ESCAPE.sub(" ", plain) if "\\" in plain else plain
        is_likely = not self._rare.isdisjoint(_WORD.findall(plain.casefold())) or _hides(value)
        return is_likely and self.replaced(value) != value

    def replaced(self, value: str) -> str:
        """The value with `⟦redacted⟧` in the place of the phrases."""
        return _phrases.replaced(self._salt, value, self._phrases)


def _hides(value: str) -> bool:
    """Whether anything stands inside words that may hide one."""
    return bool(_INSIDE.search(value) or _REFERENCE.search(value)) or _phrases.has_marks(value)


def scrub(c: sqlite3.Connection, scrubber: Scrubber) -> None:
    """Takes phrases out of every column that holds text; what is derived from it is named in the touched_ tables."""
    c.create_function("stands_in", 1, scrubber.stands_in, deterministic=True)
    c.create_function("scrubbed", 1, scrubber.replaced, deterministic=True)
    c.execute("insert or ignore into touched_posts select id from posts where stands_in(text)")
    c.execute("insert or ignore into touched_posts select post_id from embeds where stands_in(text)")
    c.execute("update embeds set text_key = null where identified_by <> 'text' and stands_in(text)")
    changed = [i for (i,) in c.execute("select id from answers where stands_in(text) or stands_in(told)").fetchall()]
    for table, columns in _texts(c):
        for column in columns:
            sql = f'update or replace "{table}" set "{column}" = scrubbed("{column}") where stands_in("{column}")'  # noqa: S608
            c.execute(sql)
    for answer_id in changed:
        _redigest(c, answer_id)


def unrelate(c: sqlite3.Connection) -> None:
    """Takes out of answers that their posts have to do with one whose key is in the temporary table doomed_keys."""
    sql = """select id, relations from answers where relations <> '[]' and exists (
        select 1 from json_each(relations) as each join doomed_keys on doomed_keys.key = each.value ->> 'key')"""
    doomed = {key for (key,) in c.execute("select key from doomed_keys")}
    for answer_id, relations in c.execute(sql).fetchall():
        left = [each for each in json.loads(relations) if each["key"] not in doomed]
        c.execute("update answers set relations = ? where id = ?", (as_json(left), answer_id))
        _redigest(c, answer_id)


def _redigest(c: sqlite3.Connection, answer_id: int) -> None:
    """Gives an answer that was changed the digest of what it tells now; of two that tell the same the first stays."""
    row = fetch(c, "select * from answers where id = ?", answer_id)
    if row is None:
        return
    told = {n: v for n, v in row.items() if n not in ("id", "post_id", "capture_id", "digest")}
    digest = hashlib.sha256(as_json(told).encode()).hexdigest()
    c.execute("update or replace answers set digest = ? where id = ?", (digest, answer_id))


def _texts(c: sqlite3.Connection) -> Iterator[tuple[str, list[str]]]:
    """The tables and columns that hold words."""
    sql = """select name, sql from sqlite_master where type = 'table'
        and name not like 'sqlite_%' and name not like '%_fts%' and sql not like '%without rowid%'"""
    for table, _ in c.execute(sql).fetchall():
        if table not in _SKIPPED:
            columns = c.execute(f'pragma table_info("{table}")').fetchall()
            yield table, [name for _, name, kind, *_ in columns if kind.lower() == "text" and name not in _KEPT]
