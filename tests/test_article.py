"""What pages say of themselves."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import article, soup
from archiver.model import utc
from tests.pages import HERE

PAGES = sorted((HERE / "articles").glob("*.html"))


def told(html: str) -> article.Article:
    return article.read(soup.parse(html))


def facts(found: article.Article) -> dict[str, object]:
    """All that an article tells, as JSON has it."""
    values = {name: value for name, value in asdict(found).items() if value not in (None, ())}
    return {n: utc(v) if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v for n, v in values.items()}


def test_there_are_pages_and_each_has_its_facts() -> None:
    assert len(PAGES) >= 10
    assert {p.stem for p in PAGES} == {p.stem for p in (HERE / "articles").glob("*.json")}


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_a_page_tells_what_its_facts_say_and_no_more(path: Path) -> None:
    assert facts(told(path.read_text(encoding="utf-8"))) == json.loads(
        path.with_suffix(".json").read_text(encoding="utf-8")
    )


def test_json_ld_goes_before_meta_elements_and_these_before_the_title() -> None:
    html = """
    <title>From the title | Site</title>
    <meta property="og:title" content="From Open Graph">
    <script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "x"}, {"@type": ["NewsArticle"],
      "headline": "From JSON-LD", "author": [{"name": "Ann Lee"}, {"name": "Bob Ray"}],
      "datePublished": "2020-05-01T10:00:00+02:00",
      "keywords": "one, two", "publisher": {"name": "The Site"}}]}</script>
    """
    article_ = told(html)
    assert article_.title == "From JSON-LD"
    assert article_.byline == "Ann Lee, Bob Ray"
    assert article_.published_at == datetime(2020, 5, 1, 8, tzinfo=UTC)
    assert article_.published_source == "json-ld"
    assert article_.keywords == ("one", "two")
    assert article_.site_name == "The Site"
    assert told(html.replace("ld+json", "x")).title == "From Open Graph"
    assert told("<title>From the\n title</title>").title == "From the title"


def test_what_a_page_does_not_say_is_none() -> None:
    assert told("<p>Nothing") == article.Article()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Herons | The Pond Post", "Herons"),
        ("Herons - the pond post", "Herons"),
        ("Herons – The Pond Post", "Herons"),
        ("Herons | Nature", "Herons | Nature"),
        ("Why we read The Pond Post", "Why we read The Pond Post"),
        ("The Pond Post", "The Pond Post"),
        ("| The Pond Post", "| The Pond Post"),
    ],
)
def test_the_sites_own_name_at_the_end_of_the_title_element_is_no_part_of_the_title(title: str, shown: str) -> None:
    site = '<meta property="og:site_name" content="The Pond Post">'
    assert told(f"<title>{title}</title>{site}").title == shown
    assert told(f'<meta property="og:title" content="{title}">{site}').title == title


@pytest.mark.parametrize("value", ["yesterday", "2020-13-45", "", "03/04/2020", "May 2020", "1989-12-31", "2101-01-01"])
def test_a_date_that_is_not_clear_is_none(value: str) -> None:
    found = told(f'<meta property="article:published_time" content="{value}">')
    assert (found.published_at, found.published_source) == (None, None)


def test_a_date_in_words_is_a_day() -> None:
    assert told('<meta name="date" content="May 1, 2020">').published_at == datetime(2020, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "byline"),
    [
        ("By Ann Lee", "Ann Lee"),
        ("Von Ida Moor", "Ida Moor"),
        ("Written by: Ann Lee", "Ann Lee"),
        ("Byron Lee", "Byron Lee"),
        ("von Stein", "von Stein"),
        ("https://example.org/ann", None),
        ("@ann_lee", None),
        ("viafoura-id:615", None),
    ],
)
def test_a_byline_holds_names_alone(value: str, byline: str | None) -> None:
    assert told(f'<meta name="author" content="{value}">').byline == byline


@pytest.mark.parametrize(
    ("value", "lang"),
    [("de_DE", "de-DE"), ("EN-us", "en-US"), ("zh_hant_tw", "zh-Hant-TW"), ("English", None), ("de, en", None)],
)
def test_a_language_is_written_as_bcp_47_has_it(value: str, lang: str | None) -> None:
    assert told(f'<meta property="og:locale" content="{value}">').lang == lang
    assert told(f'<html lang="{value}">').lang == lang


@pytest.mark.parametrize(
    "script",
    [
        *("{", "[" * 5000, '{"a":' * 5000, '{"@type": 5}', '"text"', "null", '{"@graph": [null, 3, {"@graph": 1}]}'),
        *("<!--" + " " * 100_000, "{" + ", " * 50_000, '{"' + "\\" * 99_999, '{"@type": "Article", "@id": []}'),
        '{"@type": "Article", "headline": {"a": 1}, "author": [[1, null]], "datePublished": 1e400, "url": ["[", 5]}',
    ],
)
def test_broken_json_ld_is_passed_over(script: str) -> None:
    assert told(f'<script type="application/ld+json">{script}</script><title>T</title>').title == "T"


_PIECES = [piece for path in PAGES for piece in path.read_text(encoding="utf-8").replace(">", ">\0").split("\0")]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=8), max_size=40).map("".join))
def test_no_html_makes_reading_raise(html: str) -> None:
    found = told(html)
    assert (found.published_at is None) == (found.published_source is None)
    json.dumps(facts(found), ensure_ascii=False).encode()  # what cannot be encoded, no database holds


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from("@type @id @graph @list author headline name url datePublished mainEntity publisher".split()), v
)))  # fmt: skip
def test_no_json_ld_makes_reading_raise(value: object) -> None:
    told(f'<script type="application/ld+json">{json.dumps({"@type": "Article", "mainEntity": value})}</script>')
