from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archiver import pipeline, store
from archiver.errors import ArchiverError, FetchError, TargetError, UnreadableError
from archiver.model import Archived, Failed
from archiver.pipeline import Counts, Run
from archiver.sources import Settings
from tests.tables import all_rows, natural, problems

ROOT = Path(__file__).parents[1]
PRIVATE = Settings(timeout=5, allow_private=True)


def article(number: int, *, embeds: int = 2) -> str:
    """A page that embeds posts, some of them known to other pages too, with a hashtag in its prose."""
    ids = [number * 7 + n + 1 for n in range(embeds - 1)] + [number // 3] if embeds else []
    quotes = "".join(
        f"""<p>The pond froze over, and the birds #Moved{n % 5} on.</p>
        <blockquote class="twitter-tweet"><p lang="en">Heron {n} at the pond #Herons @ole_s</p>&mdash; Nora Berg
        (@nora_b) <a href="https://twitter.com/nora_b/status/{1500000000000000000 + n * 10**9}">March 5, 2022</a>
        </blockquote>"""
        for n in ids
    )
    # and one whose id this page does not tell, but another does
    unnamed = f"""<blockquote class="twitter-tweet"><p>Heron {number // 3 + 20} at the pond #Herons @ole_s</p>
        &mdash; Nora (@Nora_B) March 5, 2022</blockquote>"""
    return f"""<!doctype html><title>Herons {number}</title>
        <link rel="canonical" href="https://news.example/{number}"><article>{quotes}{unnamed}</article>"""


def folder(path: Path, numbers: range) -> Path:
    path.mkdir()
    for number in numbers:
        (path / f"{number:04}.html").write_text(article(number))
    return path


def archive(db: Path, *targets: object, settings: Settings = PRIVATE) -> tuple[list[Archived | Failed], Counts]:
    """What became of each target, stored in an archive."""
    with closing(store.open_archive(db)) as opened:
        run = Run(opened, ["archive", *map(str, targets)])
        return list(pipeline.archive(map(str, targets), settings, run)), run.counts


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "archive.db"
    yield path
    assert trouble(path) == []


def trouble(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return problems(opened)


def tables(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as opened:
        return natural(opened)


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as opened:
        return opened.execute(sql).fetchall()


def test_one_bad_target_stops_no_other(tmp_path: Path, db: Path) -> None:
    saved = folder(tmp_path / "saved", range(3))
    (saved / "0001.html").write_bytes(b"")
    alone = tmp_path / "alone.html"
    alone.write_text(article(9))
    outcomes, counts = archive(db, tmp_path / "missing.html", saved, tmp_path / "gone", alone)
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Failed",
        "Archived",
        "Failed",
        "Archived",
        "Failed",
        "Archived",
    ]
    assert [o.target for o in outcomes if isinstance(o, Failed)] == [
        str(tmp_path / "missing.html"),
        str(saved / "0001.html"),
        str(tmp_path / "gone"),
    ]
    assert (counts.pages, counts.failures) == (3, 3)
    assert ask(db, "select url from pages order by id") == [(f"https://news.example/{n}",) for n in (0, 2, 9)]


def test_failures_become_captures_in_the_order_of_targets(tmp_path: Path, db: Path) -> None:
    good = tmp_path / "good.html"
    good.write_text(article(1))
    outcomes, _ = archive(db, tmp_path / "missing.html", good, "ftp://news.example/")
    errors = [str(o.error) if isinstance(o, Failed) else None for o in outcomes]
    assert [error is None for error in errors] == [False, True, False]
    found = ask(db, "select target, error from captures order by id")
    assert found == [(outcome.target, error) for outcome, error in zip(outcomes, errors, strict=True)]
    assert ask(db, "select outcome, n_pages, n_embeds, n_failures from runs") == [("done", 1, 3, 2)]
    assert ask(db, "select count(*) from captures where error is not null and (sha256 or page_id or bytes)") == [(0,)]


def a_folder_without_pages(path: Path) -> None:
    path.mkdir()
    (path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (path / ".hidden.html").write_text(article(1))


BAD: dict[str, tuple[str, Callable[[Path], object], type[ArchiverError], str]] = {
    "missing": ("x.html", lambda path: None, TargetError, "no such file or folder (check the spelling"),  # noqa: ARG005
    "empty": ("x.html", lambda path: path.touch(), UnreadableError, "is empty (nothing to archive)"),
    "blank": ("x.txt", lambda path: path.write_text(" \n\t\n"), UnreadableError, "is empty (nothing to archive)"),
    "picture": (
        "x.html",
        lambda path: path.write_bytes(b"\x89PNG\r\n"),
        UnreadableError,
        "is a PNG picture, not a page",
    ),
    "binary": ("x.txt", lambda path: path.write_bytes(bytes(range(256))), UnreadableError, "is binary, not a page"),
    "archive": ("x.db", lambda path: store.open_archive(path).close(), UnreadableError, "is a SQLite database"),
    "no pages": ("x", a_folder_without_pages, TargetError, "holds no page (files that end in .html"),
    "dangling": ("x.html", lambda path: path.symlink_to("nowhere"), TargetError, "is no file"),
}


@pytest.mark.parametrize(("name", "create", "kind", "message"), BAD.values(), ids=BAD.keys())
def test_a_target_that_holds_no_page_says_why(
    tmp_path: Path, db: Path, name: str, create: Callable[[Path], object], kind: type[ArchiverError], message: str
) -> None:
    target = tmp_path / name
    create(target)
    (outcome,), counts = archive(db, target)
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is kind
    assert str(outcome.error).startswith(f"{target}: {message}")
    assert counts == Counts(failures=1)


def test_a_refused_connection_says_so(db: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/story"
    (outcome,), _ = archive(db, url)
    assert isinstance(outcome, Failed)
    assert type(outcome.error) is FetchError
    assert str(outcome.error).startswith(f"{url}: ")
    assert "refused" in str(outcome.error)


def test_a_private_address_is_not_asked_unless_allowed(db: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/story"
        (outcome,), _ = archive(db, url, settings=Settings(timeout=5))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert isinstance(outcome, Failed)
    assert "--allow-private" in str(outcome.error)


def test_archiving_again_changes_no_post(tmp_path: Path, db: Path) -> None:
    saved = folder(tmp_path / "saved", range(20))
    archive(db, saved)
    with closing(sqlite3.connect(db)) as opened:
        before = all_rows(opened)
    _, counts = archive(db, saved)
    with closing(sqlite3.connect(db)) as opened:
        assert all_rows(opened) == before
    assert counts.posts_new == 0
    assert ask(db, "select count(*), count(distinct sha256) from captures") == [(40, 20)]


def test_a_caller_who_stops_early_leaves_a_run_that_says_so(tmp_path: Path, db: Path) -> None:
    saved = folder(tmp_path / "saved", range(101))  # one more than a batch holds
    with closing(store.open_archive(db)) as opened:
        outcomes = pipeline.archive([str(saved)], PRIVATE, Run(opened, ["archive"]))
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]
    assert ask(db, "select outcome, n_pages from runs") == [("interrupted", 100)]


def test_extracting_tells_what_archiving_tells(tmp_path: Path, db: Path) -> None:
    saved = folder(tmp_path / "saved", range(3))
    (saved / "0001.html").write_bytes(b"")
    stored, _ = archive(db, saved)
    told = list(pipeline.extract([str(saved)], PRIVATE))
    assert [_meaning(each) for each in told] == [_meaning(each) for each in stored]


def _meaning(outcome: Archived | Failed) -> object:
    return outcome.page if isinstance(outcome, Archived) else str(outcome.error)


# Real processes from here on.


def start(*targets: object, db: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-W",
        "error",
        "-W",
        "ignore::ResourceWarning",
        "-m",
        "archiver",
        "archive",
        *map(str, targets),
        "--db",
        str(db),
    ]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*command, "--allow-private"], cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]


def test_two_processes_write_into_one_new_file_at_once(tmp_path: Path, db: Path) -> None:
    folders = [folder(tmp_path / "one", range(250)), folder(tmp_path / "other", range(200, 450))]
    with start(folders[0], db=db) as one, start(folders[1], db=db) as other:
        for process in (one, other):
            assert (process.communicate()[1], process.returncode) == ("", 0)
    alone = tmp_path / "alone.db"
    archive(alone, *folders)
    assert tables(db) == tables(alone)
    assert ask(db, "select outcome, n_pages from runs") == [("done", 250), ("done", 250)]


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_killed_run_leaves_whole_pages_and_is_completed_by_another(tmp_path: Path, db: Path, batches: int) -> None:
    saved = folder(tmp_path / "saved", range(400))
    for number in range(50, 400, 100):
        (saved / f"{number:04}.html").write_bytes(b"")  # so each batch prints a failure once it is stored
    with (
        socket.create_server(("127.0.0.1", 0)) as server,  # which never answers, so that no run comes to its end
        start(saved, f"http://127.0.0.1:{server.getsockname()[1]}/never", db=db) as process,
    ):
        assert process.stderr
        for _ in range(batches):
            assert "is empty" in process.stderr.readline()
        process.kill()
    assert process.returncode == -signal.SIGKILL
    assert trouble(db) == []
    stored = ask(db, "select url, n_embeds, (select count(*) from embeds where page_id = pages.id) from pages")
    assert 100 * batches - 50 - batches <= len(stored) <= 396  # the pages before the failure that was printed last
    assert [row for row in stored if row[1:] != (3, 3)] == []
    assert ask(db, "select finished_at from runs") == [(None,)]
    archive(db, saved)
    alone = tmp_path / "alone.db"
    archive(alone, saved)
    assert tables(db) == tables(alone)


def test_ctrl_c_keeps_what_was_stored_and_says_so(tmp_path: Path, db: Path) -> None:
    saved = folder(tmp_path / "saved", range(100))  # a batch
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/never"
        with start(saved, url, db=db) as process:
            server.settimeout(30)
            connection, _ = server.accept()  # the run waits for an answer, and stores what it has meanwhile
            with connection:
                end = time.monotonic() + 30
                while ask(db, "select count(*) from captures") != [(100,)] and time.monotonic() < end:
                    time.sleep(0.05)
                process.send_signal(signal.SIGINT)
                printed, told = process.communicate()
    assert process.returncode == 130
    assert told == "interrupted; what was stored so far is kept, and --resume goes on with the rest\n"
    assert f"100 pages with 300 embeds in {db}" in printed
    assert ask(db, "select outcome, n_pages from runs") == [("interrupted", 100)]
    assert ask(db, "select count(*), count(error) from captures") == [(100, 0)]
