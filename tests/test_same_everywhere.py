"""One page is one page, whatever way it comes in: a file, the web, a WARC, a WACZ, a HAR, the Wayback Machine."""

from __future__ import annotations

import base64
import gzip
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import brotli
import pytest
from click.testing import CliRunner

from archiver import pipeline, store
from archiver.cli import cli
from archiver.evidence import warcs
from archiver.model import Archived, Embed, Failed, Page, Passed
from archiver.sources import Settings
from archiver.sources.services import wayback
from archiver.verify import verify
from tests import webarchive_server
from tests.pages import HERE
from tests.site import Site, serving
from tests.site.pages import answer
from tests.webarchive_server import Held, Reply


def path_of(file: Path) -> str:
    return "/" + file.relative_to(FOLDER).as_posix()


FOLDER = HERE / "embeds"
FILES = sorted(FOLDER.rglob("*.html"))
SETTINGS = Settings(allow_private=True, delay=0)
FEED = "/forms/feed.html"
PAGES = [file for file in FILES if path_of(file) != FEED]  # of the Wayback Machine's captures, pages alone are read
NOW = datetime.now(UTC)  # a capture older than a post would be odd, and flagged
FAST = wayback.Service(searches_a_minute=60_000, captures_a_second=10_000, pause=0.05, backoff=0.01)
ROWS = """select pages.url, embeds.position, embeds.occurrence, embeds.shape, embeds.html, embeds.text, embeds.handle,
    embeds.author_name, embeds.date_shown, embeds.context_before, embeds.context_after, embeds.heading, embeds.flags,
    posts.key, posts.text, posts.posted_at, posts.permalink
    from embeds join pages on pages.id = page_id join posts on posts.id = post_id order by pages.url, position"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The fixtures, as a server sends them."""
    with serving(["127.0.0.1"]) as site:
        site.answers = {path_of(file): answer(200, file.read_bytes(), "text/html") for file in FILES}
        yield site


@pytest.fixture(scope="module")
def db(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixtures as `archiver archive` fetched and stored them, and the WARC and the WACZ of that."""
    db = tmp_path_factory.mktemp("same") / "news.db"
    (db.parent / "list.txt").write_text("\n".join(site.url(path_of(file)) for file in FILES), encoding="utf-8")
    call("archive", "--urls", str(db.parent / "list.txt"), "--db", str(db), "--allow-private", "--delay", "0")
    call("export", "wacz", "--db", str(db), "--out", str(db.with_suffix(".wacz")))
    return db


def call(*argv: str) -> None:
    told = CliRunner().invoke(cli, argv)
    assert told.exit_code == 0, told.output


def har(site: Site, path: Path) -> None:
    """Writes what a browser's developer tools save of these pages."""
    entries = [
        {
            "startedDateTime": NOW.isoformat(),
            "time": 7,
            "request": {"method": "GET", "url": site.url(path_of(file)), "headers": []},
            "response": {
                "status": 200,
                "headers": [{"name": "Content-Type", "value": "text/html"}],
                "content": {
                    "mimeType": "text/html",
                    "encoding": "base64",
                    "text": base64.b64encode(file.read_bytes()).decode(),
                },
            },
        }
        for file in FILES
    ]
    path.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "us"}, "entries": entries}}))


def pages(outcomes: Iterable[pipeline.Outcome]) -> dict[str, Page]:
    """The pages by the paths of the fixtures that they are."""
    found = {}
    for each in outcomes:
        if isinstance(each, Passed):  # pages without embeds are only counted
            continue
        assert isinstance(each, Archived), each
        path = unquote(urlsplit(each.capture.final_url or each.capture.url or "").path)
        name = FEED if each.capture.source == "feed" else "/" + "/".join(path.split("/")[-2:])
        assert name not in found
        found[name] = each.page
    return found


def embeds(found: dict[str, Page]) -> dict[str, tuple[Embed, ...]]:
    return {name: page.embeds for name, page in found.items() if page.embeds}


