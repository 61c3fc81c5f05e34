"""What is known of a post's life is drawn, listed, and told in words that say no more than was seen."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import store
from archiver.datasette_plugin import lifeline
from archiver.datasette_plugin.lifeline import Event
from archiver.store import checks
from archiver.store.checks import Check
from tests.explorer.sites import FIRST, SECOND, THIRD, Site, archived

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOOKS = {
    FIRST: [(0, "there", None), (24 * 200, "gone", "No <b>status</b> found"), (24 * 202, "gone", None)],
    SECOND: [(0, "gone", None)],
    THIRD: [(0, "error", "timed out")],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = archived(tmp_path_factory.mktemp("site") / "archive.db")
    with closing(store.open_archive(site.file)) as archive:
        ids = dict(archive.execute("select cast(platform_id as integer), id from posts").fetchall())
        for number, looks in LOOKS.items():
            for hours, outcome, note in looks:
                run = store.start_run(archive, ["check"], "0", NOON)
                told = Check("twitter-oembed", NOON + timedelta(hours=hours), outcome, 404, note)
                checks.save(archive, run, run, ids[number], [told])
    return site


def test_a_life_is_drawn_and_told(site: Site) -> None:
    page = site.page(f"/-/post/twitter/{FIRST}")
    told = [(li.attributes["class"], " ".join(li.text().split())) for li in page.css("section.life li")]
    assert told == [
        ("posted", "2017-10-15 Posted"),
        ("article", "2017-12-01 Shown by example.com"),
        ("article", "2020-05-02 Shown by example.org"),
        ("there", "2026-03-01 There, by twitter-oembed (status 404)"),
        ("gone", "2026-09-17 Not found, by twitter-oembed (status 404): No <b>status</b> found"),
        ("gone", "2026-09-19 Not found, by twitter-oembed (status 404)"),
    ]
    drawn = page.css_first("section.life > svg")
    assert len(drawn.css("circle.event")) == 6
    assert [band.attributes["class"] for band in drawn.css("rect")] == ["band there", "band gone"]
    assert "answers, the last of them gone" in drawn.css_first("desc").text()
    assert page.css_first("section.life b") is None


@pytest.mark.parametrize(
    ("number", "status"), [(FIRST, "Gone, 2026-09-19"), (SECOND, "Probably gone, 2026-03-01"), (THIRD, None)]
)
def test_a_status_is_told_with_what_it_does_not_mean(site: Site, number: int, status: str | None) -> None:
    words = site.words(f"/-/post/twitter/{number}")
    assert ("Status" in words) == (status is not None)
    assert status is None or f"{status.partition(',')[0]} ,{status.partition(',')[2]}" in words


def test_a_post_that_nobody_asked_about_has_no_line(tmp_path: Path) -> None:
    page = archived(tmp_path / "archive.db").page(f"/-/post/twitter/{FIRST}")
    assert page.css_first("section.life") is None


def test_home_counts_what_became_of_posts_and_leads_to_them(site: Site) -> None:
    page = site.page("/")
    shown = [(d.css_first("dt").text(), d.css_first("a")) for d in page.css("section.statuses dl div")]
    assert [(name, a.text()) for name, a in shown] == [("gone", "1"), ("probably gone", "1")]
    for _, anchor in shown:
        assert len(site.page(str(anchor.attributes["href"])).css("article.card")) == 1
    tombstones = site.page(str(page.css_first("section.statuses .more a").attributes["href"]))
    assert tombstones.css_first("h1").text().strip().startswith("tombstones")


def test_posts_have_a_facet_of_their_status(site: Site) -> None:
    (answer,) = site.get("/archive/posts.json?_facet=status")
    results = answer.json()["facet_results"]["status"]["results"]
    assert {each["value"]: each["count"] for each in results} == {"gone": 1, "probably gone": 1}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("posted article copy there gone restricted suspended unknown error".split()),
            st.datetimes().map(lambda at: at.isoformat() + "Z") | st.text(max_size=9),
        ),
        max_size=12,
    )
)
def test_whatever_happened_stands_within_the_picture(told: list[tuple[str, str]]) -> None:
    found = lifeline.drawn(Event(kind, at, "x") for kind, at in told)
    if found is not None:
        assert all(0 <= event.x <= 100 for event in found.events)
        assert all(band.width >= 0 and band.x + band.width <= 100.1 for band in found.bands)
        assert all(0 <= x <= 100 for _, x in found.ticks)
        assert len(found.ticks) <= 10
