from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings

from archiver.analysis import Filter, overview, posts
from tests.analysis.small import Article, archive_of, articles, page, pages, post

ALL = Filter()


def test_figures_are_those_of_the_filter_and_of_the_archive() -> None:
    told = [post(1, "ann", "#A #B"), post(2, "bob", "#A"), post(3, "bob")]
    with archive_of([page("a.example/1", *told), page("b.example/2", told[0]), page("c.example/3")]) as archive:
        rows = overview.figures(archive, Filter(authors=("bob",))).rows
    assert [(row.thing, row.n_chosen, row.n_in_archive) for row in rows] == [
        ("posts", 2, 3),
        ("embeds of them", 2, 4),
        ("articles that embed them", 1, 2),
        ("articles in all", 3, 3),
        ("outlets of such articles", 1, 2),
        ("accounts that wrote them", 1, 2),
        ("hashtags of them", 1, 2),
    ]


def test_figures_of_an_empty_archive_are_zeros() -> None:
    with archive_of([]) as archive:
        assert {(row.n_chosen, row.n_in_archive) for row in overview.figures(archive, ALL).rows} == {(0, 0)}
        assert overview.posts_over_time(archive, ALL).rows == ()
        assert posts.notable(archive, ALL) == []


def test_undated_posts_and_articles_are_in_no_period_and_counted_apart() -> None:
    undated = post(2, posted_at=None, time_source=None, time_precision=None)
    with archive_of([page("a.example/1", post(1), undated, hours=24), page("b.example/2", post(1))]) as archive:
        when, where = overview.posts_over_time(archive, ALL, "year"), overview.articles_over_time(archive, ALL, "week")
    assert [(row.period, row.n, row.share) for row in when.rows] == [("2017", 1, 1.0)]
    assert when.denominator == "1 posts of known time, of 2"
    assert [(row.period, row.n) for row in where.rows] == [("2017-W40", 1)]
    assert where.denominator == "1 articles of known time, of 2"


@given(articles())
@settings(max_examples=30, deadline=None)
def test_platforms_periods_and_lists_are_what_counting_one_by_one_gives(told: Sequence[Article]) -> None:
    shown = [(p, a) for a in told for p in a.posts]
    with archive_of(pages(told)) as archive:
        platforms = overview.platforms(archive, ALL).rows
        months = overview.posts_over_time(archive, ALL, "month").rows
        listed = list(posts.listed(archive, ALL))
        cited = list(posts.articles(archive, ALL))
    for row in platforms:
        mine = [(p, a) for p, a in shown if p.platform == row.platform]
        outlets = {a.outlet for _, a in mine if a.outlet}
        assert (row.n_posts, row.n_embeds) == (len({p.number for p, _ in mine}), len(mine))
        assert (row.n_articles, row.n_outlets) == (len({a.number for _, a in mine}), len(outlets))
    dated = {p.number: f"{p.at:%Y-%m}" for p, _ in shown if p.at}
    assert {row.period: row.n for row in months if row.n} == {m: [*dated.values()].count(m) for m in dated.values()}
    assert sorted(int(post.key.partition(":")[2]) for post in listed) == sorted({p.number for p, _ in shown})
    assert sum(len(post.shown) for post in listed) == len(shown)
    days = [post.posted_at[:10] if post.posted_at else "none" for post in listed]
    assert days == sorted(days)
    embedding = [page_.url for page_, article in zip(pages(told), told, strict=True) if article.posts]
    assert sorted(article.url for article in cited) == sorted(embedding)


@pytest.mark.parametrize("limit", [1, 2])
def test_notable_posts_are_those_of_most_articles_and_those_of_most_outlets(limit: int) -> None:
    often, far, once = post(1), post(2), post(3)
    held = [page(f"a.example/{n}", often) for n in range(4)] + [page(f"{n}.example/x", far) for n in "bcd"]
    with archive_of([*held, page("e.example/1", once)]) as archive:
        found = posts.notable(archive, ALL, limit)
    assert [found_post.key for found_post in found] == ["twitter:1", "twitter:2"]
    assert [len(found_post.shown) for found_post in found] == [4, 3]
