"""What a filter keeps of each table of an archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from archiver.errors import ArchiveError
from archiver.store import deletions, questions
from archiver.store.questions import Filter

__all__ = ["FLAT", "TABLES", "Column", "Kept", "Statement", "keep"]

FLAT = "embed_details"

# The tables that may be taken away, parents before children: whose rows are kept, and the column that names one.
_KEPT_BY = {
    "runs": ("runs", "id"),
    "outlets": ("outlets", "id"),
    "pages": ("pages", "id"),
    "captures": ("captures", "id"),
    "authors": ("authors", "id"),
    "posts": ("posts", "id"),
    "embeds": ("embeds", "id"),
    "hashtags": ("hashtags", "id"),
    "post_hashtags": ("posts", "post_id"),
    "page_hashtags": ("pages", "page_id"),
    "mentions": ("posts", "post_id"),
    "links": ("posts", "post_id"),
    "media": ("posts", "post_id"),
    "prose_mentions": ("pages", "page_id"),
    "answers": ("answers", "id"),
    "post_relations": ("posts", "post_id"),
    "checks": ("posts", "post_id"),
    "recoveries": ("posts", "post_id"),
    "variants": ("posts", "post_id"),  # made from embeds
}
TABLES = tuple(_KEPT_BY)
_ONLY = {
    "variants": " and page_id in (select id from kept_pages)",
    "post_relations": " and other_post_id in (select id from kept_posts)",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, and what it holds: `integer`, `real` or `text`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What follows `select ...` for the rows that are kept: the tables, the conditions and the order."""

    source: str
    order: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an archive: all of it, or what temporary tables of this connection name.

    Its methods raise ArchiveError where SQLite cannot read.
    """

    archive: sqlite3.Connection
    is_all: bool

    def columns(self, table: str) -> tuple[Column, ...]:
        """The columns of a table, or of the flat view."""
        told = self._ask(f"pragma table_info({table})")
        return tuple(Column(name, (kind or "text").lower()) for _, name, kind, *_ in told)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows that are kept of a table, or of the flat view, by its columns, in their own order."""
        found = self.statement(table)
        return self._ask(f"select own.* {found.source} {found.order}")

    def count(self, table: str) -> int:
        """How many rows are kept of a table."""
        ((found,),) = self._ask(f"select count(*) {self.statement(table).source}")
        return int(found)

    def statement(self, table: str) -> Statement:
        """How the rows of a table, called `own`, are found; of the flat view, in the order of embeds."""
        if table == FLAT:
            kept = "kept_embeds as kept cross join embed_details as own on own.embed_id = kept.id"
            source = FLAT + " as own" if self.is_all else kept
            return Statement(f"from {source}", f"order by {'own.embed_id' if self.is_all else 'kept.id'}")
        if self.is_all or table not in _KEPT_BY:
            return Statement(f"from {table} as own", "")
        by, column = _KEPT_BY[table]
        return Statement(
            f"from kept_{by} as kept cross join {table} as own on own.{column} = kept.id{_ONLY.get(table, '')}",
            "order by kept.id",
        )

    def ids(self) -> Iterator[tuple[str, str | None]]:
        """The platform, and the id there, of each post that some page embeds, in the order of time.

        Where an id belongs to an instance or an account (Mastodon, Bluesky), that stands before it with a slash. It is
        None for posts of which no page tells an id.
        """
        found = self.statement("posts")
        told = "iif(own.platform_id is null, null, substr(own.key, length(own.platform) + 2))"
        where = "where" if self.is_all else "and"
        return self._ask(f"select own.platform, {told} {found.source} {where} own.n_embeds > 0 order by own.id")

    def _ask(self, sql: str) -> Iterator[tuple[Any, ...]]:
        try:
            for row in self.archive.execute(sql):  # noqa: UP028  it would close a cursor of an archive that is closed
                yield row
        except sqlite3.Error as error:
            raise ArchiveError("the archive", f"cannot be read: {error}") from error


