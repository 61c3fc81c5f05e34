"""What another archive holds to rows of this one."""

from __future__ import annotations

import sqlite3

from archiver.store import _answers, _embeds, _hashtags, _pages, _posts, prose
from archiver.store._counts import Counts
from archiver.store._rows import Row, fetch, insert, update
from archiver.store.cited import Attempt, Cited, CitedEmbed, CitedNames, CitedRow, CitedRun, Item, RunKey

__all__ = ["attempt_id", "is_known", "run_id", "save"]

_UNIQUE = {
    "redactions": ("what", "salt", "digest"),
    "files_read": ("path", "bytes", "modified_ns", "ends_sha256", "embeds_only"),
}


def _note_run(c: sqlite3.Connection, run: CitedRun, merged_by: int) -> None:
    """Notes a run of another archive, or how one that is known has ended since."""
    own: Row = {"command": run.key.command, "argv": run.key.argv, "version": run.key.version}
    known = _run(c, run.key)
    told = dict(run.columns)
    if known is None:
        by = run_id(c, run.merged_by) if run.merged_by else None
        refers: Row = {"resumes": run_id(c, run.resumes) if run.resumes else None, "merged_by": by or merged_by}
        insert(c, "runs", own | {"started_at": run.key.started_at} | told | refers)
    elif known["merged_by"] is not None and known["outcome"] != "done" and told.get("outcome") is not None:
        update(c, "runs", known, told)


def run_id(c: sqlite3.Connection, key: RunKey) -> int | None:
    """The number of a run here; None where it is not known."""
    known = _run(c, key)
    return int(str(known["id"])) if known else None


def attempt_id(c: sqlite3.Connection, attempt: Attempt) -> int | None:
    """The number of a capture here; None where it is not known."""
    run = run_id(c, attempt.run)
    if run is None:
        return None
    told = dict(attempt.columns)
    names = ", ".join(told)
    marks = ", ".join("?" * len(told))
    sql = f"""select id from captures where target = ? and run_id = ? and ({names}) is ({marks})
        order by id limit 1 offset ?"""  # noqa: S608
    known = fetch(c, sql, told["target"], run, *told.values(), attempt.twin)
    return int(str(known["id"])) if known else None


def is_known(c: sqlite3.Connection, cited: CitedRow) -> bool:
    """Whether a row stands here, or has no place here: its post, or its run, is not here."""
    row = _placed(c, cited)
    return row is None or _stands(c, cited.table, row)


def save(c: sqlite3.Connection, cited: Item, merged_by: int) -> Counts:
    """Stores what another archive holds; how much of it is new."""
    match cited:
        case CitedRun():
            _note_run(c, cited, merged_by)
        case CitedNames():
            _name(c, cited)
        case CitedRow():
            _add(c, cited)
        case Cited():
            return _save(c, cited)
    return Counts()


def _save(c: sqlite3.Connection, cited: Cited) -> Counts:
    """Stores an attempt and what it gave."""
    page_id = _pages.save(c, cited.page) if cited.page else None
    capture_id, is_new = _attempt(c, cited.attempt, page_id)
    outcome = dict(cited.attempt.columns).get("outcome")
    _answers.save(c, capture_id, cited.told, by_address=True)
    added, posts = 0, dict[int, bool]()
    if cited.page and page_id is not None:
        prose.save(c, page_id, cited.page.mentions)
        for tag in cited.page.hashtags:
            _hashtags.in_page(c, page_id, tag)
        c.execute("insert or ignore into touched_pages values (?)", (page_id,))
        for each in cited.embeds:
            added += _embed(c, page_id, capture_id, each, posts, is_new=is_new)
        for text_key in sorted({each.text_key for each in cited.embeds if each.text_key}):
            for merged in _posts.settle(c, text_key):
                posts.pop(merged, None)
    new = sum(posts.values())
    return Counts(
        pages=is_new and page_id is not None and outcome == "read",
        embeds=added,
        posts_new=new,
        posts_known=len(posts) - new,
        failures=is_new and outcome == "failed",
        unchanged=is_new and outcome == "unchanged",
    )


