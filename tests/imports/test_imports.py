from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import analysis, imports, pipeline, store
from archiver.cli import cli
from archiver.model import Dataset, Failed
from archiver.pipeline import Run
from archiver.store.questions import Filter
from archiver.verify import verify
from tests.imports.samples import HTML, ID, OTHER, imported, nela, page_two, rows, tweet, twitter_to_sqlite, written

ROOT = Path(__file__).parents[2]


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a file of each kind."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "tweets", tweet())
    written(tmp_path / "twarc2", {"meta": {"result_count": 0}}, page_two())
    (tmp_path / "list").write_text(f"# mine\n{ID}\nhttps://vimeo.com/12345678\n")
    (tmp_path / "tweetfinder").write_text(f"url,tweet_id\nhttps://pond.example/1,{ID}\n")
    nela(tmp_path / "nela-gt", ("a1", "Herons", "https://pond.example/2", None), tweets=(("a1", HTML),))
    twitter_to_sqlite(tmp_path / "twitter-to-sqlite")
    return tmp_path


KINDS = {"twarc2": "tweets", **{kind.name: kind.name for kind in imports.KINDS}}


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_of_a_file_is_told_from_its_content(folder: Path, archive: sqlite3.Connection, name: str) -> None:
    found, _ = imported(archive, folder / name)
    (whole,) = [each for each in found if isinstance(each, Dataset)]
    assert whole.kind == KINDS[name]
    assert found[-1] == whole
    assert not any(isinstance(each, Failed) for each in found)


