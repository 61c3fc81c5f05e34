from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from tests.explorer import sites
from tests.explorer.sites import FIRST, Site, archived, both, tree


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return archived(tmp_path_factory.mktemp("site") / "archive.db")


@pytest.mark.parametrize(
    "path",
    [
        *("/-/hashtag/nothing", "/-/author/twitter/nobody", "/-/author/myspace/ann_lee", "/-/outlet/example.net"),
        *("/-/article/999", "/-/article/99999999999999999999999", "/-/post/twitter/1", "/-/network/cats", "/no/-/home"),
    ],
)
def test_what_is_not_here_is_a_404_in_words(site: Site, path: str) -> None:
    (answer,) = site.get(path)
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert tree(answer).css_first("main h1").text() == "Not here"


def test_several_archives_have_a_home_each(tmp_path: Path) -> None:
    one, two = archived(tmp_path / "one.db"), archived(tmp_path / "two.db", {})
    index, full, empty, tag, neither = both(
        [one.file, two.file], "/", "/one/-/home", "/two/-/home", "/one/-/hashtag/rivers", "/-/hashtag/rivers"
    )
    assert "/one/-/home" in index.text
    assert "4" in tree(full).css_first("dl.counts").text()
    assert "The archive is empty" in empty.text
    assert "/one/-/author/twitter/bob_ray" in tag.text
    assert neither.status_code == httpx.codes.NOT_FOUND


def test_a_database_that_is_no_archive_is_shown_as_datasette_shows_it(tmp_path: Path) -> None:
    other = Site(tmp_path / "other.db")
    other.write("create table things (id integer primary key, name text)")
    assert {answer.status_code for answer in other.get("/", "/other", "/other/things")} == {httpx.codes.OK}


def test_who_may_not_see_a_table_sees_no_page_that_draws_on_it(site: Site) -> None:
    hidden = {**sites.METADATA, "databases": {"archive": {"tables": {"posts": {"allow": False}}}}}
    kept, sites.METADATA = sites.METADATA, hidden
    try:
        answers = site.get("/-/hashtag/rivers", "/", "/-/network/hashtags")
    finally:
        sites.METADATA = kept
    assert [answer.status_code for answer in answers] == [403, 200, 403]
    assert "bob_ray" not in answers[1].text


def test_every_link_of_our_pages_leads_somewhere(site: Site) -> None:
    seen, todo = set[str](), ["/"]
    while todo:
        paths, todo = todo[:40], todo[40:]
        seen |= set(paths)
        for path, answer in zip(paths, site.get(*paths), strict=True):
            assert answer.status_code == httpx.codes.OK, path
            if path == "/" or path.startswith("/-/"):
                links = [a.attributes.get("href") or "" for a in tree(answer).css("main a")]
                found = {link.partition("#")[0] for link in links if link.startswith("/")}
                todo += sorted(found - seen - set(todo))
    assert len(seen) > 30


def test_headings_go_down_step_by_step_and_fields_have_labels(site: Site) -> None:
    ((number,),) = site.sql("select id from pages where url like '%/a'")
    paths = ["/", "/-/hashtag/otters", "/-/author/twitter/ann_lee", "/-/outlet/example.org", f"/-/article/{number}"]
    paths += [f"/-/post/twitter/{FIRST}", "/-/network/hashtags", "/archive/posts", "/archive/pages?_view=rows"]
    for path, answer in zip(paths, site.get(*paths), strict=True):
        page = tree(answer)
        levels = [int(node.tag[1]) for node in page.css("main h1, main h2, main h3")]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        assert page.css_first("html").attributes["lang"] == "en"
        labelled = {label.attributes.get("for") for label in page.css("label")}
        for field in page.css("input:not([type=hidden]):not([type=submit]), select"):
            inside = field.parent is not None and field.parent.tag == "label"
            assert inside or field.attributes.get("id") in labelled or field.attributes.get("aria-label"), (
                path,
                field.html,
            )
