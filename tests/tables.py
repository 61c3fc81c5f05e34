"""The tables of an archive through natural keys, for tests that compare archives."""

from __future__ import annotations

import sqlite3

__all__ = ["TABLES", "all_rows", "natural", "problems"]

TABLES = "outlets pages authors posts embeds hashtags post_hashtags page_hashtags mentions links media variants".split()
_QUERIES = {
    "outlets": "select outlets.* from outlets",
    "pages": "select pages.*, domain as outlet from pages left join outlets on outlets.id = outlet_id",
    "authors": "select authors.* from authors",
    "posts": "select posts.*, handle_key as author from posts left join authors on authors.id = author_id",
    "embeds": """select embeds.*, pages.url as page, posts.key as post from embeds
        join pages on pages.id = page_id join posts on posts.id = post_id""",
    "hashtags": "select hashtags.* from hashtags",
    "post_hashtags": """select post_hashtags.*, tag, posts.key as post from post_hashtags
        join hashtags on hashtags.id = hashtag_id join posts on posts.id = post_id""",
    "page_hashtags": """select page_hashtags.*, tag, pages.url as page from page_hashtags
        join hashtags on hashtags.id = hashtag_id join pages on pages.id = page_id""",
    "mentions": "select mentions.*, posts.key as post from mentions join posts on posts.id = post_id",
    "links": "select links.*, posts.key as post from links join posts on posts.id = post_id",
    "variants": """select variants.*, pages.url as page, posts.key as post from variants
        join pages on pages.id = page_id join posts on posts.id = post_id""",
    "media": "select media.*, posts.key as post from media join posts on posts.id = post_id",
}


def natural(archive: sqlite3.Connection) -> dict[str, list[str]]:
    """The rows of each table without the numbers that depend on the order of writing."""
    return {table: sorted(map(str, _rows(archive, sql))) for table, sql in _QUERIES.items()}


def all_rows(archive: sqlite3.Connection, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each table as they are, all but captures and runs where none is named."""
    return {t: sorted(archive.execute(f"select * from {t}"), key=repr) for t in tables or TABLES}


def problems(archive: sqlite3.Connection) -> list[tuple[object, ...]]:
    """What SQLite finds wrong in the file, its references and its search indexes: an empty list where all is well."""
    found = [row for row in archive.execute("pragma integrity_check") if row != ("ok",)]
    found += archive.execute("pragma foreign_key_check").fetchall()
    for index in ("posts_fts", "pages_fts"):
        archive.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    archive.rollback()
    return found


def _rows(archive: sqlite3.Connection, sql: str) -> list[dict[str, object]]:
    cursor = archive.execute(sql)
    names = [d[0] for d in cursor.description]
    return [
        {n: v for n, v in zip(names, row, strict=True) if (n != "id" and not n.endswith("_id")) or n == "platform_id"}
        for row in cursor
    ]
