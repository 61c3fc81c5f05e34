"""Filters as a request tells them, in SQL and in words."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from datasette.utils.asgi import BadRequest, Request
from hypothesis import given
from hypothesis import strategies as st

from archiver import entities
from archiver.datasette_plugin import counting, filters


def asking(query: str) -> Request:
    return Request.fake(f"/archive/posts?{query}")


def words(query: str) -> list[str]:
    return [part.words for part in filters.parts(asking(query))]


@given(st.text(max_size=20))
def test_a_hashtag_is_folded_as_the_archive_folds_it(tag: str) -> None:
    tag = tag.strip().lstrip("#＃")
    assert filters.folded(f"#{tag}") == entities.tag_key(tag)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("_hashtag=MeToo", ["hashtag #MeToo"]),
        ("_hashtag=%23MeToo&_in=post", ["hashtag #MeToo in the post’s own text", "hashtags in the post’s own text"]),
        ("_outlet=a.example&posted_year=2017", ["outlet a.example", "year 2017"]),
        ("author_id=5&lang__exact=en", ["account 5", "language en"]),
        ("_day=2017-10-15&_links=1", ["posted on 2017-10-15", "also posts that no page embeds"]),
        ("_search=grey+herons&_sort=id&_facet=lang", ["with the words “grey herons”"]),
        ("text__contains=pond&n_pages__gt=3", ['text contains "pond"', "n_pages > 3"]),
        ("hashtags__arraycontains=Pond", ["hashtag #Pond"]),
    ],
)
def test_a_filter_is_stated_in_words(query: str, expected: list[str]) -> None:
    assert words(query) == expected


def test_each_filter_can_be_taken_away_alone_and_leads_to_the_first_page() -> None:
    query = "_hashtag=a&_hashtag=b&posted_year=2017&_sort=id&_next=77"
    found = filters.parts(asking(query))
    assert len(found) == 3
    for at, part in enumerate(found):
        assert part.href is not None
        left = parse_qsl(urlsplit(part.href).query)
        whole = [pair for pair in parse_qsl(query) if pair[0] != "_next"]
        assert left == [pair for i, pair in enumerate(whole) if i != at]


def test_the_last_filter_taken_away_leaves_the_bare_table() -> None:
    (part,) = filters.parts(asking("_outlet=a.example"))
    assert part.href == "/archive/posts"


def test_links_are_left_out_unless_asked_for_and_the_page_says_so() -> None:
    told = filters.where(asking(""), "posts")
    assert told is not None
    assert told.where_clauses == ["posts.n_embeds > 0"]
    assert told.human_descriptions == ["embedded in a page (_links=1: also others)"]
    asked = filters.where(asking("_links=1"), "posts")
    assert asked is not None
    assert asked.where_clauses == []
    assert filters.where(asking("_hashtag=a"), "pages") is None


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("", True),
        ("_hashtag=a&_hashtag=b&_outlet=c&posted_year=2017&author_id=3&_sort=id&_facet=lang&_next=7", True),
        ("_links=1", False),
        ("_search=x", False),
        ("_where=1", False),
        ("_day=2017-01-01", False),
        ("text__contains=x", False),
        ("lang=", False),
        ("lang=en&lang=de", False),
        ("_through=%7B%7D", False),
    ],
)
def test_counts_kept_answer_only_what_they_know(query: str, whole: bool) -> None:
    assert filters.selection(asking(query)).is_whole is whole


@pytest.mark.parametrize("query", ["_search=x", "_hashtag=a&_hashtag=b", "_hashtag=a&author_id=1", "_outlet=a&lang=en"])
def test_what_is_not_counted_beforehand_is_told_so(query: str) -> None:
    assert counting.total(filters.selection(asking(query))) is None


@pytest.mark.parametrize("day", ["2017-13-01", "yesterday", "2017-1-1", "", "20171015"])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(BadRequest):
        filters.selection(asking(f"_day={day}"))


def test_too_many_hashtags_are_refused() -> None:
    with pytest.raises(BadRequest, match="At most 20"):
        filters.selection(asking("&".join(f"_hashtag=t{n}" for n in range(21))))
