from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.cli.verify import command
from archiver.errors import FetchError
from archiver.evidence import warcs
from archiver.model import Capture, Exchange, Failed, Unchanged
from archiver.verify import KINDS, Finding, verify
from tests.archives import REQUEST, TWEET, add, live, local
from tests.pages import HERE, SHARED, WHEN, capture
from tests.tables import TABLES, all_rows

STORY = f"""<!doctype html><html lang="en"><head><title>A story</title>
<link rel="canonical" href="https://example.com/story"></head><body><p>Words before it.</p>
{TWEET.format(text="Rain again #weather", id=919659438700670976)}<p>Words after it.</p></body></html>"""
OTHER = f"<html><title>Another</title><body>{TWEET.format(text='Sun at last', id=919659438700670977)}"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://example.com/</link>
<item><guid>one</guid><link>/one</link><title>One</title><description>&lt;p&gt;First&lt;/p&gt;</description></item>
<item><guid>two#2</guid><link>/two</link><title>Two</title><description>&lt;p&gt;Second&lt;/p&gt;</description></item>
</channel></rss>"""
URL = "https://example.com/story?x=1"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def archive(db: Path) -> Iterator[sqlite3.Connection]:
    """An archive of two pages on the web, with their WARC."""
    pages = (live(URL, STORY, ways="gzip chunked"), live("https://example.com/other", OTHER, at=5))
    with closing(add(db, pages)) as made:
        yield made


def found(archive: sqlite3.Connection, db: Path) -> list[Finding]:
    return [finding for checked in verify(archive, db) for finding in checked.findings]


def kinds(archive: sqlite3.Connection, db: Path) -> list[str]:
    return [finding.kind for finding in found(archive, db)]


def change(archive: sqlite3.Connection, sql: str) -> None:
    archive.execute("pragma foreign_keys = off")
    archive.execute(sql)
    archive.commit()
    archive.execute("pragma foreign_keys = on")


def warc_of(db: Path) -> Path:
    (path,) = db.parent.glob("*.warc.gz")
    return path


def run(db: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--db", str(db), *arguments])


def test_a_healthy_archive_differs_in_nothing(archive: sqlite3.Connection, db: Path) -> None:
    checked = list(verify(archive, db))
    assert [each.capture_id for each in checked] == [1, 2]
    assert all(each.is_kept and not each.findings for each in checked)


def test_every_fixture_of_ours_is_found_as_it_was(db: Path) -> None:
    with closing(add(db, local(HERE / "embeds"))) as archive:
        checked = list(verify(archive, db))
        assert len(checked) == archive.execute("select count(*) from captures").fetchone()[0] > 150
    assert [each for each in checked if each.findings or not each.is_kept] == []


@pytest.mark.corpus
@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="../shared/corpus is not here")
def test_every_page_of_the_corpus_is_found_as_it_was(db: Path) -> None:
    with closing(add(db, local(SHARED / "corpus" / "pages", SHARED / "corpus" / "warc"))) as archive:
        checked = list(verify(archive, db))
        assert len(checked) > 300
    assert [each for each in checked if each.findings or not each.is_kept] == []


_TEXTS = st.sampled_from(["Rain again #a", "Rain again #a @bob_k", "Sun", ""])
_TWEETS = st.builds(TWEET.format, text=_TEXTS, id=st.sampled_from([919659438700670976, 919659438700670977]))
_SIGNED = st.sampled_from(["Rain again #a", "Sun"]).map(
    lambda text: f"<p>{text}</p><p>— Ann (@ann_lee) May 1, 2020</p>"
)
_HTML = st.lists(_TWEETS | _SIGNED | st.just("<p>Words between.</p>"), max_size=4).map("".join)
_TITLES = st.sampled_from(["", "<title>A</title>", "<title>B</title><meta name=author content=Eve>"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["https://a.example/", "http://a.example/", "https://b.example/x"]), _TITLES, _HTML)
    )
)
def test_however_pages_change_and_agree_nothing_differs(tmp_path: Path, pages: list[tuple[str, str, str]]) -> None:
    received = [live(url, title + html, ways="chunked", at=n * 9) for n, (url, title, html) in enumerate(pages)]
    with closing(add(tmp_path / "a.db", received)) as archive:
        assert found(archive, tmp_path / "a.db") == []
    for path in tmp_path.iterdir():
        path.unlink()


def test_feeds_unchanged_pages_failures_and_standard_input_differ_in_nothing(db: Path, tmp_path: Path) -> None:
    feed = tmp_path / "news.rss"
    feed.write_text(FEED)
    answer = Exchange(URL, b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n", WHEN)
    gone = replace(answer, response=b"HTTP/1.1 404 Not Found\r\n\r\n")
    on_the_web = live("https://example.com/feed", FEED, ways="gzip", kind="application/rss+xml")
    entries = [
        replace(each, target=each.target.replace(str(feed), on_the_web.target), url=each.url, **_fetch(on_the_web))
        for each in local(feed)
        if isinstance(each, Capture)
    ]
    received = [
        live(URL, STORY),
        Unchanged(URL, WHEN, exchanges=(answer,)),
        Failed("https://example.com/gone", FetchError("a", "b", status=404), WHEN, exchanges=(gone,)),
        replace(capture(STORY), target="-", source="stdin"),
        *local(feed),
        *entries,
        replace(entries[0], target="-#one", exchanges=(), captured_at=WHEN),
        live(URL, "", ways="chunked", at=77),
    ]
    assert len(entries) == 2
    with closing(add(db, received)) as archive:
        checked = list(verify(archive, db))
        assert [each for each in checked if each.findings or not each.is_kept] == []
        assert len(checked) == len(received)


def _fetch(capture: Capture) -> dict[str, object]:
    return {name: getattr(capture, name) for name in ("captured_at", "exchanges", "seconds")}


def test_an_archive_of_a_warc_differs_in_nothing(db: Path, tmp_path: Path) -> None:
    with warcs.Writer(tmp_path / "other.db") as writer:
        for page in (live(URL, STORY, ways="gzip chunked"), live("https://example.com/other", OTHER)):
            writer.keep(page)
    (path,) = tmp_path.glob("other-*.warc.gz")
    aside = tmp_path / "elsewhere"
    aside.mkdir()
    path = path.rename(aside / "crawl.warc.gz")
    with closing(add(db, local(path))) as archive:
        assert archive.execute("select count(*) from embeds").fetchone() == (2,)
        checked = list(verify(archive, db))
        assert [(each.is_kept, each.findings) for each in checked] == [(True, ())] * 2
        path.unlink()
        assert kinds(archive, db) == ["missing"] * 2


def test_what_platforms_answered_is_compared_too(db: Path, tmp_path: Path) -> None:
    user = {"id_str": "7", "name": "Ann", "screen_name": "ann_lee"}
    told = {
        "__typename": "Tweet",
        "id_str": "919659438700670976",
        "text": "Rain again #weather, and more",
        "user": user,
    }
    asked = "https://cdn.syndication.twimg.com/tweet-result?id=919659438700670976"
    with warcs.Writer(tmp_path / "other.db") as writer:
        for page in (live(URL, STORY), live(asked, json.dumps(told), ways="gzip", kind="application/json")):
            writer.keep(page)
    (path,) = tmp_path.glob("other-*.warc.gz")
    path = path.rename(tmp_path / "crawl.warc.gz")
    with closing(add(db, local(path))) as archive:
        assert archive.execute("select text from posts").fetchall() == [("Rain again #weather, and more",)]
        assert archive.execute("select count(*) from answers").fetchone() == (1,)
        assert found(archive, db) == []
        change(archive, "update answers set text = 'Sun'")
        (finding,) = found(archive, db)
        assert finding.wrong.startswith("answers.text is 'Sun', the captures tell 'Rain again #weather, and")
        change(archive, "update posts set text = 'Sun'")
        assert {f.wrong.partition(" is ")[0] for f in found(archive, db)} == {"answers.text", "posts.text"}
        change(archive, "update captures set warc_offset = 3 where page_id is null")
        assert kinds(archive, db) == ["bytes"]


def test_bytes_that_were_not_kept_are_no_fault(db: Path) -> None:
    with closing(
        add(db, [live(URL, STORY), replace(capture(STORY), target="-", source="stdin")], keep=False)
    ) as archive:
        assert [(each.is_kept, each.findings) for each in verify(archive, db)] == [(False, ())] * 2
    told = run(db)
    assert (told.exit_code, "2  captures whose bytes were not kept here" in told.output) == (0, True)


def test_a_flipped_byte_is_found(archive: sqlite3.Connection, db: Path) -> None:
    ((offset, length),) = archive.execute("select warc_offset, warc_length from captures where id = 1")
    path = warc_of(db)
    data = bytearray(path.read_bytes())
    data[offset + length // 2] ^= 1
    path.write_bytes(data)
    (finding,) = found(archive, db)
    assert (finding.kind, finding.thing, finding.capture_id) == ("bytes", URL, 1)
    assert f"{path.name} at byte {offset}" in finding.wrong
    assert run(db).exit_code == 1


def test_a_deleted_warc_is_found(archive: sqlite3.Connection, db: Path) -> None:
    path = warc_of(db)
    path.unlink()
    findings = found(archive, db)
    assert [f.kind for f in findings] == ["missing", "missing"]
    assert f"{path}: no such file" in findings[0].wrong


def test_a_warc_that_is_cut_short_is_found(archive: sqlite3.Connection, db: Path) -> None:
    path = warc_of(db)
    ((offset,),) = archive.execute("select warc_offset from captures where id = 2")
    path.write_bytes(path.read_bytes()[: offset + 20])
    (finding,) = found(archive, db)
    assert (finding.kind, finding.capture_id) == ("bytes", 2)
    assert "the file ends before the record does" in finding.wrong


CHANGES = (
    ("update embeds set text = 'Sun again' where id = 1", "row", "embeds.text is 'Sun again', the captures tell 'Rain"),
    ("update embeds set html = replace(html, 'Rain', 'Snow') where id = 1", "row", "embeds.html"),
    ("update embeds set handle = 'bob' where id = 1", "row", "embeds.handle is 'bob', the captures tell 'ann_lee'"),
    ("update embeds set context_before = null where id = 1", "row", "embeds.context_before is nothing, the captures"),
    ("update embeds set flags = '[\"x\"]' where id = 2", "row", "embeds.flags"),
    ("update embeds set position = 7 where id = 2", "row", "embeds.position is 7, the captures tell 1"),
    ("update embeds set shape = 'link' where id = 2", "row", "embeds.shape"),
    ("update embeds set last_capture_id = 2 where id = 1", "row", "embeds.last_capture_id is 2, the captures tell 1"),
    ("update pages set title = 'A better story' where id = 1", "row", "pages.title is 'A better story', the captures"),
    (
        "update pages set outlet_id = null where id = 1",
        "row",
        "pages.outlet is nothing, the captures tell 'example.com'",
    ),
    (
        "update posts set text = 'x' where platform_id = '919659438700670976'",
        "row",
        "posts.text is 'x', the captures tell",
    ),
    ("update posts set posted_at = '2001-01-01T00:00:00Z' where platform_id like '%6'", "row", "posts.posted_at"),
    ("update authors set handle_key = 'eve'", "row", "posts.author is 'eve', the captures tell 'ann_lee'"),
    ("update captures set sha256 = replace(sha256, substr(sha256, 1, 1), 'x') where id = 1", "row", "captures.sha256"),
    ("update captures set bytes = bytes + 1 where id = 1", "row", "captures.bytes is not how many there are"),
    ("update captures set status = 203 where id = 1", "row", "captures.status is not that of the record"),
    ("update captures set page_id = 2 where id = 1", "row", "captures.page_id is 'https://example.com/other'"),
    ("update captures set warc_offset = warc_offset + 1 where id = 1", "bytes", "is no record"),
    ("update captures set warc_length = warc_length - 1 where id = 1", "bytes", "is cut short"),
    ("update captures set warc_offset = null where id = 2", "record", "the record is a warcinfo"),
    ("update captures set warc_file = 'b.warc.gz' where id = 2", "missing", "b.warc.gz: no such file"),
    (
        "update captures set captured_at = '2020-01-01T00:00:00Z' where id = 2",
        "record",
        "the record is of 2026-01-02T03",
    ),
    (
        "update captures set url = 'https://x.y/', final_url = null, target = 'z' where id = 2",
        "record",
        "the record is of",
    ),
    (
        "update captures set (warc_offset, warc_length) = (select warc_offset, warc_length from captures where id = 2)",
        "record",
        "the record is of https://example.com/other",
    ),
)


@pytest.mark.parametrize(("sql", "kind", "wrong"), CHANGES, ids=[sql[:60] for sql, _, _ in CHANGES])
def test_a_changed_row_is_found(archive: sqlite3.Connection, db: Path, sql: str, kind: str, wrong: str) -> None:
    change(archive, sql)
    findings = found(archive, db)
    assert any(f.kind == kind and wrong in f.wrong for f in findings), findings
    assert run(db).exit_code == 1


@pytest.mark.parametrize("table", ["embeds", "posts", "pages", "captures"])
def test_a_deleted_row_is_found(archive: sqlite3.Connection, db: Path, table: str) -> None:
    change(archive, f"delete from {table} where id = (select min(id) from {table})")
    findings = found(archive, db)
    assert {f.kind for f in findings} <= {"row", "database"}
    assert findings


def test_an_added_row_is_found(archive: sqlite3.Connection, db: Path) -> None:
    columns = [
        name for _, name, *_ in archive.execute("pragma table_info (embeds)") if name not in ("id", "occurrence")
    ]
    names = ", ".join(columns)
    change(archive, f"insert into embeds (occurrence, {names}) select 2, {names} from embeds where id = 1")
    (finding,) = found(archive, db)
    assert (finding.kind, finding.wrong) == ("row", "is in embeds, but no capture tells it")


def test_what_another_version_wrote_is_told_apart(db: Path) -> None:
    with closing(add(db, [live(URL, STORY)], version="0.0.1")) as archive:
        assert found(archive, db) == []
        change(archive, "update embeds set text = 'as it was read then'")
        (finding,) = found(archive, db)
    assert (finding.kind, finding.told) == ("extractor", "Rain again #weather")


def test_a_local_file_that_changed_or_went_is_told_apart(db: Path, tmp_path: Path) -> None:
    for name in ("a b.html", "c.html", "d.html"):
        (tmp_path / name).write_text(STORY)
    (tmp_path / "e#1.rss").write_text(FEED)
    with closing(add(db, local(*(tmp_path / n for n in ("a b.html", "c.html", "d.html", "e#1.rss"))))) as archive:
        assert found(archive, db) == []
        (tmp_path / "a b.html").write_text(STORY + " ")
        (tmp_path / "c.html").unlink()
        (tmp_path / "e#1.rss").write_text(FEED.replace("Second", "Changed"))
        findings = found(archive, db)
        assert [(f.kind, f.capture_id) for f in findings] == [("file", 1), ("missing", 2), ("file", 5)]


def test_what_rests_on_a_capture_that_is_gone_is_not_doubted(db: Path) -> None:
    """One page knows a post by its text alone, another tells its id: without the second, the first is another post."""
    signed = "<p>Rain again #weather</p><p>— Ann (@ann_lee) May 1, 2020</p>"
    pages = [live("https://example.com/a", signed), live("https://example.com/b", STORY.replace("story", "b"), at=9)]
    with closing(add(db, pages)) as archive:
        assert found(archive, db) == []
        change(archive, "update captures set warc_file = 'gone.warc.gz' where id = 2")
        assert kinds(archive, db) == ["missing"]


def test_a_damaged_database_is_found(archive: sqlite3.Connection, db: Path) -> None:
    change(archive, "update embeds set post_id = 7 where id = 1")
    findings = found(archive, db)
    assert ("database", "row 1 of embeds refers to a row of posts that is not there") in [
        (f.kind, f.wrong) for f in findings
    ]


def test_verifying_changes_nothing_and_can_be_repeated(archive: sqlite3.Connection, db: Path) -> None:
    tables = ("captures", "runs", *TABLES)
    before = all_rows(archive, *tables)
    change(archive, "update pages set title = 'x' where id = 1")
    assert kinds(archive, db) == kinds(archive, db) == ["row"]
    change(archive, "update pages set title = 'A story' where id = 1")
    assert kinds(archive, db) == []
    assert all_rows(archive, *tables) == before
    assert "rebuilt" not in [name for _, name, _ in archive.execute("pragma database_list")]


def test_what_is_written_meanwhile_is_not_compared(archive: sqlite3.Connection, db: Path) -> None:
    checking = verify(archive, db)
    first = next(checking)
    add(db, [live("https://example.com/late", STORY.replace("story", "late"), at=50)]).close()
    assert [each.capture_id for each in (first, *checking) if not each.findings] == [1, 2]


def test_the_command_prints_what_differs_by_kind(archive: sqlite3.Connection, db: Path) -> None:
    assert run(db).output == f"2 captures in {db} read back: nothing differs\n"
    change(archive, "update pages set title = 'x' || char(27)")
    told = run(db, "--show", "1").output
    assert f"2  row: {KINDS['row']}\n" in told
    assert told.count("pages.title is 'x\\x1b'") == 1
    assert told.endswith(f"2 captures in {db} read back: 2 findings\n")


def test_the_command_prints_json_for_programs(archive: sqlite3.Connection, db: Path) -> None:
    change(archive, "update pages set title = 'x' where id = 1")
    told = run(db, "--json")
    result = json.loads(told.stdout)
    assert told.exit_code == 1
    assert (result["captures"], result["not_kept"], result["found"]) == (2, 0, {"row": 1})
    (finding,) = result["findings"]
    assert (finding["stored"], finding["told"], finding["thing"]) == ("x", "A story", "https://example.com/story")


def test_an_archive_that_is_not_there_is_not_made(db: Path) -> None:
    told = run(db)
    assert (told.exit_code, db.exists()) == (1, False)
    assert f"{db}: no such archive" in told.output


def test_memory_does_not_grow_with_the_archive(db: Path) -> None:
    """Twice 6 MB of pages: reading the second half takes no more than the first did."""
    pages = [
        live(f"https://example.com/{n}", STORY.replace("story", str(n)) + "x" * 20_000, at=n * 9) for n in range(600)
    ]
    add(db, pages).close()
    program = """if True:
        import resource, sys
        from pathlib import Path
        from archiver import store
        from archiver.verify import verify
        def used(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        archive = store.open_archive(sys.argv[1])
        for number, checked in enumerate(verify(archive, Path(sys.argv[1]))):
            assert not checked.findings
            if number == 300: half = used()
        print(number, used() - half)
    """
    told = subprocess.run([sys.executable, "-c", program, str(db)], capture_output=True, text=True, check=True).stdout
    number, grown = map(int, told.split())
    assert number == 599
    assert grown < 6_000  # KiB


def test_a_failure_long_after_its_last_answer_and_heads_of_bare_line_feeds_differ_in_nothing(db: Path) -> None:
    moved = Exchange(URL, REQUEST, b"HTTP/1.1 302 Found\r\nLocation: http://b.example/\r\n\r\n", WHEN)
    late = Failed(URL, FetchError(URL, "no"), WHEN + timedelta(minutes=5), exchanges=(moved,), seconds=0.5)
    page = live("https://example.com/bare", STORY)
    (exchange,) = page.exchanges
    bare = replace(exchange, response=exchange.response.replace(b"\r\n", b"\n"))
    with closing(add(db, [late, replace(page, exchanges=(bare,))])) as archive:
        assert found(archive, db) == []
