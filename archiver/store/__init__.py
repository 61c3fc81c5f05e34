"""Pages to rows, in one transaction a batch."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

from archiver import urls
from archiver.model import Archived, Dataset, Failed, Unchanged, utc
from archiver.store import _answers, _attempts, _cited, _derived, _embeds, _hashtags, _pages, _posts, _schema, prose
from archiver.store._rows import Row, as_json, clean, fetch, insert, transaction
from archiver.store.cited import Cited, CitedNames, CitedRun
from archiver.told import Answered, Imported
from archiver.model import Archived, Embed, Failed, Page, Unchanged, utc
from archiver.store import _answers, _attempts, _hashtags, _phrases, _posts, _redactions, _schema, _variants, prose
from archiver.store._rows import Row, as_json, clean, fetch, insert, transaction, update
from archiver.told import Answered

__all__ = [
    "Attempts",
    "Counts",
    "Failure",
    "captured_at",
    "failures",
    "finish_run",
    "holds",
    "interrupted",
    "metadata",
    "open_archive",
    "rebuild",
    "save",
    "start_run",
]

Attempts = _attempts.Attempts
Failure = _attempts.Failure
captured_at = _attempts.captured_at
failures = _attempts.failures
holds = _attempts.holds
metadata = _schema.metadata


_Outcome = Archived | Answered | Imported | Dataset | Unchanged | Failed | Cited | CitedRun | CitedNames


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the targets of a run; posts that pages only link to are not counted."""

    pages: int = 0
    embeds: int = 0
    posts_new: int = 0
    posts_known: int = 0
    failures: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


def open_archive(path: str | Path) -> sqlite3.Connection:
    """The archive at a path, made or upgraded where needed, ready for several writers. Raises ArchiveError."""
    return _schema.connect(path).conn


def start_run(
    archive: sqlite3.Connection, argv: Sequence[str], version: str, at: datetime, resumes: int | None = None
) -> int:
    """Notes that a command begins to write, and the run that it goes on with; the run's id."""
    row: Row = {"command": argv[0], "argv": as_json(argv), "version": version, "started_at": utc(at)}
    with transaction(archive) as c:
        return insert(c, "runs", row | {"resumes": resumes})


def finish_run(archive: sqlite3.Connection, run_id: int, outcome: str, counts: Counts, at: datetime) -> None:
    """Notes how a run ended (`done` or `interrupted`) and what became of its targets."""
    sql = """update runs set finished_at = ?, outcome = ?, n_pages = ?, n_embeds = ?, n_posts_new = ?,
        n_posts_known = ?, n_failures = ?, n_unchanged = ? where id = ?"""
    with transaction(archive) as c:
        c.execute(sql, (utc(at), outcome, *astuple(counts), run_id))
        c.execute("pragma analysis_limit = 1000")
        c.execute("analyze")  # by which the explorer's queries find their indexes


def interrupted(archive: sqlite3.Connection, command: str) -> int | None:
    """The first run of those that the last run of a command, where it did not end, began or went on with."""
    sql = """select id, resumes, outcome from runs
        where command = ? and merged_by is null order by id desc limit 1"""
    last = fetch(archive, sql, command)
    return None if last is None or last["outcome"] == "done" else int(str(last["resumes"] or last["id"]))


def save(archive: sqlite3.Connection, run_id: int, outcomes: Iterable[_Outcome]) -> Counts:
    """Stores outcomes in one transaction, all or none; storing them again adds rows to `captures` alone.

    What is cited of another archive adds nothing at all where it is known; its runs are noted as merged by this one.
    """
    counts, imported = Counts(), dict[str, bool]()
    with transaction(archive) as c:
        refusing = _redactions.load(c)
        for outcome in outcomes:
            if isinstance(outcome, Imported):
                imported |= _imported(c, run_id, outcome, imported)
            elif isinstance(outcome, Cited | CitedRun | CitedNames):
                counts += Counts(*_cited.save(c, outcome, run_id))
            else:
                counts += _received(c, run_id, outcome)
        _answers.settle(c, imported)
        _derived.refresh(c)
    new = sum(imported.values())
    return counts + Counts(posts_new=new, posts_known=len(imported) - new)
            match outcome:
                case Archived():
                    for refused in refusing:
                        outcome = refused.archived(outcome)
                    counts += _page(c, run_id, outcome)
                case Answered():
                    for refused in refusing:
                        outcome = refused.answered(outcome)
                    _answered(c, run_id, outcome)
                case Unchanged():
                    _attempts.unchanged(c, run_id, outcome)
                    counts += Counts(unchanged=1)
                case Failed():
                    _attempts.failed(c, run_id, outcome)
                    counts += Counts(failures=1)
        _answers.settle(c)
        _refresh(c)
    return counts


