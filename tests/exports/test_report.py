"""The report: what it tells, and how it looks in a browser, on a phone and on paper."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, sync_playwright

from archiver import store
from archiver.analysis import Filter, networks, overview
from archiver.analysis.networks import Edge, Network, Node
from archiver.cli import cli
from archiver.errors import TargetError
from archiver.exports import report
from archiver.exports.report import _charts, _drawing, _forces
from archiver.model import Failed
from tests.analysis.small import add, archive_of, page, post
from tests.exports.test_lists import EVIL, told

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
ALL = Filter()
PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
chromium = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed: apt-get install chromium")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
SECTIONS = ["holds", "making", "time", "top", "networks", "lag", "known", "notable", "method"]
KINDS = ("rich", "hostile", "empty")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three archives: one of posts over years with ties between all, one of hostile texts, and an empty one."""
    made = tmp_path_factory.mktemp("report")
    told = [
        post(n, f"author_{n % 9}", f"Heron {n} #Herons #Pond{n % 7} #River{n % 5}", hours=n * 400) for n in range(1, 41)
    ]
    pages = [
        page(f"paper{n % 6}.example/{n}", *told[n : n + 3], told[0], hours=(n + 4) * 400, title=f"Of herons, {n}")
        for n in range(38)
    ]
    evil = post(7, EVIL[:40], EVIL, author_name=EVIL, permalink="javascript:alert(1)", hashtags=(EVIL, "\u202ex"))
    for name, held in {"rich": pages, "hostile": [page("a.example/1", evil, title=EVIL, site_name=EVIL)]}.items():
        with closing(store.open_archive(made / f"{name}.db")) as archive:
            add(archive, *held)
    store.open_archive(made / "empty.db").close()
    for name in KINDS:
        done = CliRunner().invoke(
            cli, ["report", "--db", str(made / f"{name}.db"), "--out", str(made / f"{name}.html")]
        )
        assert done.exit_code == 0, done.output
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=PROGRAM)
        yield started
        started.close()


def seen(browser: Browser, path: Path, width: int = 1280, **options: Any) -> tuple[Page, list[str]]:
    """A report in a window, and what it asked for, or complained of."""
    page_ = browser.new_page(viewport={"width": width, "height": 800}, **options)
    wrong: list[str] = []
    page_.on("console", lambda message: wrong.append(message.text))
    page_.on("dialog", lambda dialog: wrong.append(dialog.message))
    page_.on("request", lambda request: wrong.append(request.url) if request.url != path.as_uri() else None)
    page_.goto(path.as_uri())
    return page_, wrong


@pytest.mark.parametrize("name", KINDS)
def test_a_report_has_all_its_sections_and_no_script(folder: Path, name: str) -> None:
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert re.findall(r'<section id="(\w+)"', text) == SECTIONS
    assert "default-src 'none'" in text
    found = told(text)
    assert not found.tags & {"script", "img", "iframe", "link", "object", "embed", "base"}
    assert {link for link in found.links if not link.startswith(("#", "https://"))} == set()
    assert {link[1:] for link in found.links if link.startswith("#")} == set(SECTIONS)
    assert not re.search("[\u202a-\u202e]", text)


def test_a_report_says_its_filter_and_of_what_its_figures_are(folder: Path) -> None:
    out = folder / "some.html"
    args = ["report", "--db", str(folder / "rich.db"), "--out", str(out), "--author", "author_1", "--title", "Some"]
    assert CliRunner().invoke(cli, args).output == f"{out}: 5 posts\n"
    plain = " ".join(told(out.read_text(encoding="utf-8")).words.split())
    assert "Posts embedded in articles: Some" in plain
    assert "embedded posts by author_1" in plain
    assert "5 of the archive’s 40 embedded posts" in plain
    assert "5 posts, of 40" in plain
    assert "Of: 5 embedded posts" in plain
    assert "1 run, of the whole archive, whatever the filter" in plain


def test_cards_are_the_posts_of_most_articles_and_outlets(folder: Path) -> None:
    with closing(store.open_archive(folder / "rich.db")) as archive:
        cards = report.gather(archive, ALL, lambda _: None).cards
    assert (cards[0].post.text or "").startswith("Heron 1 ")
    assert (cards[0].n_articles, cards[0].n_outlets) == (38, 6)
    assert [shown.title for shown in cards[0].post.shown] == [f"Of herons, {n}" for n in range(4)]
    assert len(cards) >= 6


def test_runs_and_failures_are_told() -> None:
    with archive_of([page("a.example/1", post(1))]) as archive:
        run = store.start_run(archive, ["archive", "x"], "9.9", WHEN)
        store.save(archive, run, [Failed("x", TargetError("x", "is not there"), WHEN)])
        contents = report.gather(archive, ALL, lambda _: None)
        ways = overview.attempts(archive, ALL).rows
    assert contents.versions == ("0", "9.9")
    assert sorted((way.outcome, way.n_attempts) for way in ways) == [("failed", 1), ("read", 1)]
    runs = next(figure for figure in contents.figures if figure.name == "runs")
    assert [row[:2] for row in runs.rows] == [("archive", "9.9"), ("archive", "0")]


def test_pictures_are_written_beside_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ["report", "--db", str(folder / "rich.db"), "--out", str(folder / "x.html"), "--pictures"]
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    done = CliRunner().invoke(cli, [*args, str(folder / "drawn")])
    assert "no PNG:" in done.output
    assert "pip install 'social-post-archiver[report]'" in done.output
    drawn = {path.name: path for path in (folder / "drawn").iterdir()}
    assert {path.suffix for path in drawn.values()} == {".svg"}
    assert {"hashtags.svg", "posts-by-month.svg", "network-accounts.svg", "lag-histogram.svg"} <= set(drawn)
    for path in drawn.values():
        assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  our own files