UNKNOWN = {
    "page.html": b"<html><body><p>Hello</p></body></html>",
    "words.txt": b"Grey herons.\nThey are many.\n",
    "other.json": b'{"a": [1, 2, 3]}\n{"b": 4}\n',
    "picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00",
    "empty": b"",
    "blank": b" \n\n",
    "empty.gz": b"\x1f\x8b",
    "table.csv": b"name,colour\nheron,grey\n",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_of_no_kind_is_an_error_that_names_the_kinds(
    archive: sqlite3.Connection, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(UNKNOWN[name])
    (failed,), counts = imported(archive, tmp_path / name)
    assert isinstance(failed, Failed)
    assert counts.failures == 1
    if "is empty" not in str(failed.error):
        assert "is of no kind that can be imported" in str(failed.error)
        assert all(kind.what in str(failed.error) for kind in imports.KINDS)


def test_an_archive_of_ours_is_for_another_command(archive: sqlite3.Connection, tmp_path: Path) -> None:
    with closing(store.open_archive(tmp_path / "other.db")):
        pass
    (failed,), _ = imported(archive, tmp_path / "other.db")
    assert isinstance(failed, Failed)
    assert "archiver merge" in str(failed.error)


@pytest.mark.usefixtures("folder")
def test_the_command_says_what_became_of_files_and_one_bad_stops_no_other() -> None:
    done = _call("import", "missing", "tweets", ".", "nela-gt", "tweetfinder", "--format", "tweets", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["posts_new"], told["failures"]) == (1, 5)
    assert [line.split()[1] for line in done.stderr.splitlines()] == [
        "missing:",
        ".:",
        "nela-gt:",
        "tweetfinder#1:",
        "tweetfinder#2:",
    ]
    done = _call("import", "tweets", "list")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "1 post new, 1 known in archive.db\nExplore: archiver serve\n"
    done = _call("import", "nela-gt", "tweetfinder")
    assert done.stdout.startswith("2 pages with 2 embeds in archive.db\n1 post new, 1 known\n")


@pytest.mark.parametrize(
    "wrong", [["import"], ["import", "tweets", "--format", "x"], ["import", "a", "--platform", "x"]]
)
@pytest.mark.usefixtures("folder")
def test_wrong_usage_exits_with_2_and_stores_nothing(wrong: list[str]) -> None:
    assert _call(*wrong).exit_code == 2
    assert not Path("archive.db").exists()


@pytest.mark.usefixtures("folder")
def test_imported_posts_are_in_no_count_of_embedded_ones() -> None:
    _call("import", "tweets", "twitter-to-sqlite", "list")
    with closing(store.open_archive("archive.db")) as archive:
        assert rows(archive, "select count(*), sum(n_embeds), sum(n_pages) from posts") == [(3, 0, 0)]
        assert rows(archive, "select count(*) from post_stats") == [(0,)]
        assert rows(archive, "select sum(n_posts) from hashtags") == [(0,)]
        assert rows(archive, "select sum(n_posts) from authors") == [(0,)]
        assert analysis.hashtags.top(archive, Filter()).rows == ()
        before = rows(archive, "select key, text, posted_at from posts order by key")
        store.rebuild(archive)
        assert rows(archive, "select key, text, posted_at from posts order by key") == before
    _call("import", "tweetfinder")
    with closing(store.open_archive("archive.db")) as archive:
        assert rows(archive, "select platform_id, n_embeds from posts where n_embeds > 0") == [(ID, 1)]
        assert [tag.hashtag for tag in analysis.hashtags.top(archive, Filter()).rows] == ["Grey"]


@pytest.mark.usefixtures("folder")
def test_verify_takes_imports_for_captures_that_are_not_kept() -> None:
    Path("page.html").write_text(f"<html><body>{HTML}</body></html>")
    _call("archive", "page.html")
    _call("import", "tweets", "twitter-to-sqlite", "list", "nela-gt", "tweetfinder", "twarc2")
    with closing(store.open_archive("archive.db")) as archive:
        checked = list(verify(archive, Path("archive.db")))
    assert [finding for each in checked for finding in each.findings] == []
    assert sum(each.capture_id is not None and not each.is_kept for each in checked) == 14


class _Stop(BaseException):
    """What ends a run in the middle."""


def _interrupted(archive: sqlite3.Connection, file: Path, after: int) -> int:
    """Imports a file and ends when so many records are stored; how many are."""
    done = 0
    try:
        for _ in pipeline.keep(imports.read([str(file)], imports.Settings()), Run(archive, ["import", str(file)])):
            done += 1
            if done >= after:
                raise _Stop
    except _Stop:
        pass
    return len(rows(archive, "select 1 from captures"))


@pytest.mark.parametrize("after", [1, 150, 300])
def test_an_import_that_was_interrupted_goes_on_behind_what_is_stored(
    folder: Path, archive: sqlite3.Connection, after: int
) -> None:
    file = written(folder / "many", *(tweet(str(int(ID) + n)) for n in range(300)))
    stored = _interrupted(archive, file, after)
    begun = store.interrupted(archive, "import")
    assert 0 < stored <= 300
    assert begun == 1
    with closing(store.Attempts(folder / "archive.db", begun)) as attempts:
        settings = imports.Settings(is_done=attempts.is_done)
        run = Run(archive, ["import", str(file)], resumes=begun)
        again = list(pipeline.keep(imports.read([str(file)], settings), run))
    assert len(again) == 300 - stored + 1
    assert rows(archive, "select count(*), count(distinct target) from captures") == [(301, 301)]
    assert rows(archive, "select count(*) from posts") == [(300,)]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_kill_9_costs_only_what_was_under_way(folder: Path) -> None:
    lines = [json.dumps(tweet(str(int(ID) + n))) + "\n" for n in range(600)]
    (folder / "many").write_text("".join(lines))
    script = (
        "import os, signal, sys\n"
        "from archiver import imports, pipeline, store\n"
        "from archiver.pipeline import Run\n"
        "run = Run(store.open_archive('archive.db'), ['import', 'many'])\n"
        "for at, _ in enumerate(pipeline.keep(imports.read(['many'], imports.Settings()), run)):\n"
        "    if at == 250:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    with closing(store.open_archive(folder / "archive.db")) as archive:
        stored = len(rows(archive, "select 1 from captures"))
        assert rows(archive, "select outcome from runs") == [(None,)]
        assert len(rows(archive, "select 1 from posts")) == stored >= 251
    assert stored < 600
    done_again = _call("import", "many", "--resume", "--json")
    assert (done_again.exit_code, json.loads(done_again.stdout)["posts_new"]) == (0, 600 - stored)
    with closing(store.open_archive(folder / "archive.db")) as archive:
        assert rows(archive, "select count(*), count(distinct target) from captures") == [(601, 601)]
        assert rows(archive, "select resumes from runs where id = 2") == [(1,)]


def test_what_a_browser_was_told_becomes_a_post_by_the_import(archive: sqlite3.Connection, tmp_path: Path) -> None:
    imported(archive, written(tmp_path / "a", tweet(OTHER, quoted_status_id_str=ID, full_text="See")))
    sql = "select platform_id, text, n_embeds from posts order by platform_id"
    assert rows(archive, sql) == [(ID, None, 0), (OTHER, "See", 0)]
    (tmp_path / "ids").write_text(f"{ID}\n")
    _, counts = imported(archive, tmp_path / "ids")
    assert (counts.posts_new, counts.posts_known) == (0, 1)
    assert rows(archive, sql) == [(ID, None, 0), (OTHER, "See", 0)]


@pytest.mark.parametrize("first", [b"url\rtweets\r", b"\x8d\r\x00\xff;\r,", b'url,"' + b"x" * 140_000])
@pytest.mark.parametrize("kind", [[], ["--format", "tweetfinder"]])
def test_a_first_line_that_is_no_row_of_a_table_is_an_error_in_words(
    tmp_path: Path, first: bytes, kind: list[str]
) -> None:
    path = tmp_path / "odd"
    path.write_bytes(first + b"\nhttps://a.example/1,x\n")
    told = CliRunner().invoke(cli, ["import", str(path), *kind, "--db", str(tmp_path / "a.db")])
    assert told.exit_code == 1
    assert f"failed  {path}" in told.stderr
