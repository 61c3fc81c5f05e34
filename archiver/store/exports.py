"""Rows of an archive as JSON lines, for other programs."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator
from pathlib import Path

from archiver.store.kept import Kept

__all__ = ["page_lines", "post_lines", "warc_files", "warcs_elsewhere"]


def warc_files(archive: sqlite3.Connection) -> list[str]:
    """The WARC files that captures name, in the order in which they were first named."""
    sql = "select warc_file from captures where warc_file is not null group by warc_file order by min(id)"
    return [name for (name,) in archive.execute(sql)]


def warcs_elsewhere(archive: sqlite3.Connection, folder: Path, other: Path) -> list[Path]:
    """The WARC files in a folder that captures name, and that do not lie in another folder."""
    beside = (folder / name for name in warc_files(archive) if Path(name).name == name)
    return [warc for warc in beside if warc.is_file() and not (other / warc.name).is_file()]


def page_lines(archive: sqlite3.Connection, files: Container[str]) -> Iterator[str]:
    """A line for each capture of a web page in one of these WARC files: `url, ts, title`, as WACZ has them, and `id`.

    `url` is the address under which the record lies; an entry of a feed has none of its own.
    """
    sql = """select json_object(
            'id', cast(captures.id as text),
            'url', ifnull(captures.final_url, captures.url),
            'ts', captures.captured_at,
            'title', ifnull(pages.title, captures.target),
            'size', captures.bytes
        ), captures.warc_file
        from captures join pages on pages.id = captures.page_id
        where captures.warc_file is not null and captures.outcome = 'read' and captures.source not in ('feed', 'file')
            and ifnull(captures.final_url, captures.url) like 'http%' order by captures.id"""
    return (line for line, name in archive.execute(sql) if name in files)


def post_lines(archive: sqlite3.Connection, kept: Kept | None = None) -> Iterator[str]:
    """A line for each embed that is kept, or for all, as `archiver extract` prints it.

    Its text, language, handle, name and date are what its page shows; when it was posted, its hashtags, mentions, links
    and media are what all pages tell of the post.
    """
    # not indexed: pages are read in their own order, or all lines would be sorted, in memory
    sql = """select json_object(
            'target', captures.target,
            'page_url', pages.url,
            'position', embeds.position,
            'shape', embeds.shape,
            'platform', posts.platform,
            'platform_id', posts.platform_id,
            'permalink', posts.permalink,
            'handle', embeds.handle,
            'author_name', embeds.author_name,
            'text', embeds.text,
            'lang', embeds.lang,
            'date_shown', embeds.date_shown,
            'posted_at', posts.posted_at,
            'time_source', posts.time_source,
            'hashtags', (
                select json_group_array(display) from (
                    select hashtags.display from post_hashtags join hashtags on hashtags.id = post_hashtags.hashtag_id
                    where post_hashtags.post_id = posts.id and post_hashtags.in_post order by hashtags.tag
                )
            ),
            'mentions', (
                select json_group_array(handle) from (select handle from mentions where post_id = posts.id order by id)
            ),
            'links', (
                select json_group_array(json_object('short', short, 'display', display, 'expanded', expanded))
                from (select * from links where post_id = posts.id order by id)
            ),
            'media', (
                select json_group_array(json_object('kind', kind, 'url', url, 'alt', alt))
                from (select * from media where post_id = posts.id order by id)
            ),
            'context_before', embeds.context_before,
            'context_after', embeds.context_after,
            'heading', embeds.heading,
            'flags', json(embeds.flags)
        )
        from pages not indexed
        cross join embeds on embeds.page_id = pages.id
        join posts on posts.id = embeds.post_id
        join captures on captures.id = embeds.first_capture_id"""
    if kept is not None and not kept.is_all:
        sql += """
        where pages.id in (select id from kept_pages) and embeds.id in (select id from kept_embeds)"""
    sql += " order by pages.id, embeds.position, embeds.id"
    return (line for (line,) in archive.execute(sql))
