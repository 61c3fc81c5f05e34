"""What our plugin adds to Datasette, asked through Datasette itself."""

from __future__ import annotations

import asyncio
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
