from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver import merging, readers, store
from archiver.cli import cli
from archiver.merging import Merge
from archiver.model import Capture
from archiver.readers import Received
from archiver.store import _schema, deletions, outcomes, redaction
from archiver.store.captures import stored
from archiver.store.redaction import Wanted
from tests import rich
from tests.imports import samples
from tests.pages import WHEN
from tests.tables import problems

PARTS = (list(rich.fixtures()), list(rich.answers()), list(rich.changing()))
_ORDERED = "posts embeds hashtags post_hashtags page_hashtags mentions links media variants post_outlets".split()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of all there is, of several runs."""
    return rich.enrich(rich.make(tmp_path_factory.mktemp("rich") / "whole.db", *PARTS))


def merge(db: Path, *others: Path) -> Merge:
    with closing(store.open_archive(db)) as archive:
        into = Merge(archive, db, ["merge", *map(str, others)])
        for other in others:
            assert sum(merging.merge(other, into)) <= into.total
        return into


def rows(db: Path) -> dict[str, list[str]]:
    with closing(store.open_archive(db)) as archive:
        assert problems(archive) == []
        return rich.rows(archive)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["merge", *map(str, arguments)])


def one(db: Path, sql: str) -> tuple[object, ...]:
    with closing(sqlite3.connect(db)) as archive:
        (row,) = archive.execute(sql).fetchall()
    return tuple(row)


def test_every_table_is_merged_or_made_anew(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as archive:
        tables = {name for (name,) in archive.execute("select name from sqlite_master where type = 'table'")}
    own = {t for t in tables if not t.startswith(("sqlite_", "_sqlite", "posts_fts", "pages_fts"))}
    assert own == outcomes.MERGED | outcomes.DERIVED | outcomes.LOCAL
    with closing(store.open_archive(whole)) as archive:
        told = rich.rows(archive)
    assert set(told) == own - outcomes.LOCAL
    assert all(told[table] for table in own - outcomes.LOCAL - {"settings", "posts_to_index"})


def test_merging_into_an_empty_archive_gives_the_same_rows(whole: Path, tmp_path: Path) -> None:
    into = merge(tmp_path / "new.db", whole)
    assert rows(tmp_path / "new.db") == rows(whole)
    assert into.captures == into.total > 200


def test_posts_of_a_dataset_come_along_though_no_page_embeds_them(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, tmp_path / "one.db")
    tweets = samples.written(tmp_path / "tweets.jsonl", samples.tweet(), samples.flattened())
    (tmp_path / "urls.txt").write_text("https://www.youtube.com/watch?v=dQw4w9WgXcQ\nhttps://vk.com/wall1_2\n")
    with closing(store.open_archive(tmp_path / "one.db")) as archive:
        _, told = samples.imported(archive, tweets, tmp_path / "urls.txt")
    assert told.posts_new > 3
    into = merge(tmp_path / "new.db", tmp_path / "one.db")
    assert rows(tmp_path / "new.db") == rows(tmp_path / "one.db")
    assert into.counts.posts_new >= told.posts_new
    assert merge(tmp_path / "new.db", tmp_path / "one.db").counts.posts_new == 0


def test_merging_again_adds_nothing(whole: Path, tmp_path: Path) -> None:
    merge(tmp_path / "new.db", whole)
    before = rows(tmp_path / "new.db"), one(tmp_path / "new.db", "select count(*) from runs")
    counts = merge(tmp_path / "new.db", whole).counts
    assert (rows(tmp_path / "new.db"), one(tmp_path / "new.db", "select count(*) from runs")) == before
    assert replace(counts, posts_known=0) == store.Counts()


def test_runs_come_with_it_and_name_the_merge(whole: Path, tmp_path: Path) -> None:
    merge(tmp_path / "new.db", whole)
    with closing(sqlite3.connect(tmp_path / "new.db")) as archive:
        told = archive.execute("select id, command, outcome, resumes, merged_by from runs").fetchall()
    assert told == [
        (1, "merge", "done", None, None),
        (2, "archive", "done", None, 1),
        (3, "archive", "done", 2, 1),
        (4, "archive", "done", None, 1),
        (5, "import", "done", None, 1),
        (6, "check", None, None, 1),
    ]


def test_two_archives_in_either_order_give_the_same(tmp_path: Path) -> None:
    one = rich.make(tmp_path / "one.db", PARTS[0][::2], PARTS[1])
    two = rich.make(tmp_path / "two.db", PARTS[0][1::2] + PARTS[0][:20], PARTS[2])
    merge(tmp_path / "a.db", one, two)
    merge(tmp_path / "b.db", two, one)
    a, b = rows(tmp_path / "a.db"), rows(tmp_path / "b.db")
    assert {table: a[table] for table in _ORDERED if table != "embeds"} == {t: b[t] for t in _ORDERED if t != "embeds"}
    assert shown(tmp_path / "a.db") == shown(tmp_path / "b.db")
    assert len(a["captures"]) == len(b["captures"]) > len(rows(one)["captures"])


def shown(db: Path) -> list[str]:
    """Embeds, without which of two captures of the same bytes they are said to stand in."""
    with closing(sqlite3.connect(db)) as archive:
        sql = """select url, key, occurrence, embeds.position, shape, embeds.text, handle, context_before, flags, html
            from embeds join pages on pages.id = page_id join posts on posts.id = post_id"""
        return sorted(map(str, archive.execute(sql)))


def test_merging_is_as_archiving_all_in_one(tmp_path: Path) -> None:
    """Of pages in one archive each, whatever they tell of the same posts."""
    one, two = rich.make(tmp_path / "1.db", PARTS[0][::2]), rich.make(tmp_path / "2.db", PARTS[0][1::2])
    both = rich.make(tmp_path / "both.db", PARTS[0][::2], PARTS[0][1::2])
    merge(one, two)
    merged, archived = rows(one), rows(both)
    assert {t: merged[t] for t in _ORDERED if t != "embeds"} == {t: archived[t] for t in _ORDERED if t != "embeds"}
    assert shown(one) == shown(both)


_TEXTS = st.sampled_from(["Rain #One", "Sun", "rain #one", "Rain #One and more"])
_QUOTES = st.builds(
    '<blockquote class="twitter-tweet"><p>{}</p>&mdash; {} (@{}) <a href="{}">May 1, 2020</a></blockquote>#{}'.format,
    _TEXTS,
    st.sampled_from(["Ann", "Bob"]),
    st.sampled_from(["ann", "Ann", "bob"]),
    st.sampled_from(["#", *(f"https://twitter.com/ann/status/125600000000000000{n}" for n in (1, 2))]),
    st.sampled_from(["x", "Y"]),
)
_PAGES = st.lists(st.tuples(st.integers(0, 3), st.lists(_QUOTES, min_size=1, max_size=3)), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_PAGES)
def test_whatever_pages_tell_and_however_they_change_nothing_is_lost(
    tmp_path: Path, pages: list[tuple[int, list[str]]]
) -> None:
    for old in tmp_path.glob("*.db*"):
        old.unlink()
    made = rich.make(tmp_path / "made.db", captures(pages))
    merge(tmp_path / "new.db", made)
    assert rows(tmp_path / "new.db") == rows(made)
    merge(tmp_path / "new.db", made)
    assert rows(tmp_path / "new.db") == rows(made)


def captures(pages: list[tuple[int, list[str]]]) -> list[Received]:
    urls = [f"https://a.example/{number}" for number, _ in pages]
    bodies = ["<p>Words</p>".join(quotes).encode() for _, quotes in pages]
    return [Capture(u, b, "text/html", "web", WHEN, u, u) for u, b in zip(urls, bodies, strict=True)]


def test_an_archive_that_has_grown_is_merged_again(whole: Path, tmp_path: Path) -> None:
    grown = rich.make(tmp_path / "grown.db", PARTS[0])
    merge(tmp_path / "new.db", grown)
    with closing(store.open_archive(grown)) as archive:
        rich.add(archive, PARTS[1], 1)
        rich.add(archive, PARTS[2], 2)
    rich.enrich(grown)
    merge(tmp_path / "new.db", grown)
    assert (merged := rows(tmp_path / "new.db")) == rows(grown)
    assert merged | {"redactions": []} == rows(whole) | {"redactions": []}  # their salt is random


def test_what_is_known_here_already_is_not_erased(tmp_path: Path) -> None:
    url = "https://a.example/story"
    page = "<title>{}</title><p>{}</p>"
    mine = Capture(url, page.format("Mine", "#one").encode(), "text/html", "web", WHEN, url, url)
    theirs = replace(mine, body=b"<meta name=author content='Ann Lee'>" + page.format("Theirs", "#two").encode())
    db, other = rich.make(tmp_path / "mine.db", [mine]), rich.make(tmp_path / "theirs.db", [theirs])
    merge(db, other)
    assert one(db, "select title, byline, hashtags from pages") == ("Mine", "Ann Lee", '["one","two"]')


def test_a_killed_merge_keeps_whole_batches_and_is_ended_by_another(whole: Path, tmp_path: Path) -> None:
    program = f"""if True:
        import os, signal
        from pathlib import Path
        from archiver import merging, store
        merging._BATCH = 20
        db = Path({str(tmp_path / "new.db")!r})
        into = merging.Merge(store.open_archive(db), db, ["merge"])
        for number, _ in enumerate(merging.merge(Path({str(whole)!r}), into)):
            if number == 4:
                os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", program], check=False, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert killed.returncode == -signal.SIGKILL
    assert 0 < len(rows(tmp_path / "new.db")["captures"]) < len(rows(whole)["captures"])
    assert one(tmp_path / "new.db", "select outcome from runs where command = 'merge'") == (None,)
    merge(tmp_path / "new.db", whole)
    assert rows(tmp_path / "new.db") == rows(whole)