def keep(archive: sqlite3.Connection, about: Filter) -> Kept:
    """What a filter keeps, with all that it refers to; without a filter, all there is, links and failures too.

    Posts that are hidden are not kept, whatever refers to them; posts that no page embeds only without a filter. Kept
    are the embeds of the posts chosen, in the articles chosen; their posts, and those to which they relate; their
    pages, or, where nothing is said of posts, all pages chosen; the captures of these, and what platforms answered.
    """
    is_all = replace(about, in_post_only=False) == Filter()
    if is_all and not deletions.honoured(archive):
        return Kept(archive, is_all=True)
    about_posts = questions.chooses_posts(about)
    try:
        questions.choose(archive, about, "posts")
        deletions.hide(archive)
        archive.create_function("folded", 1, _folded, deterministic=True)
        for name, sql in (_OF_POSTS if about_posts else _OF_PAGES) + _REST:
            archive.execute(f"create temp table if not exists kept_{name} (id integer primary key)")
            archive.execute(f"delete from kept_{name}")  # noqa: S608  our own names
            archive.execute(f"insert into kept_{name} {sql}")
            if is_all and name == "posts":
                archive.execute(_OF_NO_PAGE)
        archive.commit()
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error
    return Kept(archive, is_all=False)


def _folded(handle: str | None) -> str | None:
    return handle.casefold() if handle is not None else None


_OF_POSTS = (
    (
        "embeds",
        """select embeds.id from chosen_posts cross join embeds on embeds.post_id = chosen_posts.id
            where +embeds.page_id in (select id from chosen_pages)""",  # + : looked up, not gone through
    ),
    ("pages", "select distinct page_id from kept_embeds cross join embeds on embeds.id = kept_embeds.id"),
)
_OF_PAGES = (
    ("pages", "select id from chosen_pages"),
    (
        "embeds",
        """select embeds.id from chosen_pages cross join embeds on embeds.page_id = chosen_pages.id
            where post_id not in (select id from hidden_posts)""",
    ),
)
_OF_NO_PAGE = """insert or ignore into kept_posts select id from posts where n_embeds = 0
    and id not in (select id from hidden_posts)"""
_REST = (
    (
        "posts",
        """with recursive related (id) as (
            select post_id from kept_embeds cross join embeds on embeds.id = kept_embeds.id
            union select other_post_id from related join post_relations on post_id = related.id
                and other_post_id not in (select id from hidden_posts)
        ) select id from related""",
    ),
    ("answers", "select answers.id from kept_posts cross join answers on answers.post_id = kept_posts.id"),
    (
        "captures",
        """select captures.id from kept_pages cross join captures on captures.page_id = kept_pages.id
            union select capture_id from kept_answers cross join answers on answers.id = kept_answers.id
            union select capture_id from kept_posts cross join post_relations on post_id = kept_posts.id
            union select capture_id from kept_posts cross join checks on post_id = kept_posts.id
                where capture_id is not null""",
    ),
    (
        "runs",
        """with recursive begun (id) as (
            select run_id from kept_captures cross join captures on captures.id = kept_captures.id
            union select run_id from kept_posts cross join checks on post_id = kept_posts.id
            union select run_id from kept_posts cross join recoveries on post_id = kept_posts.id
            union select value from begun join runs on runs.id = begun.id
                join json_each(json_array(resumes, merged_by)) where value is not null
        ) select id from begun""",
    ),
    (
        "outlets",
        """select distinct outlet_id from kept_pages cross join pages on pages.id = kept_pages.id
            where outlet_id is not null""",
    ),
    (
        "authors",
        """select author_id from kept_posts cross join posts on posts.id = kept_posts.id where author_id is not null
            union select authors.id from kept_embeds cross join embeds on embeds.id = kept_embeds.id
                join posts on posts.id = embeds.post_id
                join authors on authors.platform = posts.platform and handle_key = folded(embeds.handle)
            union select authors.id from kept_answers cross join answers on answers.id = kept_answers.id
                join posts on posts.id = answers.post_id
                join authors on authors.platform = posts.platform and handle_key = folded(answers.handle)""",
    ),
    (
        "hashtags",
        """select hashtag_id from kept_posts cross join post_hashtags on post_id = kept_posts.id
            union select hashtag_id from kept_pages cross join page_hashtags on page_id = kept_pages.id""",
    ),
)