def held(site: Site) -> list[Held]:
    stamp = f"{NOW:%Y%m%d%H%M%S}"
    return [Held(site.url(path_of(file)), stamp, file.read_bytes(), "text/html") for file in PAGES]


def wayback_saved(db: Path, archive: webarchive_server.Archive, *wanted: Held) -> list[pipeline.Outcome]:
    """What the Wayback Machine has, or what is wanted of it, stored and kept."""
    service = replace(FAST, cdx_url=archive.cdx_url, replay_url=archive.replay_url)
    records = [wayback.Record(each.url, each.timestamp) for each in wanted or archive.held]
    with closing(store.open_archive(db)) as connection, warcs.Writer(db) as writer:
        run = pipeline.Run(connection, ["wayback"], writer)
        return list(pipeline.save(wayback.read(records, SETTINGS, service=service), run))


@pytest.fixture(scope="module")
def expected() -> dict[str, tuple[Embed, ...]]:
    """What `extract` finds in the files."""
    return embeds(pages(pipeline.extract(map(str, FILES), SETTINGS)))


def test_there_is_something_to_compare(expected: dict[str, tuple[Embed, ...]]) -> None:
    assert len(FILES) > len(expected) >= 100
    assert sum(map(len, expected.values())) > 300


def test_a_page_on_the_web_has_the_embeds_of_the_file(site: Site, expected: dict[str, tuple[Embed, ...]]) -> None:
    found = pages(pipeline.extract((site.url(path_of(file)) for file in FILES), SETTINGS))
    assert embeds(found) == expected


@pytest.mark.parametrize("ending", ["*.warc.gz", "*.wacz"])
def test_what_archive_wrote_has_the_embeds_of_the_file(
    db: Path, ending: str, expected: dict[str, tuple[Embed, ...]]
) -> None:
    (path,) = db.parent.glob(ending)
    assert embeds(pages(pipeline.extract([str(path)], SETTINGS))) == expected


def test_a_har_has_the_embeds_of_the_file(site: Site, tmp_path: Path, expected: dict[str, tuple[Embed, ...]]) -> None:
    har(site, tmp_path / "seen.har")
    assert embeds(pages(pipeline.extract([str(tmp_path / "seen.har")], SETTINGS))) == expected


def test_the_wayback_machine_has_the_embeds_of_the_file_and_what_it_sent_is_kept(
    site: Site, tmp_path: Path, expected: dict[str, tuple[Embed, ...]]
) -> None:
    expected = {name: found for name, found in expected.items() if name != FEED}
    db = tmp_path / "then.db"
    with webarchive_server.serving(*held(site)) as archive:
        assert embeds(pages(wayback_saved(db, archive))) == expected
    with closing(store.open_archive(db)) as connection:
        checked = list(verify(connection, db))
    assert [(each.is_kept, each.findings) for each in checked] == [(True, ())] * len(PAGES)
    (path,) = tmp_path.glob("*.warc.gz")
    assert embeds(pages(pipeline.extract([str(path)], SETTINGS))) == expected


def test_archives_made_of_each_hold_the_same_rows(site: Site, db: Path, tmp_path: Path) -> None:
    har(site, tmp_path / "seen.har")
    (warc,) = db.parent.glob("*.warc.gz")
    expected = rows(db)
    assert len(expected) > 300
    for target in (warc, db.with_suffix(".wacz"), tmp_path / "seen.har"):
        other = tmp_path / f"{target.suffix[1:]}.db"
        call("archive", str(target), "--db", str(other))
        assert rows(other) == expected
    other = tmp_path / "then.db"
    with webarchive_server.serving(*held(site)) as archive:
        wayback_saved(other, archive)
    assert rows(other) == [row for row in expected if not str(row[0]).startswith("ni:")]


CODED: dict[str, Callable[[bytes], bytes]] = {"gzip": partial(gzip.compress, mtime=0), "br": brotli.compress}