def test_an_interrupted_run_of_another_archive_is_not_resumed_here(tmp_path: Path) -> None:
    db = rich.make(tmp_path / "new.db", PARTS[2])
    with closing(store.open_archive(tmp_path / "other.db")) as other:
        begun = store.start_run(other, ["archive"], "1", WHEN)
        store.save(other, begun, filter(None, readers.outcomes(PARTS[0][:3])))
    merge(db, tmp_path / "other.db")
    with closing(store.open_archive(db)) as archive, closing(store.Attempts(db, 1)) as attempts:
        assert store.interrupted(archive, "archive") is None
        assert attempts.is_done("notes.txt")
        assert not attempts.is_done(PARTS[0][0].target)


def test_an_older_archive_is_merged_and_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "db"
    shutil.copytree(Path(__file__).parents[1] / "db", older)
    (older / "migrations" / "0006_merged_runs.sql").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(_schema, "_sql", lambda: older)
        with closing(store.open_archive(tmp_path / "old.db")) as archive:
            run_id = store.start_run(archive, ["archive"], "0", WHEN)
            page = readers.outcome(PARTS[0][3])  # type: ignore[arg-type]
            archive.execute("alter table runs add column merged_by integer")
            store.save(archive, run_id, [page])
            archive.execute("alter table runs drop column merged_by")
    before = (tmp_path / "old.db").read_bytes()
    assert merge(tmp_path / "new.db", tmp_path / "old.db").counts.pages == 1
    assert (tmp_path / "old.db").read_bytes() == before


