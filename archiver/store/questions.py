"""What a filter chooses, and questions about it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from archiver import entities, urls
from archiver.errors import ArchiveError
from archiver.store import _schema, deletions
from archiver.store._rows import Row, as_json

__all__ = ["Filter", "View", "ask", "choose", "chooses_posts"]

View = Literal["posts", "articles"]
"""What a filter's dates and languages are those of."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a question is about. Within a field any value will do; all fields given must hold.

    `hashtags` stand in the post or in the words around it, and in the post alone with `in_post_only`. `authors` are
    handles, or `platform:handle`. `since` and `until` are dates or their beginnings (`2017`, `2017-10`, `2017-10-15`),
    both inclusive. `search` are words that a post must have; quotation marks hold a phrase together.
    """

    hashtags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    search: str | None = None
    in_post_only: bool = False


def ask(archive: sqlite3.Connection, about: Filter, view: View, question: str, **values: object) -> Iterator[Any]:
    """The rows that db/questions/<question>.sql finds in what a filter chooses, as tuples.

    The temporary tables `chosen_posts`, `chosen_embeds` and `chosen_pages` hold what is chosen; they are made anew only
    when the filter, the view or the archive has changed. Of posts those count that some page embeds. With the view
    `articles` the filter's dates and languages are those of articles, otherwise those of posts. Raises ArchiveError
    when SQLite cannot read.
    """
    named = {"in_post_only": int(about.in_post_only)} | values
    try:
        choose(archive, about, view)
        found = _once(archive, question) if question in _ONCE else archive.execute(_question(question), named)
        for row in found:  # noqa: UP028  it would close a cursor of an archive that is closed
            yield row
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error


def choose(archive: sqlite3.Connection, about: Filter, view: View = "posts", *, with_hidden: bool = False) -> None:
    """Fills the temporary tables that `ask` names; `with_hidden`: with posts that are hidden (`deletions`) as well.

    Raises ArchiveError when SQLite cannot read.
    """
    try:
        _choose(archive, about, view, with_hidden=with_hidden)
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error


@cache
def _question(name: str) -> str:
    return (_schema._sql() / "questions" / f"{name}.sql").read_text(encoding="utf-8")


def _once(archive: sqlite3.Connection, question: str) -> Iterator[Any]:
    """The one row of a question that every answer asks, kept as long as the choice."""
    row = archive.execute("select row from chosen_told where question = ?", (question,)).fetchone()
    if row:
        return iter([tuple(json.loads(row[0]))])
    told = archive.execute(_question(question)).fetchone()
    if not archive.in_transaction:
        archive.execute("insert into chosen_told values (?, ?)", (question, json.dumps(told)))
        archive.commit()
    return iter([told])


_ONCE = ("sizes", "span")
_TABLES = (
    "create temp table if not exists chosen_by (filter text)",
    "create temp table if not exists chosen_told (question text primary key, row text)",
)
_WORDS = re.compile(r'"([^"]+)"|([^\s"]+)')
_PART = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def _chosen() -> dict[str, str]:
    """The parts of db/chosen.sql by their names."""
    _, *told = _PART.split((_schema._sql() / "chosen.sql").read_text(encoding="utf-8"))
    return dict(zip(told[::2], map(str.strip, told[1::2]), strict=True))


def _choose(archive: sqlite3.Connection, about: Filter, view: View, *, with_hidden: bool) -> None:
    """Fills the temporary tables that `ask` names, unless they hold just this."""
    (version,) = archive.execute("pragma data_version").fetchone()
    (last,) = archive.execute("select max(id) from captures").fetchone()
    hidden = deletions.honoured(archive)
    posts, pages = _of_posts(about, view), _of_pages(about, view)
    every = "posts_and_hidden" if hidden and with_hidden else "posts"
    wanted = repr((every, posts, pages, _values(about), version, last, hidden))  # two views may choose the same
    parts = _chosen()
    for table in (*_TABLES, *parts["tables"].split(";")):
        archive.execute(table)
    if archive.execute("select filter from chosen_by").fetchone() == (wanted,):
        return
    for name in ("by", "told", "posts", "pages", "embeds"):
        archive.execute(f"delete from chosen_{name}")  # noqa: S608  our own names
    archive.execute(" and ".join(parts[name] for name in (every, *posts)), _values(about))
    archive.execute(" and ".join(parts[name] for name in ("pages", *pages)), _values(about))
    archive.execute(parts["embeds_of_posts" if posts or hidden else "embeds_of_pages"])
    if pages:
        archive.execute(parts["left_out"])
    archive.execute("insert into chosen_by values (?)", (wanted,))
    archive.commit()


def chooses_posts(about: Filter) -> bool:
    """Whether a filter, whose dates and languages are those of posts, says anything of posts."""
    return bool(_of_posts(about, "posts"))


def _of_posts(about: Filter, view: View) -> list[str]:
    names = ["hashtags", "authors", "platforms", "search"]
    return [name for name in names if getattr(about, name)] + (_dated(about, "posted") if view == "posts" else [])


def _of_pages(about: Filter, view: View) -> list[str]:
    return ["outlets"] * bool(about.outlets) + (_dated(about, "published") if view == "articles" else [])


def _dated(about: Filter, verb: str) -> list[str]:
    asked = {f"{verb}_since": about.since, f"{verb}_until": about.until, "langs": about.langs}
    return [name for name, given in asked.items() if given]


def _values(about: Filter) -> Row:
    told: dict[str, list[object]] = {
        "hashtags": [entities.tag_key(tag.lstrip("#＃")) for tag in about.hashtags],
        "authors": [_account(author) for author in about.authors],
        "outlets": [_domain(outlet) for outlet in about.outlets],
        "platforms": [platform.lower() for platform in about.platforms],
        "langs": [lang.lower().replace("_", "-") for lang in about.langs],
    }
    words = _WORDS.findall(about.search or "")
    search = " ".join(f'"{(phrase or word).replace(chr(34), chr(34) * 2)}"' for phrase, word in words)
    own: Row = {"since": about.since, "until": about.until, "search": search, "in_post_only": int(about.in_post_only)}
    return own | {name: as_json(values) for name, values in told.items()}


def _account(author: str) -> tuple[str | None, str]:
    """The platform where one is named, and the key of the handle."""
    platform, mark, handle = author.partition(":")
    if not mark or platform == "did":  # a DID is an account's name on Bluesky
        return None, author.lstrip("@").casefold()
    return platform.lower(), handle.lstrip("@").casefold()


def _domain(outlet: str) -> str:
    return urls.outlet(outlet if "://" in outlet else f"https://{outlet}/") or outlet.lower()