@pytest.mark.parametrize("header", ["Content-Encoding", "X-Archive-Orig-Content-Encoding"])
@pytest.mark.parametrize("coding", CODED)
def test_coded_captures_of_the_wayback_machine_are_kept_as_they_came_and_read_back(
    tmp_path: Path, coding: str, header: str
) -> None:
    db, page = tmp_path / "then.db", (FOLDER / "twitter" / "blockquote-paragraphs.html").read_bytes()
    told = (("Memento-Datetime", "x"), ("Content-Type", "text/html"), (header, coding))
    with webarchive_server.serving(Held("https://example.com/story", "20170101000000")) as archive:
        archive.then("replay", Reply(503, b"later"), Reply(200, CODED[coding](page), told))
        (saved,) = wayback_saved(db, archive)
    assert isinstance(saved, Archived)
    assert (saved.capture.body, saved.capture.url) == (page, "https://example.com/story")
    with closing(store.open_archive(db)) as connection:
        assert [(each.is_kept, each.findings) for each in verify(connection, db)] == [(True, ())]
    file, offset, length = saved.capture.warc_file, saved.capture.warc_offset, saved.capture.warc_length
    record = warcs.record_at(tmp_path / str(file), offset or 0, length or 0)
    assert (record.url, record.body, record.header(header)) == (saved.capture.final_url, CODED[coding](page), coding)


def test_a_capture_that_leads_to_another_or_cannot_be_had_is_kept_with_what_was_sent(tmp_path: Path) -> None:
    db = tmp_path / "then.db"
    moved = Held("https://example.com/a", "20170101000000", status=302, location="https://example.com/b")
    with webarchive_server.serving(moved, Held("https://example.com/b", "20170101000000")) as archive:
        (saved,) = wayback_saved(db, archive, moved)
        archive.then("replay", Reply(404, b"<p>Gone"))
        (failed,) = wayback_saved(db, archive, moved)
    assert isinstance(saved, Archived)
    assert isinstance(failed, Failed)
    assert saved.capture.url == "https://example.com/b"
    with closing(store.open_archive(db)) as connection:
        assert [(each.is_kept, each.findings) for each in verify(connection, db)] == [(True, ())] * 2
    bodies = [
        warcs.record_at(tmp_path / str(each.warc_file), each.warc_offset or 0, each.warc_length or 0).body
        for each in (saved.capture, failed)
    ]
    assert bodies == [moved.body, b"<p>Gone"]


def test_a_page_that_is_gone_is_kept_as_the_wayback_machine_has_it(site: Site, tmp_path: Path) -> None:
    db, url = tmp_path / "gone.db", site.url("/nothing")
    with webarchive_server.serving(Held(url, "20170101000000", FILES[0].read_bytes(), "text/html")) as archive:
        service = replace(FAST, cdx_url=archive.cdx_url, replay_url=archive.replay_url)
        settings = replace(SETTINGS, fallback=partial(wayback.nearest, service=service))
        with closing(store.open_archive(db)) as connection, warcs.Writer(db) as writer:
            failed, saved = pipeline.archive([url], settings, pipeline.Run(connection, ["archive"], writer))
    assert isinstance(failed, Failed)
    assert isinstance(saved, Archived)
    assert (saved.capture.url, saved.capture.source) == (url, "wayback")
    with closing(store.open_archive(db)) as connection:
        assert [(each.is_kept, each.findings) for each in verify(connection, db)] == [(True, ())] * 2


@pytest.mark.parametrize("options", [(), ("--no-warc",)])
def test_the_command_keeps_what_the_wayback_machine_sends_unless_told_not_to(
    tmp_path: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "then.db"
    with webarchive_server.serving(Held("https://example.com/story", "20170101000000")) as archive:
        monkeypatch.setenv("ARCHIVER_CDX_URL", archive.cdx_url)
        monkeypatch.setenv("ARCHIVER_REPLAY_URL", archive.replay_url)
        call("wayback", "https://example.com/story", "--db", str(db), "--allow-private", *options)
    assert len(list(tmp_path.glob("then-*.warc.gz"))) == (0 if options else 1)
    with closing(store.open_archive(db)) as connection:
        assert [(each.is_kept, each.findings) for each in verify(connection, db)] == [(not options, ())]


def rows(db: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(ROWS).fetchall()
