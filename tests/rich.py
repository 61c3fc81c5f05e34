"""A rich archive for tests: every fixture of embeds, every answer, pages that change, failures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archiver import readers, store
from archiver.errors import FetchError
from archiver.model import Capture, Failed, FileRead, Post, Unchanged
from archiver.readers import Received
from archiver.store import checks, recoveries, redaction
from archiver.store.checks import Check
from archiver.store.recoveries import Recovery
from archiver.store.redaction import Wanted
from archiver.told import Imported, Relation, Told
from tests.pages import HERE, KINDS, WHEN
from tests.tables import natural

__all__ = ["add", "answers", "changing", "enrich", "fixtures", "make", "rows"]

_MORE = {
    "runs": """select runs.*, resumed.started_at as resumed from runs
        left join runs as resumed on resumed.id = runs.resumes where runs.command <> 'merge'""",
    "captures": """select captures.*, pages.url as page, runs.argv, runs.started_at as run from captures
        join runs on runs.id = run_id left join pages on pages.id = captures.page_id""",
    "embeds": """select embeds.*, pages.url as page, posts.key as post, a.captured_at as since, a.target,
            b.captured_at as until, b.sha256 from embeds
        join pages on pages.id = embeds.page_id join posts on posts.id = embeds.post_id
        join captures as a on a.id = first_capture_id join captures as b on b.id = last_capture_id""",
    "prose_mentions": "select m.*, pages.url as page from prose_mentions as m join pages on pages.id = page_id",
    "answers": """select answers.*, posts.key as post, captures.captured_at, captures.sha256 from answers
        join captures on captures.id = capture_id left join posts on posts.id = post_id""",
    "post_relations": """select kind, own.key as one, other.key as another, captures.sha256 from post_relations
        join posts as own on own.id = post_id join posts as other on other.id = other_post_id
        join captures on captures.id = capture_id""",
    "post_outlets": """select n.*, posts.key as post, domain from post_outlets as n
        join posts on posts.id = post_id join outlets on outlets.id = outlet_id""",
    "post_stats": "select * from post_stats",
    "hashtag_stats": """select hashtag_stats.*, tag from hashtag_stats
        join hashtags on hashtags.id = hashtag_id""",
    "hashtag_spellings": """select hashtag_spellings.*, tag from hashtag_spellings
        join hashtags on hashtags.id = hashtag_id""",
    "posts_to_index": "select * from posts_to_index",
    "checks": """select checks.*, posts.key as post, runs.argv, captures.captured_at from checks
        join posts on posts.id = post_id join runs on runs.id = checks.run_id
        left join captures on captures.id = capture_id""",
    "recoveries": """select recoveries.*, posts.key as post, runs.argv from recoveries
        join posts on posts.id = post_id join runs on runs.id = recoveries.run_id""",
    "redactions": "select * from redactions",
    "settings": "select * from settings",
    "files_read": "select files_read.*, runs.argv from files_read join runs on runs.id = run_id",
}
_LEFT_OUT = ("id", "merged_by", "resumes")


def fixtures() -> Iterator[Capture]:
    """Every fixture of embeds as a page on the web, a few outlets in turn."""
    for number, path in enumerate(sorted(p for p in (HERE / "embeds").rglob("*.*") if p.suffix in KINDS)):
        url = f"https://outlet{number % 5}.example/{path.parent.name}/{path.stem}"
        at = WHEN + timedelta(minutes=number)
        told = Capture(url, path.read_bytes(), KINDS[path.suffix], "web", at, url, url, "utf-8", 200, f'"{number}"')
        yield replace(told, last_modified="Fri, 02 Jan 2026 03:04:05 GMT", seconds=0.25)


def answers() -> Iterator[Capture]:
    """Every answer of a platform, and a page that embeds some of the posts told of."""
    for number, path in enumerate(sorted((HERE / "answers").glob("*/*.json"))):
        case = json.loads(path.read_text(encoding="utf-8"))
        body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
        told = Capture(case["url"], body.encode(), case["media_type"], "warc", WHEN + timedelta(days=1, minutes=number))
        yield replace(told, url=case["url"], final_url=case["url"], warc_file="answers.warc.gz", warc_offset=number)


def changing() -> Iterator[Received]:
    """A page that changes and changes back, is unchanged, one known by http and then https, attempts that fail."""
    quote = (
        '<blockquote class="twitter-tweet"><p>{}</p>&mdash; Ann (@ann_lee) <a href="{}">May 1, 2020</a></blockquote>'
    )
    one, two = (f"https://twitter.com/ann_lee/status/{n}" for n in (1256000000000000001, 1256000000000000002))
    facebook = '<div class="fb-post"><blockquote><p>{}</p>Posted by <a href="#">Bo</a></blockquote></div>'
    states = (
        quote.format("Rain #one", one) + "<p>After #storm</p>" + quote.format("Rain #one", one),
        quote.format("Sun", two) + quote.format("Rain #one, edited", one) + "<p>#other words</p>",
        f'<p>See <a href="{two}">this</a></p>' + quote.format("Rain #one", one),
    )
    url = "https://outlet9.example/changing"
    for day, state in enumerate((*states, states[0])):
        page = f"<html lang=en><title>A story</title><p>She tweeted that it “rains a lot” here.</p>{state}"
        at = WHEN + timedelta(days=3 - day)  # not in the order of time
        yield Capture(url, page.encode(), "text/html", "web", at, url, url, "utf-8", 200, '"1"')
    yield Unchanged(url, WHEN + timedelta(days=9), url, '"1"', seconds=0.5)
    for scheme in ("http", "https"):
        plain = f"<title>Both</title>{facebook.format('Words of Bo')}{quote.format('Not told before', '#')}"
        told = Capture(f"{scheme}://outlet8.example/both", plain.encode(), "text/html", "web", WHEN)
        yield replace(told, url=told.target, final_url=told.target)
    yield Failed(
        "https://outlet9.example/gone", FetchError("https://outlet9.example/gone", "not there", status=404), WHEN
    )
    again = Capture("twice.html", b"<p>Nothing</p>", "text/html", "file", WHEN, "file:///twice.html")
    yield from (again, again)
    signed = (
        "Told before by text alone\n— Ann (@ann_lee) May 1, 2020\n\nNot told before\n— Ann (@ann_lee) May 1, 2020\n"
    )
    yield Capture("notes.txt", signed.encode(), "text/plain", "file", WHEN, "file:///notes.txt")


def make(db: Path, *parts: Sequence[Received]) -> Path:
    """An archive of these, a run for each part."""
    with closing(store.open_archive(db)) as archive:
        for number, part in enumerate(parts):
            add(archive, part, number)
    return db


def enrich(db: Path) -> Path:
    """Adds posts that a dataset tells of, what platforms answered when asked, a redaction, and files read whole."""
    at = WHEN + timedelta(days=40)
    with closing(store.open_archive(db)) as archive:
        run = store.start_run(archive, ["import", "some.jsonl"], "1", at)
        store.save(archive, run, [*imported(), FileRead("/some/crawl.warc.gz", 9, 8, "ab")], embeds_only=True)
        store.finish_run(archive, run, "done", store.Counts(passed=3, files_known=2), at)
        run = store.start_run(archive, ["check"], "1", at)
        asked = archive.execute("select id, permalink from posts where platform = 'twitter' order by id").fetchall()
        for number, (post_id, url) in enumerate(asked):
            body = Capture(f"check {url}", b"{}%d" % number, "application/json", "check", at, url, url)
            outcome = ("gone", "there", "suspended", "error")[number % 4]
            look = Check("oembed", at, outcome, 404, "its words", body if number % 3 else None)
            checks.save(archive, run, run, post_id, [look])
            if number % 4 == 0:
                found = Recovery("nothing", at, 2, note="none of them")
                recoveries.save(archive, run, post_id, found, "wayback")
        archive.execute("insert into check_queue select id, ?, 0, null from posts limit 2", (run,))
        archive.commit()
        refused = Wanted(("twitter:1256000000000000777",), ((None, "nobody_here"),), ("words that nobody wrote",))
        redaction.carry_out(archive, refused, "asked for", at)
        redaction.clean_up(archive)
    return db


def imported() -> Iterator[Imported]:
    """Records of posts that no page embeds: an answer to another post, one known by its address alone, a known one."""
    url = "https://twitter.com/ann_lee/status/125600000000000000{}"
    parent = Post("twitter", "1256000000000000008", url.format(8), handle="bob_k")
    some = (
        Post("twitter", "1256000000000000009", url.format(9), handle="ann_lee", text="Hail #two", hashtags=("two",)),
        Post("facebook", None, "https://www.facebook.com/ann/posts/9", handle="ann", text="Only an address"),
        Post("twitter", "12345", "https://twitter.com/old/status/12345", handle="old", text="From before the clocks"),
        Post("twitter", "1256000000000000001", url.format(1), handle="ann_lee", text="Rain #one, told again"),
    )
    for number, post in enumerate(some):
        capture = Capture(f"some.jsonl#{number}", b"{%d}" % number, "application/json", "import", WHEN)
        relations = (Relation("parent", parent),) if number == 0 else ()
        yield Imported(capture.target, capture, (Told(post, "dataset", relations=relations),), WHEN)


def add(archive: sqlite3.Connection, received: Sequence[Received], number: int = 0) -> None:
    """A run that reads these and ends; the second goes on with the first."""
    begun = WHEN + timedelta(days=30 + number)
    resumes = 1 if number == 1 else None
    run = store.start_run(archive, ["archive", f"part {number}"], "1", begun, resumes)
    counts = store.save(archive, run, filter(None, readers.outcomes(received)))
    store.finish_run(archive, run, "done", counts, begun + timedelta(hours=1))


def rows(archive: sqlite3.Connection) -> dict[str, list[str]]:
    """The rows of every table by what they tell, without the numbers that depend on the order of writing."""
    found = natural(archive)
    for table, sql in _MORE.items():
        cursor = archive.execute(sql)
        names = [d[0] for d in cursor.description]
        kept = [
            {n: v for n, v in zip(names, row, strict=True) if n == "platform_id" or not n.endswith("_id")}
            for row in cursor
        ]
        found[table] = sorted(str({n: v for n, v in row.items() if n not in _LEFT_OUT}) for row in kept)
    return found
