"""Lists to read: Markdown rendered again, HTML parsed again."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archiver import store
from archiver.analysis import Filter
from archiver.cli import cli
from archiver.exports import _letters, html, md
from archiver.model import Page
from tests.analysis.small import add, archive_of, page, post

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
EVIL = '"><script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) \u202e`x` **b**'
HOSTILE = [
    EVIL,
    "# heading\n- item\n1. one\n> quote\n---\n***\n    code\n\ttab",
    "<https://evil.example> ![](https://evil.example/x.png) [a]: https://evil.example",
    "&lt;b&gt; &amp; \\",
    "| a | b |\n|---|---|\n~~~\n```",
    "\ud800 \x00 \x1b[31m",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=60)


class Told(HTMLParser):
    """The words, tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.tags, self.links = "", set[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words += data


def told(text: str) -> Told:
    parser = Told()
    parser.feed(text)
    return parser


def evil_page(text: str) -> Page:
    shown = post(7, "eve", text, author_name=text, permalink="javascript:alert(1)", lang=text[:8])
    return page("a.example/1", shown, title=text, hours=3)


def written(kind: str, path: Path, *pages: Page) -> str:
    with archive_of(pages) as archive:
        {"md": md, "html": html}[kind].write(archive, Filter(), path, WHEN)
    return path.read_text(encoding="utf-8")


def rendered(text: str) -> str:
    return MarkdownIt("gfm-like", {"linkify": False}).render(text)


def words(text: str) -> str:
    """The words of a text as the archive keeps it: what it cannot keep becomes a sign of replacement."""
    kept = "".join("\ufffd" if char == "\x00" or "\ud800" <= char < "\ue000" else char for char in text)
    return "".join(_letters.line(kept).split())


@pytest.mark.parametrize("kind", ["md", "html"])
def test_a_post_is_told_with_its_time_how_that_is_known_and_its_articles(tmp_path: Path, kind: str) -> None:
    known = post(1, "ann", "Rain *today*\nand sun", hours=20.5, author_name="Ann Lee")
    other = post(1, "ann", "Rain", hours=20.5)
    undated = post(2, "bob", "When?", posted_at=None, time_source=None, time_precision=None)
    pages = page("one.example/a", known, undated, title="First", hours=40), page("two.example/b", other, title="Second")
    text = written(kind, tmp_path / "out", *pages)
    found = told(rendered(text) if kind == "md" else text)
    plain = " ".join(found.words.split())
    assert "Ann Lee @ann" in plain
    assert "1 October 2017, 20:30:00 UTC (from the post's id, which the platform made at that moment)" in plain
    assert plain.index("Rain *today*") < plain.index("In First, one.example, 2 October 2017, 16:00:00 UTC")
    assert "In Second, two.example" in plain
    assert re.search("Shown there as: Rain ?Before it: Before ?After it: After", plain)
    assert plain.index("time not known") > plain.index("Rain *today*")  # undated posts come last
    assert "Filter: all embedded posts" in plain
    assert "2 of 2 posts; 3 of 3 embeds of them; 2 of 2 articles that embed them" in plain
    assert "Made: 2026-01-02 00:00 UTC" in plain
    assert {"https://one.example/a", "https://two.example/b", "https://twitter.com/ann/status/1"} <= set(found.links)
    assert found.tags & {"br", "p"}


@given(text=TEXTS)
@settings(max_examples=25, deadline=None)
def test_no_text_means_anything_in_markdown(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = written("md", tmp_path_factory.mktemp("md") / "out.md", evil_page(text))
    page_ = told(rendered(found))
    assert page_.tags <= {"h1", "h2", "ul", "li", "p", "a", "blockquote", "br", "em"}
    assert {link for link in page_.links if not link.startswith("https://a.example/")} == set()
    assert words(text) in "".join(page_.words.split())
    assert not re.search("[\u202a-\u202e\x00\x1b]", found)


@given(text=TEXTS)
@settings(max_examples=25, deadline=None)
def test_no_text_means_anything_in_html(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = written("html", tmp_path_factory.mktemp("html") / "out.html", evil_page(text))
    page_ = told(found)
    assert not page_.tags & {"script", "img", "iframe", "link", "object"}
    assert {link for link in page_.links if not link.startswith("https://a.example/")} == set()
    assert words(text) in "".join(page_.words.split())
    assert not re.search("[\u202a-\u202e\x00\x1b]", found)
    assert "default-src 'none'" in found


@pytest.mark.parametrize("kind", ["md", "html"])
def test_the_command_writes_what_a_filter_chooses(tmp_path: Path, kind: str) -> None:
    db, out = tmp_path / "a.db", tmp_path / "out"
    with closing(store.open_archive(db)) as archive:
        add(archive, page("a.example/1", post(1, "ann"), post(2, "bob")))
    done = CliRunner().invoke(cli, ["export", kind, "--db", str(db), "--out", str(out), "--author", "ann"])
    assert done.output == f"{out}: 1 post\n"
    text = out.read_text()
    assert "Post 1" in text
    assert "Post 2" not in text
    assert "by ann" in text
    CliRunner().invoke(cli, ["export", kind, "--db", str(db), "--out", str(out), "--author", "nobody"])
    assert "0 of 2 posts" in out.read_text()


@pytest.mark.parametrize("kind", ["md", "html"])
def test_folders_of_saved_files_are_not_told(tmp_path: Path, kind: str) -> None:
    shown = page("x/1", post(1, "ann"))
    saved = replace(shown, url="file:///home/secret/saved%20page.html", url_source="file", outlet=None)
    text = written(kind, tmp_path / "out", saved)
    assert "saved page.html" in text.replace("\\", "")
    assert "secret" not in text