def rebuild(archive: sqlite3.Connection) -> None:
    """Makes anew all that is derived from other tables."""
    with transaction(archive) as c:
        for statement in _schema.counted():
            c.execute(statement)
        c.execute("insert or ignore into touched_posts select id from posts")
        c.execute("insert or ignore into touched_pages select id from pages")
        c.execute("insert or ignore into touched_authors select id from authors")
        c.execute("insert or ignore into touched_hashtags select id, display from hashtags")
        _derived.refresh(c)


def _received(
    c: sqlite3.Connection, run_id: int, outcome: Archived | Answered | Dataset | Unchanged | Failed
) -> Counts:
    match outcome:
        case Archived():
            return _page(c, run_id, outcome)
        case Answered():
            _answered(c, run_id, outcome)
        case Dataset():
            _attempts.dataset(c, run_id, outcome)
        case Unchanged():
            _attempts.unchanged(c, run_id, outcome)
            return Counts(unchanged=1)
        case Failed():
            _attempts.failed(c, run_id, outcome)
            return Counts(failures=1)
    return Counts()


def _answered(c: sqlite3.Connection, run_id: int, answered: Answered) -> None:
    """Keeps what an answer tells, and its capture where it tells anything."""
    capture = answered.capture
    if answered.told:
        archived_at = urls.archived_at(capture.url or "") or urls.archived_at(capture.final_url or "")
        _answers.save(c, _attempts.read(c, run_id, capture, None, archived_at), answered.told)


def _imported(c: sqlite3.Connection, run_id: int, imported: Imported, before: Mapping[str, bool]) -> dict[str, bool]:
    """Keeps what a record of a dataset tells, and its capture; the keys of its posts, and whether each is new here."""
    capture_id = _attempts.read(c, run_id, imported.capture, None, imported.at)
    _answers.save(c, capture_id, imported.told, by_address=True)
    keys = {str(clean(told.post.key)) for told in imported.told if told.post.key}
    known = "select 1 as known from posts where key = ?"
    return {key: fetch(c, known, key) is None for key in sorted(keys) if key not in before}


def _page(c: sqlite3.Connection, run_id: int, archived: Archived) -> Counts:
    page = archived.page
    page_id = _pages.save(c, page)
    capture_id = _attempts.read(c, run_id, archived.capture, page_id, page.archived_at)
    prose.save(c, page_id, page.mentions)
    for tag in page.hashtags:
        _hashtags.in_page(c, page_id, tag)
    c.execute("insert or ignore into touched_pages values (?)", (page_id,))
    seen: Counter[str] = Counter()
    posts: dict[int, bool] = {}
    for embed in page.embeds:
        key = _posts.key(page, embed.post)
        post_id, is_new = _posts.save(c, key, embed.post)
        if embed.shape != "link":
            posts[post_id] = posts.get(post_id, False) or is_new
        seen[key] += 1
        place: Row = {"page_id": page_id, "post_id": post_id, "occurrence": seen[key]}
        _embeds.save(c, place, capture_id, embed, embed.post.text_key)
        for tag in embed.context_hashtags:
            _hashtags.in_context(c, post_id, tag)
        c.execute("insert or ignore into touched_posts values (?)", (post_id,))
    for text_key in sorted({e.post.text_key for e in page.embeds if e.post.text_key}):
        for merged in _posts.settle(c, text_key):
            posts.pop(merged, None)
    new = sum(posts.values())
    return Counts(1, sum(e.shape != "link" for e in page.embeds), new, len(posts) - new)


