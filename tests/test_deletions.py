from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver import store
from archiver.cli import cli
from archiver.errors import ArchiveError
from archiver.store import checks, deletions, questions
from archiver.store.checks import Check, Planned, Wanted
from archiver.store.questions import Filter
from tests.archives import TWEET, add, live
from tests.pages import WHEN


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An archive of three posts, of which one is gone and one suspended."""
    path = tmp_path / "archive.db"
    html = "".join(TWEET.format(text=f"Post {n}", id=n) for n in (1, 2, 3))
    with closing(add(path, [live("https://example.com/1", f"<html>{html}</html>")])) as archive:
        for number, status in (("1", "gone"), ("2", "suspended")):
            archive.execute("update posts set status = ? where platform_id = ?", (status, number))
        archive.commit()
    return path


def call(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in args])


def chosen(db: Path) -> list[str]:
    """The posts that a manifest of all holds."""
    out = db.with_name("m.json")
    assert call("manifest", "--db", db, "--out", out).exit_code == 0
    register = json.loads(out.read_bytes())["register"]
    return [line["name"] for line in register if line["kind"] == "post"]


def test_posts_of_a_status_are_hidden_until_they_are_not(db: Path) -> None:
    assert chosen(db) == ["twitter:1", "twitter:2", "twitter:3"]
    assert call("honour-deletions", "--db", db).stdout == f"{db} hides posts that are gone\n"
    assert chosen(db) == ["twitter:2", "twitter:3"]
    call("honour-deletions", "--db", db, "--status", "gone", "--status", "suspended")
    assert chosen(db) == ["twitter:3"]
    call("honour-deletions", "--db", db, "--off")
    assert chosen(db) == ["twitter:1", "twitter:2", "twitter:3"]


def test_analysis_counts_no_hidden_post(db: Path) -> None:
    call("honour-deletions", "--db", db)
    with closing(store.open_archive(db)) as archive:
        assert deletions.honoured(archive) == ("gone",)
        assert next(questions.ask(archive, Filter(), "posts", "sizes"))[0] == 2


def test_an_archive_in_which_nothing_was_chosen_hides_nothing(tmp_path: Path) -> None:
    with closing(store.open_archive(tmp_path / "a.db")) as archive:
        assert deletions.honoured(archive) == ()


def test_only_a_status_that_can_be_hidden_is_taken(db: Path) -> None:
    with closing(store.open_archive(db)) as archive, pytest.raises(ArchiveError, match="is no status"):
        deletions.honour(archive, ("there",))
    assert call("honour-deletions", "--db", db, "--status", "there").exit_code == 2
    assert call("honour-deletions", "--db", db, "--status", "gone", "--off").exit_code == 2


def test_a_hidden_post_is_asked_for_again_and_shown_when_it_is_back(db: Path) -> None:
    call("honour-deletions", "--db", db)
    later = WHEN + timedelta(days=30)
    with closing(store.open_archive(db)) as archive:
        for about in (Filter(), Filter(outlets=("example.com",)), Filter(platforms=("twitter",))):
            wanted = Wanted(about, ("twitter",), later, later)
            assert checks.plan(archive, wanted) == [Planned("twitter", 3, 1)]
        assert next(questions.ask(archive, Filter(), "posts", "sizes"))[0] == 2
        run = store.start_run(archive, ["check"], "1", later)
        (post_id,) = archive.execute("select id from posts where platform_id = '1'").fetchone()
        checks.save(archive, run, run, post_id, [Check("oembed", later, "there")])
        assert archive.execute("select status, n_embeds from posts where id = ?", (post_id,)).fetchone() == ("there", 1)
        assert archive.execute("select n_embeds from pages").fetchone() == (3,)
        for day in (1, 3):
            run = store.start_run(archive, ["check"], "1", later + timedelta(days=day))
            checks.save(archive, run, run, post_id, [Check("oembed", later + timedelta(days=day), "gone")])
        assert archive.execute("select status, n_embeds from posts where id = ?", (post_id,)).fetchone() == ("gone", 0)
        assert archive.execute("select n_embeds from pages").fetchone() == (2,)