@pytest.mark.parametrize(
    ("make", "wrong"),
    [
        (lambda _: None, "no such archive"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.write_text("words " * 500), "is no database"),
        (
            lambda path: sqlite3.connect(path).executescript("create table a (b)").close(),
            "is a database, but no archive",
        ),
        (lambda path: newer(path), "was made by a newer version"),
        (lambda path: damaged(path), "cannot be read: database disk image is malformed"),
        (lambda path: odd(path), "holds a row that cannot be read"),
    ],
    ids="missing empty text other newer damaged odd".split(),
)
def test_what_is_no_archive_is_refused_with_its_reason(tmp_path: Path, make: object, wrong: str) -> None:
    make(tmp_path / "other.db")  # type: ignore[operator]
    told = run(tmp_path / "other.db", "--db", tmp_path / "new.db")
    assert told.exit_code == 1
    assert f"Error: {tmp_path / 'other.db'}: {wrong}" in told.output
    assert rows(tmp_path / "new.db")["captures"] == []


def newer(path: Path) -> None:
    with closing(store.open_archive(path)) as archive:
        archive.execute("update _sqlite_migrations set name = '9999_later' where name like '0001%'")
        archive.commit()


def damaged(path: Path) -> None:
    rich.make(path, PARTS[2])
    with closing(sqlite3.connect(path)) as archive:
        (root,) = archive.execute("select rootpage from sqlite_master where name = 'embeds'").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * 8192)
        file.write(b"\xff" * 8192)


