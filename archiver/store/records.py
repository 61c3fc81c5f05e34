"""What an archive holds, as records to be signed."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from archiver.errors import ArchiveError
from archiver.store import questions
from archiver.store.questions import Filter

__all__ = ["KINDS", "Record", "choosing"]

KINDS = ("capture", "embed", "post")


@dataclass(frozen=True, slots=True)
class Record:
    """A capture, an embed or a post: its kind, a name that no other of that kind has, and its content as JSON text."""

    kind: str
    name: str
    content: str


@contextmanager
def choosing(archive: sqlite3.Connection, about: Filter) -> Iterator[Iterator[Record]]:
    """The records that a filter chooses, by kind and name: embedded posts, their embeds, and what these were read from.

    They are read as the archive is at the beginning, and few are in memory at a time. Raises ArchiveError when SQLite
    cannot read.
    """
    archive.execute("pragma temp_store = file")  # what is sorted may be larger than the memory
    try:
        questions.choose(archive, about)
        archive.execute("begin")
        for statement in _NAMED:
            archive.execute(statement)
        with closing(_records(archive)) as records:
            yield records
    except sqlite3.Error as error:
        raise ArchiveError("the archive", f"cannot be read: {error}") from error
    finally:
        archive.rollback()


def _records(archive: sqlite3.Connection) -> Generator[Record, None, None]:
    for kind, sql in zip(KINDS, (_CAPTURE, _EMBED, _POST), strict=True):
        for name, content in archive.execute(sql):
            yield Record(kind, name, content)


_NAMED = (
    *(
        f"create temp table if not exists named_{kind}s (name text primary key, id integer) without rowid"
        for kind in KINDS
    ),
    *(f"delete from named_{kind}s" for kind in KINDS),  # noqa: S608
    "insert into named_posts select posts.key, posts.id from chosen_posts join posts on posts.id = chosen_posts.id",
    """insert into named_embeds
    select
        pages.url || ' ' || ifnull(iif(identified_by = 'text', text_key, null), posts.key) || ' ' || occurrence,
        embeds.id
    from chosen_embeds
    join embeds on embeds.id = chosen_embeds.id
    join pages on pages.id = embeds.page_id
    join posts on posts.id = embeds.post_id""",
    """insert into named_captures
    select
        captured_at || ' ' || ifnull(sha256, '-') || ' ' || target || ' ' || row_number() over (
            partition by captured_at, sha256, target order by id
        ),
        id
    from captures
    where page_id in (select page_id from chosen_embeds) and outcome <> 'failed'
        or id in (select capture_id from answers where post_id in (select id from chosen_posts))""",
)
_CAPTURE = """select named_captures.name, json_object(
        'target', captures.target,
        'url', captures.url,
        'final_url', captures.final_url,
        'page_url', pages.url,
        'captured_at', captures.captured_at,
        'archived_at', captures.archived_at,
        'source', captures.source,
        'outcome', captures.outcome,
        'status', captures.status,
        'media_type', captures.media_type,
        'encoding', captures.encoding,
        'bytes', captures.bytes,
        'sha256', captures.sha256,
        'warc_file', captures.warc_file,
        'warc_offset', captures.warc_offset,
        'warc_length', captures.warc_length,
        'version', runs.version
    )
    from named_captures
    cross join captures on captures.id = named_captures.id
    cross join runs on runs.id = captures.run_id
    left join pages on pages.id = captures.page_id
    order by named_captures.name"""
_EMBED = """select named_embeds.name, json_object(
        'page_url', pages.url,
        'page_title', pages.title,
        'page_published_at', pages.published_at,
        'post', posts.key,
        'position', embeds.position,
        'occurrence', embeds.occurrence,
        'shape', embeds.shape,
        'identified_by', embeds.identified_by,
        'handle', embeds.handle,
        'url_handle', embeds.url_handle,
        'author_name', embeds.author_name,
        'text', embeds.text,
        'lang', embeds.lang,
        'date_shown', embeds.date_shown,
        'heading', embeds.heading,
        'context_before', embeds.context_before,
        'context_after', embeds.context_after,
        'flags', json(embeds.flags),
        'html', embeds.html,
        'first_capture', (select captured_at || ' ' || sha256 from captures where id = embeds.first_capture_id),
        'last_capture', (select captured_at || ' ' || sha256 from captures where id = embeds.last_capture_id)
    )
    from named_embeds
    cross join embeds on embeds.id = named_embeds.id
    cross join pages on pages.id = embeds.page_id
    cross join posts on posts.id = embeds.post_id
    order by named_embeds.name"""
_POST = """select named_posts.name, json_object(
        'key', posts.key,
        'platform', posts.platform,
        'platform_id', posts.platform_id,
        'permalink', posts.permalink,
        'handle', authors.handle,
        'author_name', authors.name,
        'text', posts.text,
        'lang', posts.lang,
        'posted_at', posts.posted_at,
        'posted_after', posts.posted_after,
        'posted_before', posts.posted_before,
        'time_source', posts.time_source,
        'time_precision', posts.time_precision,
        'mentions', (
            select json_group_array(handle)
            from (select handle from mentions where post_id = posts.id order by handle_key)
        ),
        'links', (
            select json_group_array(json_object('short', short, 'display', display, 'expanded', expanded))
            from (select * from links where post_id = posts.id order by short, display, expanded)
        ),
        'media', (
            select json_group_array(json_object('kind', kind, 'url', url, 'alt', alt))
            from (select * from media where post_id = posts.id order by url)
        )
    )
    from named_posts
    cross join posts on posts.id = named_posts.id
    left join authors on authors.id = posts.author_id
    order by named_posts.name"""