def _name(c: sqlite3.Connection, names: CitedNames) -> None:
    """Stores accounts and outlets, or what is told of them beyond what is known."""
    for account in names.accounts:
        _posts.author(c, account)
    for each in names.outlets:
        _pages.outlet(c, each.domain, each.name)


def _add(c: sqlite3.Connection, cited: CitedRow) -> None:
    """Stores a row, unless it stands here or has no place here; the first of a name or digest stays."""
    row = _placed(c, cited)
    if row is None or _stands(c, cited.table, row):
        return
    sql = f"insert or ignore into {cited.table} ({', '.join(row)}) values ({', '.join('?' * len(row))})"  # noqa: S608
    c.execute(sql, tuple(row.values()))
    if "post_id" in row:
        c.execute("insert or ignore into touched_posts values (?)", (row["post_id"],))


def _placed(c: sqlite3.Connection, cited: CitedRow) -> Row | None:
    """A row with the numbers that its run, post and capture have here; None where one of them is not here."""
    row: Row = dict(cited.columns)
    if cited.run:
        row["run_id"] = run_id(c, cited.run)
    if cited.post is not None:
        post = fetch(c, "select id from posts where key = ?", cited.post)
        row["post_id"] = post and post["id"]
    if cited.capture:
        row["capture_id"] = attempt_id(c, cited.capture)
    return None if None in [row.get(name, 0) for name in ("run_id", "post_id")] else row


def _stands(c: sqlite3.Connection, table: str, row: Row) -> bool:
    """Whether a row is here, by what makes it unique, or by all that it tells."""
    also = "post_id = :post_id and " if "post_id" in row else ""  # by which it is found in an index
    own = _UNIQUE.get(table, tuple(row))
    names, marks = ", ".join(own), ", ".join(f":{name}" for name in own)
    return c.execute(f"select 1 from {table} where {also}({names}) is ({marks})", row).fetchone() is not None  # noqa: S608


def _run(c: sqlite3.Connection, key: RunKey) -> Row | None:
    sql = "select * from runs where started_at = ? and command = ? and argv = ? and version = ? order by id"
    return fetch(c, sql, key.started_at, key.command, key.argv, key.version)


def _attempt(c: sqlite3.Connection, attempt: Attempt, page_id: int | None) -> tuple[int, bool]:
    """The number of a capture here, and whether it is new."""
    known = attempt_id(c, attempt)
    if known is not None:
        return known, False
    row: Row = {"run_id": run_id(c, attempt.run), "page_id": page_id}
    return insert(c, "captures", row | dict(attempt.columns)), True


def _embed(
    c: sqlite3.Connection, page_id: int, capture_id: int, cited: CitedEmbed, posts: dict[int, bool], *, is_new: bool
) -> bool:
    """Stores an embed and its post; whether the embed is new, and no mere link. `posts` are told of the post."""
    embed, is_text = cited.embed, cited.key == cited.text_key
    post_id, is_new_post = _posts.save(c, cited.key, cited.known or embed.post, by_text=is_text)
    if is_text and cited.known:
        _posts.save(c, cited.key, embed.post, by_text=True)
    for tag in (*embed.context_hashtags, *cited.context_hashtags):
        _hashtags.in_context(c, post_id, tag)
    if embed.shape != "link":
        posts[post_id] = posts.get(post_id, False) or is_new_post
    place: Row = {"page_id": page_id, "post_id": post_id, "occurrence": embed.occurrence}
    follows = attempt_id(c, cited.first) if cited.first else None
    added = _embeds.save(c, place, capture_id, embed, cited.text_key, follows=follows, is_new=is_new)
    c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    return added and embed.shape != "link"
