"""What our plugin adds to Datasette, asked through Datasette itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from datasette.plugins import pm

import archiver.datasette_plugin as plugin
from archiver import pipeline, store
from archiver.pipeline import Run
from archiver.sources import Settings

PAGE = """<title>One embed, one link</title><p>Ann said so.</p>
<blockquote class="twitter-tweet"><p>Here #Tag</p>&mdash; Ann (@annlee)
<a href="https://twitter.com/annlee/status/1256191637713846273">May 1, 2020</a></blockquote>
<p>Bob
<a href="https://twitter.com/bobray/status/1256191637713846274">answered #Other</a> at once, and at length.</p>"""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    page, db = tmp_path / "page.html", tmp_path / "archive.db"
    page.write_text(PAGE)
    with closing(store.open_archive(db)) as archive:
        run = Run(archive, ["archive"])
        assert len(list(pipeline.archive([str(page)], Settings(), run))) == 1
    assert (run.counts.embeds, run.counts.posts_new) == (1, 1)
    return db


def ask(db: Path, path: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        if not pm.is_registered(plugin):  # it is, by its entry point, where the project is installed
            pm.register(plugin)
        datasette = Datasette([str(db)])
        await datasette.invoke_startup()
        return await datasette.client.get(path)

    return asyncio.run(asked())


def test_posts_that_pages_only_link_to_are_shown_when_asked_for(db: Path) -> None:
    embedded = ask(db, "/archive/posts.json?_shape=array").json()
    assert [post["platform_id"] for post in embedded] == ["1256191637713846273"]
    linked = ask(db, "/archive/posts.json?_shape=array&_links=1").json()
    assert len(linked) == 2
    assert "embedded in a page" in ask(db, "/archive/posts").text


def test_links_count_in_no_figure(db: Path) -> None:
    tags = ask(db, "/archive/hashtags.json?_shape=array&_sort=tag").json()
    assert [(tag["tag"], tag["n_posts"]) for tag in tags] == [("other", 1), ("tag", 1)]
    authors = ask(db, "/archive/authors.json?_shape=array&_sort=handle").json()
    assert [(author["handle"], author["n_posts"]) for author in authors] == [("annlee", 1), ("bobray", 0)]


def test_our_style_sheet_is_served_and_what_is_missing_is_a_404(db: Path) -> None:
    assert ask(db, "/-/static-plugins/social-post-archiver/nothing.css").status_code == 404
    assert ask(db, "/archive/nothing").status_code == 404


def test_datasette_loads_the_plugin_by_its_entry_point(db: Path, tmp_path: Path) -> None:
    """As where the project is installed: before Datasette's own plugins and views."""
    told = tmp_path / "social_post_archiver-0.0.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: social-post-archiver\nVersion: 0.0.0\n")
    (told / "entry_points.txt").write_text("[datasette]\narchiver = archiver.datasette_plugin\n")
    paths = ["/-/hashtag/tag", "/archive/posts?_facet=platform", "/-/static-plugins/social-post-archiver/explorer.css"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])}
    command = [sys.executable, "-W", "ignore", "-m", "datasette", str(db), "--get"]
    for path in paths:
        done = subprocess.run([*command, path], env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count('data-column="platform"') == ("_facet" in path)
