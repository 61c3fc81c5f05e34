"""Posts, authors and words taken out for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver.errors import ArchiveError
from archiver.model import Post, utc
from archiver.store import _derived, _phrases, _redactions, _schema, _scrubbing
from archiver.store._rows import as_json, insert, transaction
from archiver.store._scrubbing import Scrubber

__all__ = ["Copy", "Plan", "Wanted", "again", "carry_out", "clean_up", "is_any", "plan"]

_PATIENCE = 2000  # milliseconds, for another program to let go of the archive
_FEWEST = 4  # words of a post's text that are looked for elsewhere; fewer stand in many texts by chance


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go: posts by their natural keys, authors as (platform or None, handle), words that posts have."""

    posts: tuple[str, ...] = ()
    authors: tuple[tuple[str | None, str], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy stays: the file that a capture was read from, the place in it (None: all of it), its address."""

    file: str
    offset: int | None
    length: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go: posts (their keys), how many embeds and platforms' answers; and the copies that stay in files."""

    posts: tuple[str, ...]
    embeds: int
    answers: int
    copies: tuple[Copy, ...]


def plan(archive: sqlite3.Connection, wanted: Wanted) -> Plan:
    """What a redaction would take out; nothing is changed. Raises ArchiveError when SQLite cannot read."""
    try:
        _choose(archive, wanted)
        keys = tuple(
            key for (key,) in archive.execute("select key from posts where id in (select id from doomed_posts)")
        )
        (embeds,) = archive.execute("select count(*) from doomed_embeds").fetchone()
        (answers,) = archive.execute(f"select count(*) from answers where {_ANSWERS}").fetchone()  # noqa: S608
        copies = tuple(Copy(*row) for row in archive.execute(_COPIES))
        archive.commit()
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error
    return Plan(keys, embeds, answers, copies)


def carry_out(archive: sqlite3.Connection, wanted: Wanted, reason: str | None, at: datetime) -> Plan:
    """Takes out what a plan names, in one transaction, and notes digests by which it is refused from then on.

    The bytes are overwritten where they lay; `clean_up` sees to what is left in free space and logs. Texts of the posts
    (of four words or more) and the words wanted become `⟦redacted⟧` wherever else they stand. Raises ArchiveError.
    """
    archive.execute("pragma secure_delete = on")
    done = plan(archive, wanted)
    with transaction(archive) as c:
        texts = [text for (text,) in c.execute(_TEXTS) if text and len(_phrases.words(text)) >= _FEWEST]
        scrubber = _refuse(c, wanted, texts, reason, at)
        c.create_function("stands_in", 1, scrubber.stands_in, deterministic=True)
        for statement in (*_BY_TEXT_ALONE, *_TOUCHED):
            c.execute(statement)
        _remove(c, wanted)
        _scrubbing.unrelate(c)
        _scrubbing.scrub(c, scrubber)
        _derived.refresh(c)
    return done


def is_any(archive: sqlite3.Connection) -> bool:
    """Whether anything was ever redacted in an archive."""
    return archive.execute("select 1 from redactions limit 1").fetchone() is not None


def again(archive: sqlite3.Connection) -> Wanted:
    """What is in an archive although it was redacted: it came in rows that `store.save` did not see.

    Posts and authors are told; words quoted elsewhere go with them.
    """
    known = _redactions.load(archive)
    sql = """select posts.key, posts.platform, posts.text, authors.handle from posts
            left join authors on authors.id = posts.author_id
        union all select key, substr(key, 1, instr(key, ':') - 1), text, handle from answers"""
    found = {
        key: None
        for key, platform, text, handle in archive.execute(sql)
        if any(refused.refuses(key, Post(platform, key, handle=handle, text=text)) for refused in known)
    }
    authors = [
        (platform, handle)
        for platform, handle in archive.execute("select platform, handle from authors")
        if any(refused.refuses_row(None, platform, handle) for refused in known)
    ]
    return Wanted(tuple(found), tuple(authors))


def clean_up(archive: sqlite3.Connection) -> None:
    """Writes the file anew without what is free in it, and empties its log, so that nothing deleted can be read.

    Raises ArchiveError where another program holds the archive; then it has to be done again.
    """
    try:
        archive.execute("pragma temp_store = file")  # which drops all temporary tables
        _schema.make_touched(archive)
        archive.execute(f"pragma busy_timeout = {_PATIENCE}")
        for index in ("posts_fts", "pages_fts"):
            archive.execute(f"insert into {index} ({index}) values ('optimize')")  # noqa: S608  drops deleted words
        archive.execute("analyze")  # its samples may hold what was deleted
        archive.commit()
        archive.execute("vacuum")
        (busy, _, _) = archive.execute("pragma wal_checkpoint(truncate)").fetchone()
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be written anew: {error}", _AGAIN) from error
    if busy:
        raise ArchiveError("the archive", "is being read by another program, and its log stays", _AGAIN)


_AGAIN = "what was redacted may still be read in the file; close other programs, and run the same command again"


def _choose(c: sqlite3.Connection, wanted: Wanted) -> None:
    """Fills the temporary tables of what is to go."""
    for table, column in (("posts", "id integer"), ("embeds", "id integer"), ("keys", "key text")):
        c.execute(f"create temp table if not exists doomed_{table} ({column} primary key)")
        c.execute(f"delete from doomed_{table}")  # noqa: S608
    scrubber = Scrubber(_redactions.new_salt(), wanted.texts)
    c.create_function("stands_in", 1, scrubber.stands_in, deterministic=True)
    c.create_function("handle_folded", 1, _handle, deterministic=True)
    given = {"keys": as_json(wanted.posts), "authors": as_json([[p, _handle(h)] for p, h in wanted.authors])}
    for statement in _CHOSEN if wanted.texts else _CHOSEN[:-2]:
        c.execute(statement, given)
    for statement in _CLOSED:
        c.execute(statement, given)


def _refuse(c: sqlite3.Connection, wanted: Wanted, texts: list[str], reason: str | None, at: datetime) -> Scrubber:
    """Notes what is refused from now on; what takes the same words out of other texts."""
    known = c.execute("select salt from redactions order by id limit 1").fetchone()
    salt = known[0] if known else _redactions.new_salt()

    def note(what: str, digest: str, n_words: int | None = None, head: str | None = None) -> None:
        told = {"what": what, "digest": digest, "salt": salt, "n_words": n_words, "head": head, "reason": reason}
        if not c.execute(
            "select 1 from redactions where (what, salt, digest) = (?, ?, ?)", (what, salt, digest)
        ).fetchone():
            insert(c, "redactions", told | {"redacted_at": utc(at)})

    for (key,) in c.execute(
        "select key from doomed_keys union select value from json_each(?)", (as_json(wanted.posts),)
    ).fetchall():
        note("post", _phrases.digest(salt, "post", key))
    for platform, handle in wanted.authors:
        note("author", _phrases.digest(salt, "author", _redactions.account(platform, handle)))
    for what, some in (("text", wanted.texts), ("words", texts)):
        for text in some:
            if phrase := _phrases.phrase(salt, text):
                note(what, phrase.digest, phrase.n_words, phrase.head)
    return Scrubber(salt, (*wanted.texts, *texts))


def _remove(c: sqlite3.Connection, wanted: Wanted) -> None:
    c.execute(f"delete from answers where {_ANSWERS}")  # noqa: S608
    for parent in ("embeds", "posts"):
        for table, column in _children(c, parent):
            if (table, parent) != ("embeds", "posts"):
                c.execute(f'delete from "{table}" where "{column}" in (select id from doomed_{parent})')  # noqa: S608
        c.execute(f"delete from {parent} where id in (select id from doomed_{parent})")  # noqa: S608
    for platform, handle in wanted.authors:
        sql = """delete from authors where handle_key = ? and platform = ifnull(?, platform)
            and not exists (select 1 from posts where author_id = authors.id)"""
        c.execute(sql, (_handle(handle), platform))


def _children(c: sqlite3.Connection, parent: str) -> Iterator[tuple[str, str]]:
    """The tables whose rows belong to a row of another, and the column that says so."""
    tables = [name for (name,) in c.execute("select name from sqlite_master where type = 'table'")]
    for table in tables:
        for row in c.execute(f'pragma foreign_key_list("{table}")').fetchall():
            if row[2] == parent:
                yield table, row[3]


def _handle(handle: str) -> str:
    return handle.lstrip("@").casefold()


_ANSWERS = """(post_id in (select id from doomed_posts) or key in (select key from doomed_keys))"""
_BY_AUTHOR = """exists (
        select 1 from json_each(:authors) as each
        where {handle} = each.value ->> 1 and {platform} = ifnull(each.value ->> 0, {platform})
    )"""
_CHOSEN = (
    "insert or ignore into doomed_posts select id from posts where key in (select value from json_each(:keys))",
    f"""insert or ignore into doomed_posts select posts.id from authors join posts on posts.author_id = authors.id
    where {_BY_AUTHOR.format(handle="authors.handle_key", platform="authors.platform")}""",  # noqa: S608
    f"""insert or ignore into doomed_embeds select id from embeds
    where :authors <> '[]' and handle is not null
        and {_BY_AUTHOR.format(handle="handle_folded(handle)", platform="embeds.platform")}""",  # noqa: S608
    f"""insert or ignore into doomed_keys select key from answers
    where :authors <> '[]' and handle is not null
        and {_BY_AUTHOR.format(handle="handle_folded(handle)", platform="substr(key, 1, instr(key, ':') - 1)")}""",  # noqa: S608
    """insert or ignore into doomed_posts
    select id from posts where stands_in(text) union select post_id from embeds where stands_in(text)""",
    "insert or ignore into doomed_keys select key from answers where stands_in(text)",
)
# What goes with it: the same text known without an id, and posts that nothing shows any more.
_CLOSED = (
    "insert or ignore into doomed_keys select value from json_each(:keys)",
    "insert or ignore into doomed_posts select posts.id from doomed_keys join posts on posts.key = doomed_keys.key",
    """insert or ignore into doomed_posts select posts.id from doomed_posts
    join embeds on embeds.post_id = doomed_posts.id join posts on posts.key = embeds.text_key""",
    "insert or ignore into doomed_embeds select id from embeds where post_id in (select id from doomed_posts)",
    """insert or ignore into doomed_posts select post_id from embeds where id in (select id from doomed_embeds)
        and not exists (
            select 1 from embeds as other
            where other.post_id = embeds.post_id and other.id not in (select id from doomed_embeds)
        )""",
    "insert or ignore into doomed_keys select posts.key from doomed_posts join posts on posts.id = doomed_posts.id",
    """insert or ignore into doomed_keys select text_key from embeds
    where post_id in (select id from doomed_posts) and text_key is not null""",
)
# The same words under another name or day, in posts that no id tells apart.
_BY_TEXT_ALONE = (
    """insert or ignore into doomed_posts
    select id from posts where platform_id is null and permalink is null and stands_in(text)""",
    "insert or ignore into doomed_embeds select id from embeds where post_id in (select id from doomed_posts)",
)
_TEXTS = f"""select text from posts where id in (select id from doomed_posts)
    union select text from embeds where id in (select id from doomed_embeds)
    union select text from answers where {_ANSWERS}"""  # noqa: S608
_TOUCHED = (
    """insert or ignore into touched_hashtags select hashtags.id, display from hashtags
    where id in (select hashtag_id from post_hashtags where post_id in (select id from doomed_posts))""",
    "insert or ignore into touched_pages select page_id from embeds where id in (select id from doomed_embeds)",
    "insert or ignore into touched_posts select post_id from embeds where id in (select id from doomed_embeds)",
)
_COPIES = f"""select distinct ifnull(captures.warc_file, captures.target), captures.warc_offset, captures.warc_length,
        ifnull(captures.final_url, captures.url)
    from captures
    where outcome = 'read' and (warc_file is not null or source in ('file', 'feed', 'import')) and (
        page_id in (select page_id from embeds where id in (select id from doomed_embeds))
        or id in (select capture_id from answers where {_ANSWERS})
    )
    order by captures.id"""  # noqa: S608