def odd(path: Path) -> None:
    rich.make(path, PARTS[2])
    with closing(sqlite3.connect(path)) as archive:
        archive.execute("update embeds set told = '{' where told is not null")
        archive.commit()


def test_columns_that_we_do_not_know_are_left_out(tmp_path: Path) -> None:
    other = rich.make(tmp_path / "other.db", PARTS[2])
    wanted = rows(other)
    with closing(sqlite3.connect(other)) as archive:
        for table in ("runs", "captures", "pages", "posts", "embeds", "authors", "answers"):
            archive.execute(f'alter table {table} add column "note) values (1); --" text default 1')
    merge(tmp_path / "new.db", other)
    assert rows(tmp_path / "new.db") == wanted


@pytest.mark.parametrize("is_here", [False, True], ids=["there", "here"])
def test_what_either_archive_redacted_is_in_neither(tmp_path: Path, *, is_here: bool) -> None:
    one, two = rich.make(tmp_path / "one.db", PARTS[2]), rich.make(tmp_path / "two.db", PARTS[2])
    wanted = Wanted(posts=("twitter:1256000000000000001",), authors=(("facebook", "ann"),))
    with closing(store.open_archive(one)) as archive:
        redaction.carry_out(archive, wanted, None, WHEN)
        redaction.clean_up(archive)
        assert b"Rain #one" not in one.read_bytes()
    rich.enrich(two)
    db, other = (one, two) if is_here else (two, one)
    into = merge(db, other)
    assert ("twitter:1256000000000000001" in into.redacted) is not is_here
    assert b"Rain #one" not in b"".join(path.read_bytes() for path in tmp_path.glob(f"{db.name}*"))
    with closing(store.open_archive(db)) as archive:
        assert redaction.again(archive) == Wanted()
        keys = [key for (key,) in archive.execute("select key from posts")]
        assert archive.execute("select 1 from authors where handle_key = 'ann'").fetchone() is None
    assert "twitter:1256000000000000002" in keys
    assert "twitter:1256000000000000001" not in keys
    before = rows(db)
    assert merge(db, other).redacted == []
    assert rows(db) == before


def test_what_either_archive_hides_is_hidden(tmp_path: Path) -> None:
    one, two = rich.make(tmp_path / "one.db", PARTS[2]), rich.make(tmp_path / "two.db", PARTS[2][:1])
    for db, status in ((one, "gone"), (two, "suspended")):
        with closing(store.open_archive(db)) as archive:
            deletions.honour(archive, (status,))
    merge(one, two)
    with closing(store.open_archive(one)) as archive:
        assert deletions.honoured(archive) == ("gone", "suspended")


def test_an_archive_is_not_merged_into_itself(whole: Path) -> None:
    before = whole.read_bytes()
    for name in (whole, whole.parent / ".." / whole.parent.name / whole.name):
        told = run(name, "--db", whole)
        assert (told.exit_code, "is the archive to merge into" in told.output) == (1, True)
    assert whole.read_bytes() == before


def test_the_command_tells_what_was_new_and_which_bytes_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    other = rich.make(tmp_path / "far" / "other.db", PARTS[2])
    with closing(sqlite3.connect(other)) as archive:
        archive.execute("update captures set warc_file = 'other-1.warc.gz'")
        archive.commit()
    (tmp_path / "far" / "other-1.warc.gz").touch()
    told = run(other, "--db", tmp_path / "new.db")
    assert told.exit_code == 0
    assert told.output.splitlines()[-1] == f"  cp {tmp_path / 'far' / 'other-1.warc.gz'} {tmp_path}/"
    again = json.loads(run(other, "--db", tmp_path / "new.db", "--json").stdout)
    assert again["warcs"] == [str(tmp_path / "far" / "other-1.warc.gz")]
    assert (again["captures"], again["pages"], again["embeds"], again["posts_new"]) == (len(PARTS[2]), 0, 0, 0)


def test_captures_stand_in_the_order_of_the_other_archive(whole: Path, tmp_path: Path) -> None:
    merge(tmp_path / "new.db", whole)
    told: list[Sequence[object]] = []
    for db in (whole, tmp_path / "new.db"):
        with closing(store.open_archive(db)) as archive:
            told.append([(each.target, each.captured_at, each.sha256) for each in stored(archive)])
    assert told[0] == told[1]