def test_pictures_are_png_too_where_they_can_be(folder: Path) -> None:
    pytest.importorskip("vl_convert", reason="vl-convert is not installed: the extra report")
    with closing(store.open_archive(folder / "hostile.db")) as archive:
        contents = report.gather(archive, ALL, lambda _: None)
    drawn = report.write_pictures(contents, folder / "both", pytest.fail)
    assert {path.stem for path in drawn if path.suffix == ".png"} == {p.stem for p in drawn if p.suffix == ".svg"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn if path.suffix == ".png")


def test_columns_over_time_fill_the_width_and_stand_where_their_period_is() -> None:
    pages = [page("a.example/1", *(post(n, hours=24 * 31 * n) for n in (1, 2, 2.5, 12)))]
    with archive_of(pages) as archive:
        answer = overview.posts_over_time(archive, ALL)
    assert [(row.period, row.n) for row in answer.rows if row.n] == [("2017-11", 1), ("2017-12", 2), ("2018-10", 1)]
    assert len(answer.rows) == 12
    chart = _charts.timeline(answer, "posts")
    assert chart is not None
    assert chart.description == "4 posts by month, 2017-11 to 2018-10; most in 2017-12: 2"
    first, tallest, last = chart.columns
    assert first.x <= 1
    assert tallest.height == 2 * first.height
    assert 99 <= last.x + last.width < 100
    assert all(column.y + column.height == chart.baseline for column in chart.columns)


@pytest.mark.parametrize(("days", "by"), [(1, "day"), (91, "day"), (200, "month"), (30 * 365, "year")])
def test_periods_are_as_long_as_the_span_asks_for(days: int, by: str) -> None:
    with archive_of([page("a.example/1", post(1), post(2, hours=24 * days))]) as archive:
        answer = overview.posts_over_time(archive, ALL)
    assert answer.picture is not None
    assert answer.picture.by == by
    assert len(answer.rows) < 250


def test_a_network_is_drawn_always_alike_without_words_over_words() -> None:
    nodes = tuple(Node(f"n{n}", f"#Tag{n}", "hashtag", 50 - n) for n in range(50))
    edges = tuple(Edge(f"n{n}", f"n{m}", 1 + (n * m) % 5) for n in range(50) for m in range(n + 1, 50, 7))
    ordered = tuple(sorted(edges, key=lambda e: (-e.n_posts, e.source, e.target)))
    network = Network("hashtags", "Tags", "", False, nodes, ordered, 1, "", "", "")
    drawing = _drawing.drawn(network)
    assert drawing is not None
    assert drawing == _drawing.drawn(network)
    assert len(drawing.dots) == 40
    assert drawing.left_out == 10
    left, top, wide, high = drawing.box
    for dot in drawing.dots:
        assert left < dot.x - dot.radius < dot.x + dot.radius < left + wide
        assert top < dot.y - dot.radius < dot.y + dot.radius < top + high
    boxes = [(d.x - d.radius, d.x + d.radius + 4 + 7 * len(d.label), d.y - 7, d.y + 7) for d in drawing.dots]
    over = [
        (a, b)
        for n, a in enumerate(boxes)
        for b in boxes[:n]
        if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]
    ]
    assert over == []


def test_no_nodes_have_no_places_and_two_lie_apart() -> None:
    assert _forces.places([], []) == []
    one, other = _forces.places([(5, 40, 8)] * 2, [(0, 1, 1.0)])
    assert abs(one[0] - other[0]) > 40 or abs(one[1] - other[1]) > 14
    empty = Network("hashtags", "", "", False, (), (), 1, "", "", "")
    assert _drawing.drawn(empty) is None
    assert networks.strongest(empty, 9) == ([], [])


@chromium
@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_it_fits_the_window_asks_for_nothing_and_all_can_read_it(
    browser: Browser, folder: Path, name: str, width: int, scheme: str
) -> None:
    page_, wrong = seen(browser, folder / f"{name}.html", width, color_scheme=scheme)
    assert page_.evaluate("document.documentElement.scrollWidth") <= width
    page_.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page_.evaluate("document.documentElement.scrollWidth") <= width
    page_.evaluate(AXE)
    found = page_.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]] == []
    assert wrong == []
    page_.close()


@chromium
def test_tables_open_below_pictures(browser: Browser, folder: Path) -> None:
    page_, _ = seen(browser, folder / "rich.html", 360)
    figure = page_.locator("#hashtags")
    assert not figure.locator("table.full").is_visible()
    figure.locator("summary").click()
    assert figure.locator("table.full").is_visible()
    assert figure.locator("table.full tbody tr").count() == 13
    assert page_.get_by_role("img", name=re.compile("^Posts by month of posting: 40 posts by month")).count() == 1
    page_.close()


@chromium
def test_paper_shows_the_tables_and_cuts_no_picture_and_no_card(browser: Browser, folder: Path) -> None:
    page_, _ = seen(browser, folder / "rich.html", 660)
    page_.emulate_media(media="print")
    assert page_.locator("#hashtags table.full").bounding_box()["height"] > 100  # type: ignore[index]
    inside = "each => getComputedStyle(each).breakInside"
    for kept in (".card", ".over-time", ".network", "#hashtags .bars", ".about"):
        assert page_.locator(kept).first.evaluate(inside) == "avoid"
    assert page_.evaluate("document.documentElement.scrollWidth") <= 660
    assert page_.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page_.close()
