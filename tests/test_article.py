"""What pages say of themselves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archiver import article, soup


def told(html: str) -> article.Article:
    return article.read(soup.parse(html))


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
    assert article_.keywords == ("one", "two")
    assert article_.site_name == "The Site"
    assert told(html.replace("ld+json", "x")).title == "From Open Graph"
    assert told("<title>From the\n title</title>").title == "From the title"


def test_what_a_page_does_not_say_is_none() -> None:
    assert told("<p>Nothing") == article.Article()


@pytest.mark.parametrize("value", ["yesterday", "2020-13-45", "", "May 1, 2020"])
def test_a_date_that_is_no_iso_date_is_none(value: str) -> None:
    assert told(f'<meta property="article:published_time" content="{value}">').published_at is None


@pytest.mark.parametrize(
    "script", ["{", "[" * 5000, '{"@type": 5}', '"text"', "null", '{"@graph": [null, 3, {"@graph": 1}]}']
)
def test_broken_json_ld_is_passed_over(script: str) -> None:
    assert told(f'<script type="application/ld+json">{script}</script><title>T</title>').title == "T"
