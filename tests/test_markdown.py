"""Markdown: front matter, embeds in raw HTML, hostile sources."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import frontmatter, markdown, shortcodes
from archiver.model import Page
from tests.pages import HERE
from tests.pages import read as read_bytes

SOURCES = sorted((HERE / "embeds" / "markdown").glob("*.md"))
PAIRS = [*pairwise("abcdefghijklmnopqrstu")]
ALIASES = "a: &a [x, x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in PAIRS)
MERGES = "a: &a {x: y}\n" + "".join(f"{new}: &{new} {{<<: [*{old}, *{old}, *{old}]}}\n" for old, new in PAIRS)


def read(text: str, url: str | None = None) -> Page:
    return read_bytes(text, "text/markdown", url)


def test_front_matter_in_yaml_tells_of_the_page() -> None:
    page = read(
        "---\ntitle : 'No: a river'\nauthor: Ann Lee\ndate: 2020-02-24 18:20:00 +0100\nlast_modified_at: 2020-03-01\n"
        "tags:\n- Rivers\n- Walks\ncategory: nature\nexcerpt: >-\n  Wide,\n  and deep.\nlang: en\n"
        "canonical_URL: https://example.org/river/\n---\nWords."
    )
    assert (page.url, page.url_source, page.outlet) == ("https://example.org/river/", "declared", "example.org")
    assert (page.title, page.byline, page.description) == ("No: a river", "Ann Lee", "Wide, and deep.")
    assert (page.keywords, page.section, page.lang) == (("Rivers", "Walks"), "nature", "en")
    assert page.published_at == datetime(2020, 2, 24, 17, 20, tzinfo=UTC)
    assert page.modified_at == datetime(2020, 3, 1, tzinfo=UTC)


def test_front_matter_in_toml_tells_of_the_page() -> None:
    page = read(
        '+++\ntitle = "A river"\ndate = 2020-02-24T18:20:00+01:00\nlastmod = 2020-03-01\n'
        'authors = ["Ann Lee", {name = "Bo Li"}]\nkeywords = ["Rivers"]\n+++\nWords.'
    )
    assert (page.title, page.byline, page.keywords) == ("A river", "Ann Lee, Bo Li", ("Rivers",))
    assert page.published_at == datetime(2020, 2, 24, 17, 20, tzinfo=UTC)
    assert page.modified_at == datetime(2020, 3, 1, tzinfo=UTC)


def test_a_permalink_is_an_address_on_the_site_that_serves_the_source_and_a_pattern_is_none() -> None:
    assert read("---\npermalink: /river/\n---\n", "https://example.org/x.md").url == "https://example.org/river/"
    assert read("---\npermalink: /river/\n---\n", "file:///x.md").url == "file:///x.md"
    assert read("---\npermalink: /:year/:title/\n---\n", "https://example.org/x.md").url == "https://example.org/x.md"


def test_a_source_without_front_matter_has_its_first_heading_as_title() -> None:
    assert read("A rule:\n\n---\n\n# A *wide* river\n").title == "A wide river"
    assert read("---\n---\n# A river").title == "A river"


def test_values_are_words_and_no_types_are_guessed() -> None:
    assert frontmatter.split("---\ntitle: No\ndate: 12:30\nAuthor_Name: ~\n---\nx") == (
        {"title": "No", "date": "12:30", "authorname": "~"},
        "x",
    )


@pytest.mark.parametrize(
    "matter",
    ["title: [", "title: a: b", "- a list", "just words", "? [a, b]\n: c", "a: *gone", "a: &a [*a]", "[" * 3000,
     "x" * 70_000, "{a: " * 3000],
)  # fmt: skip
def test_broken_front_matter_tells_nothing_and_is_no_prose(matter: str) -> None:
    assert frontmatter.split(f"---\n{matter}\n---\nWords.") == ({}, "Words.")


@pytest.mark.parametrize("matter", ["title =", "a = " + "[" * 3000, "x"])
def test_broken_toml_tells_nothing_either(matter: str) -> None:
    assert frontmatter.split(f"+++\n{matter}\n+++\nWords.") == ({}, "Words.")


@pytest.mark.parametrize("bomb", [ALIASES, MERGES])
def test_aliases_and_merge_keys_do_not_multiply(bomb: str) -> None:
    page = read(f"---\n{bomb}tags: *u\nauthor: *u\ntitle: A river\n---\nWords.")
    assert (page.title, page.keywords, page.byline) == ("A river", (), None)


def test_values_cannot_break_out_of_the_head() -> None:
    page = read('---\ntitle: "</title><iframe src=https://www.youtube.com/embed/w7Ft2ymGmfc>"\n---\n')
    assert (page.embeds, page.title) == ((), "</title><iframe src=https://www.youtube.com/embed/w7Ft2ymGmfc>")


def test_a_whole_page_of_html_in_a_source_is_kept() -> None:
    page = read('<div>\n\n<p>Words.</p>\n\n<amp-youtube data-videoid="w7Ft2ymGmfc"></amp-youtube>\n</div>\n')
    assert [embed.post.platform_id for embed in page.embeds] == ["w7Ft2ymGmfc"]


def test_what_is_kept_of_a_shortcode_is_how_it_was_written() -> None:
    code = '{{< x user="annlee" id="928028846999719931" >}}'
    assert [embed.html for embed in read(f"Words.\n\n{code}\n").embeds] == [code]


def test_a_shortcode_that_embeds_no_post_is_left_as_it_is() -> None:
    text = "{% include a.html %} {{ page.title }} [x] [tweet] {{< x >}} {% embed words %} %[words]"
    assert shortcodes.expand(text) == text


@pytest.mark.parametrize(
    "piece",
    ["[", "*a ", "_a", "<", "![", "> ", "- ", "`", "[a](", "<blockquote x\n", "<blockquote x\n\n", "{{< x ",
     "{% tweet ", "[tweet ", "[embed]http://x ", "%[http://a ", "---\n", "|a", "&", "<!--", "<a x="],
)  # fmt: skip
def test_a_long_row_of_one_thing_is_read(piece: str) -> None:
    assert markdown.html(piece * 3000).endswith("</html>")


@given(st.text(max_size=500))
def test_no_text_makes_reading_raise(text: str) -> None:
    read(text)
    read(f"---\n{text}\n---\n{text}")
    read(f"+++\n{text}\n+++\n")


@given(st.data())
def test_no_damaged_source_makes_reading_raise(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SOURCES)).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        scrap = data.draw(st.sampled_from(["\n", "---", "{{<", "%}", "`", "<p>", "]", '"', "\x00", "    "]))
        text = text[:at] + scrap + text[at + data.draw(st.integers(0, 12)) :]
    read(text)
