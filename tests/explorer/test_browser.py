"""The explorer in a real browser: the example archived, served, and read as a reader would."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.explorer.served import ROOT, serving
from tests.explorer.test_hostile import VALUES, spoilt

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed: apt-get install chromium")

SIZES = {"desktop": (1280, 900), "phone": (360, 740)}
METOO = "/-/post/twitter/919659438700670976"
# Each kind of page; of every one is held that it fits the window and that all can read it.
PAGES = [
    "/",
    "/archive/posts",
    "/archive/posts?_hashtag=metoo&_view=rows&_facet=lang",
    "/archive/posts?_search=nothingsuch",
    "/archive/pages",
    "/archive/embeds",
    "/archive/hashtags",
    "/archive/captures",
    "/archive/runs/1",
    "/archive",
    "/archive?sql=select+posted_month,+count(*)+as+posts+from+posts+group+by+1",
    "/archive/hashtag_by_month?hashtag=metoo",
    "/-/hashtag/metoo",
    "/-/author/twitter/Alyssa_Milano",
    "/-/outlet/example.com",
    "/-/article/1",
    METOO,
    f"{METOO}.card.html",
    "/-/network/hashtags",
    "/-/network/outlets",
    "/-/questions",
    "/-/question/hashtags_over_time?by=day&hashtag=metoo",
    "/-/question/who_embeds_whom",
]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
GRAVE = {"serious", "critical"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the archived example is served."""
    db = tmp_path_factory.mktemp("browsed") / "archive.db"
    example = ROOT / "examples" / "article.html"
    command = [sys.executable, "-m", "archiver", "archive", str(example), "--db", str(db)]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    with serving(db) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=PROGRAM)
        yield started
        started.close()


@dataclass(slots=True)
class Visit:
    """A reader's window, and all that went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        """Opens a page of the archive."""
        self.page.goto(self.address + path)

    def path(self) -> str:
        """Where the reader is."""
        return self.page.url.removeprefix(self.address)

    def watch(self) -> None:
        """Notes errors, and requests to anywhere else."""
        self.page.on("console", lambda told: self.wrong.append(f"console: {told.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("requestfailed", lambda request: self.wrong.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.on("response", lambda answer: self._answered(answer.status, answer.url))

    def _asked(self, url: str) -> None:
        if not url.startswith(f"{self.address}/"):
            self.wrong.append(f"outside: {url}")

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.wrong.append(f"{status}: {url}")


@contextmanager
def visiting(browser: Browser, address: str, size: str, **options: Any) -> Iterator[Visit]:
    """A reader with a window of that size, in which nothing may go wrong."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en", **options)
    context.set_default_timeout(20_000)
    visit = Visit(context.new_page(), address)
    visit.watch()
    yield visit
    context.close()
    assert visit.wrong == []


@pytest.mark.parametrize("size", SIZES)
def test_a_reader_finds_the_way_from_home_to_a_post_its_article_and_back(
    browser: Browser, address: str, size: str
) -> None:
    with visiting(browser, address, size) as visit:
        page, heading = visit.page, visit.page.get_by_role("heading", level=1)
        visit.go("/")
        expect(page).to_have_title("Social-post archive")
        page.get_by_role("link", name=re.compile(r"^October 2017: 1 ")).click()  # a bar of the chart
        expect(heading).to_have_text("Posts")
        assert "posted_month=2017-10" in page.url
        expect(page.locator("article.card")).to_have_count(1)
        page.get_by_role("link", name=re.compile("^Remove the filter")).first.click()
        expect(page.locator("article.card")).to_have_count(3)

        facet = page.locator(".facet-info", has=page.get_by_role("heading", name="Hashtag"))
        facet.get_by_role("link", name="NetNeutrality").click()
        expect(page.locator("article.card")).to_have_count(1)
        expect(page.locator(".chips")).to_contain_text("hashtag #NetNeutrality")
        page.get_by_role("link", name="Rows", exact=True).click()
        expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Cards", exact=True).click()
        expect(page.locator("article.card")).to_contain_text("real facts")

        visit.go("/")
        search = page.get_by_label("Search the words of posts")
        search.fill("harassed")
        search.press("Enter")
        card = page.locator("article.card")
        expect(card).to_have_count(1)
        card.locator("time").click()
        page.wait_for_url(f"**{METOO}")
        page.get_by_role("link", name="An actress, three tweets").click()
        expect(heading).to_have_text("An actress, three tweets")
        assert visit.path() == "/-/article/1#embed-3"
        expect(page.locator("article.card")).to_have_count(3)
        page.locator(f'a[href="{METOO}"]').first.click()
        page.wait_for_url(f"**{METOO}")
        page.go_back()
        expect(heading).to_have_text("An actress, three tweets")