def _page_row(c: sqlite3.Connection, page: Page) -> int:
    told: Row = {
        "title": page.title,
        "outlet_id": _outlet(c, page.outlet, page.site_name) if page.outlet else None,
        "published_at": utc(page.published_at) if page.published_at else None,
        "published_source": page.published_source,
        "published_precision": page.published_precision,
        "byline": page.byline,
        "description": page.description,
        "section": page.section,
        "keywords": as_json(page.keywords) if page.keywords else None,
        "modified_at": utc(page.modified_at) if page.modified_at else None,
        "lang": page.lang,
    }
    own: Row = {"url": page.url, "url_source": page.url_source}
    known = fetch(c, "select * from pages where url in (?, ?)", page.url, _twin(page.url))
    if known is None:
        return insert(c, "pages", own | told)
    better = {name: value for name, value in told.items() if known[name] is None}
    update(c, "pages", known, better | (own if known["url"] == _twin(page.url) and "https:" in page.url else {}))
    return int(str(known["id"]))


def _twin(url: str) -> str:
    """The same address by http instead of https, or the other way round: one page has both."""
    scheme, mark, rest = url.partition("://")
    return {"http": "https", "https": "http"}.get(scheme, scheme) + mark + rest


def _outlet(c: sqlite3.Connection, domain: str, name: str | None) -> int:
    known = fetch(c, "select * from outlets where domain = ?", domain)
    if known is None:
        return insert(c, "outlets", {"domain": domain, "name": name})
    update(c, "outlets", known, {"name": _posts.richer(known["name"], name)})
    return int(str(known["id"]))


def _embed(c: sqlite3.Connection, place: Row, capture_id: int, embed: Embed) -> None:
    post = embed.post
    told: Row = {
        "text": post.text,
        "lang": post.lang,
        "handle": post.handle,
        "url_handle": post.url_handle,
        "author_name": post.author_name,
        "date_shown": post.date_shown,
        "heading": embed.heading,
        "html": embed.html,
        "text_key": post.text_key if _phrases.GONE not in (post.text or "") else None,
    }
    identified_by = "id" if post.platform_id else "permalink" if post.permalink else "text"
    told_by: object = place["post_id"] if identified_by != "text" or post.text_key is None else post.text_key
    sql = """select * from embeds where page_id = ?
        and ifnull(iif(identified_by = 'text', text_key, null), post_id) = ? and occurrence >= ?
        and (text is null or ifnull(?, text) = text) order by occurrence limit 1"""
    known = fetch(c, sql, place["page_id"], told_by, place["occurrence"], clean(post.text))
    if known is None:  # also when the page has changed the wording, which is kept beside the former
        sql = """select max(occurrence) + 1 as next from embeds where page_id = ?
            and ifnull(iif(identified_by = 'text', text_key, null), post_id) = ? and occurrence >= ?"""
        later = fetch(c, sql, place["page_id"], told_by, place["occurrence"]) or {"next": None}
        place = place | {"occurrence": later["next"] or place["occurrence"]}
        own: Row = {
            "position": embed.position,
            "shape": embed.shape,
            "context_before": embed.context_before,
            "context_after": embed.context_after,
            "context_hashtags": as_json(embed.context_hashtags),
            "flags": as_json(embed.flags),
            "identified_by": identified_by,
            "told": _posts.as_told(post) if told_by == post.text_key else None,
            "first_capture_id": capture_id,
            "last_capture_id": capture_id,
        }
        insert(c, "embeds", place | own | told)
        return
    better: Row = {name: value for name, value in told.items() if known[name] is None}
    if known["shape"] == "link" and embed.shape != "link":  # what an earlier capture only linked to is embedded now
        around: Row = {"context_before": embed.context_before, "context_after": embed.context_after}
        tags = {"context_hashtags": as_json(embed.context_hashtags)}
        better |= {"shape": embed.shape, "position": embed.position, "heading": embed.heading} | around | tags
    sql = "select count(distinct sha256) as different from captures where id in (?, ?)"
    if fetch(c, sql, known["last_capture_id"], capture_id) != {"different": 1}:  # other bytes than before
        better |= {"last_capture_id": capture_id, "position": embed.position}
    update(c, "embeds", known, better)


def _refresh(c: sqlite3.Connection) -> None:
    for statement in _schema.derived():
        c.execute(statement)
    _variants.refresh(c)
    for table in ("touched_posts", "touched_pages", "touched_authors", "touched_hashtags"):
        c.execute(f"delete from {table}")  # noqa: S608