@pytest.mark.parametrize("size", SIZES)
def test_what_is_found_can_be_taken_home_as_csv(browser: Browser, address: str, size: str, tmp_path: Path) -> None:
    with visiting(browser, address, size) as visit:
        visit.go("/archive/posts")
        visit.page.get_by_label("download file").check()
        with visit.page.expect_download() as coming:
            visit.page.get_by_role("button", name="Export CSV").click()
        coming.value.save_as(tmp_path / "posts.csv")
        visit.wrong = [wrong for wrong in visit.wrong if not wrong.startswith("failed: ")]  # a download ends a visit
        with (tmp_path / "posts.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert len(rows) == 3
        assert {row["author_id_label"] for row in rows} == {"Alyssa_Milano"}
        visit.go("/")
        assert coming.value.suggested_filename == "posts.csv"


def test_a_keyboard_is_enough(browser: Browser, address: str) -> None:
    with visiting(browser, address, "desktop") as visit:
        page = visit.page
        visit.go("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#content")).to_be_focused()
        bar = page.get_by_role("link", name=re.compile(r"^January 2017: 1 "))
        reached = []
        while len(reached) < 30 and not bar.evaluate("bar => bar === document.activeElement"):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.outerHTML"))
        expect(bar).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("article.card")).to_have_count(1)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_the_window_and_loads_nothing_from_elsewhere(browser: Browser, address: str, size: str) -> None:
    with visiting(browser, address, size) as visit:
        wide = {}
        for path in PAGES:
            visit.go(path)
            if found := visit.page.evaluate(WIDE):
                wide[path] = found
        assert wide == {}


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_no_page_has_a_serious_finding_of_accessibility(browser: Browser, address: str, size: str, scheme: str) -> None:
    with visiting(browser, address, size, color_scheme=scheme) as visit:
        found = [f"{path}: {finding}" for path in PAGES for finding in findings(visit, path)]
        assert not found, "\n".join(found)


def test_a_serious_finding_would_be_seen(browser: Browser, address: str) -> None:
    with visiting(browser, address, "desktop") as visit:
        spoilt = "document.querySelector('main').append(document.createElement('input'))"
        assert [each.split()[0] for each in findings(visit, METOO, spoilt)] == ["label"]


def test_a_page_that_broke_the_policy_would_be_seen(browser: Browser, address: str) -> None:
    with visiting(browser, address, "desktop") as visit:
        visit.go("/")
        hole = "document.body.insertAdjacentHTML('beforeend', '<img src=\"//example.com/x\" onerror=\"alert(1)\">')"
        with visit.page.expect_console_message(lambda told: "Content Security Policy" in told.text):
            visit.page.evaluate(hole)
        assert visit.wrong
        visit.wrong.clear()


def test_no_hostile_value_runs_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    site = spoilt(tmp_path / "archive.db", VALUES["markup"])
    with serving(site.file) as address, visiting(browser, address, "desktop") as visit:
        visit.page.on("dialog", lambda dialog: visit.wrong.append(f"dialog: {dialog.message}"))
        for path in HOSTILE_PAGES:
            visit.go(path)
            expect(visit.page.locator("main")).to_contain_text("onerror=alert(1)")
        visit.page.locator("th svg.dropdown-menu-icon").first.click()  # a menu that a script makes of the page


HOSTILE_PAGES = [
    "/",
    "/archive/posts",
    METOO,
    "/-/article/1",
    "/archive/runs/1",
    "/archive?sql=select+*+from+embeds",
    "/archive/most_embedded_posts",
    "/archive/embeds?_view=rows&_facet=text",
]


def findings(visit: Visit, path: str, spoilt: str = "") -> list[str]:
    """What axe-core finds on a page, as far as it is serious: its rule, and the element."""
    visit.go(path)
    if spoilt:
        visit.page.evaluate(spoilt)
    visit.page.evaluate(AXE)
    told = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} ({rule['impact']}) {node['html'][:200]}"
        for rule in told["violations"]
        for node in rule["nodes"]
        if node["impact"] in GRAVE
    ]


# The elements that reach beyond the window, where the page can be moved sideways.
WIDE = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    return [...document.querySelectorAll('body *')]
        .filter(element => element.getBoundingClientRect().right > width + 1)
        .map(element => element.outerHTML.slice(0, 120)).slice(0, 5);
}"""
