"""The explorer's answers to questions: those of `archiver analyze`, drawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import astuple
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.utils.asgi import Request
from hypothesis import given, settings

from archiver import analysis, store
from archiver.analysis import Filter
from archiver.datasette_plugin import asking, questions
from archiver.model import Mention
from archiver.store import prose
from tests.analysis.small import Article, add, archive_of, articles, filters, pages
from tests.analysis.test_small import _pages
from tests.explorer.sites import Site

# What each question is to be: the rows of the analysis, of these columns where not of all, whatever their order.
SAME: dict[str, Callable[[sqlite3.Connection, Filter], Sequence[tuple[Any, ...]]]] = {
    "hashtags": lambda a, f: told(analysis.hashtags.top(a, f)),
    "hashtags_over_time": lambda a, f: [
        (r.period, r.n_posts, r.hashtag, r.in_post, r.share) for r in analysis.hashtags.by_period(a, f).rows
    ],
    "hashtags_rising_and_falling": lambda a, f: told(analysis.hashtags.changes(a, f, "2017-10", "2017-11..2017-12")),
    "hashtags_together": lambda a, f: told(analysis.cooccurrence.pairs(a, f, 100, 1)),
    "authors": lambda a, f: told(analysis.authors.top(a, f)),
    "authors_concentration": lambda a, f: measures(analysis.authors.concentration(a, f)),
    "outlets": lambda a, f: told(analysis.outlets.top(a, f)),
    "outlets_concentration": lambda a, f: measures(analysis.outlets.concentration(a, f)),
    "who_embeds_whom": lambda a, f: told(analysis.outlets.ties(a, f)),
    "overlap_of_outlets": lambda a, f: told(analysis.outlets.overlap(a, f)),
    "reach": lambda a, f: told(analysis.outlets.reach(a, f)),
    "farthest_posts": lambda a, f: told(analysis.outlets.farthest(a, f)),
    "first_to_embed": lambda a, f: told(analysis.outlets.firsts(a, f)),
    "lag": lambda a, f: told(analysis.lag.summary(a, f)),
    "lag_histogram": lambda a, f: told(analysis.lag.histogram(a, f)),
    "reuse": lambda a, f: told(analysis.lag.reuse(a, f)),
    "articles_with_embeds_by_outlet": lambda a, f: told(analysis.embeds.shares(a, f, "outlet"))[:-1],
    "articles_with_embeds_by_period": lambda a, f: told(analysis.embeds.shares(a, f, "month"))[:-1],
    "articles_with_embeds_by_section": lambda a, f: told(analysis.embeds.shares(a, f, "section"))[:-1],
    "articles_with_embeds_by_platform": lambda a, f: told(analysis.embeds.shares(a, f, "platform"))[:-1],
    "forms_over_time": lambda a, f: [
        (r.period, r.n_embeds, r.platform, r.form, r.share) for r in analysis.embeds.forms(a, f).rows
    ],
    "variants": lambda a, f: told(analysis.variants.differences(a, f)),
    "wordings": lambda a, f: told(analysis.variants.wordings(a, f)),
    "suspects": lambda a, f: told(analysis.variants.flags(a, f)),
    "suspect_embeds": lambda a, f: told(analysis.variants.suspects(a, f)),
    "how_posts_are_known": lambda a, f: told(analysis.known.sources(a, f)),
    "mentions": lambda a, f: told(analysis.mentions.by_platform(a, f)),
    "sentences": lambda a, f: told(analysis.mentions.sentences(a, f)),
    "unresolved": lambda a, f: quoted(a, f, "embed"),
    "quotations_in_prose": lambda a, f: quoted(a, f, "prose"),
}


def told(answer: analysis.Answer[Any]) -> list[tuple[Any, ...]]:
    return [astuple(row) for row in answer.rows]


def measures(answer: analysis.Answer[Any]) -> list[tuple[Any, ...]]:
    return [row for row in told(answer) if "1 %" not in row[0] and "half" not in row[0]]


def quoted(archive: sqlite3.Connection, about: Filter, source: str) -> list[tuple[Any, ...]]:
    found = analysis.unresolved.quotations(archive, about).rows
    return [(row.platform, row.handle, row.day, row.text) for row in found if row.source == source]


def asked(archive: sqlite3.Connection, name: str, about: Filter) -> asking.Answered:
    """What the explorer answers to such a filter."""
    named = [("hashtag", about.hashtags), ("author", about.authors), ("outlet", about.outlets)]
    named += [("platform", about.platforms), ("lang", about.langs)]
    pairs = [(argument, value) for argument, values in named for value in values]
    pairs += [("from", about.since or ""), ("to", about.until or ""), ("search", about.search or "")]
    pairs += [("minimum", "1"), ("then", "2017-10"), ("now", "2017-11..2017-12")]
    pairs += [("in_post_only", "1")] * about.in_post_only
    question = questions.QUESTIONS[name]
    request = Request.fake(f"/?{urlencode(pairs)}")
    found = asking.answer(archive, question, asking.about(request, question), 60_000)
    assert found is not None
    return found


def near(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    ordered = sorted(rows, key=lambda row: [str(v) for v in row if not isinstance(v, float)])
    return [pytest.approx(v, abs=2e-4) if isinstance(v, float) else v for row in ordered for v in row]


def plain(rows: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [v for row in sorted(rows, key=lambda row: [str(v) for v in row if not isinstance(v, float)]) for v in row]


def test_every_question_is_compared() -> None:
    assert set(SAME) == set(questions.QUESTIONS)


def as_answered(archive: sqlite3.Connection, name: str, about: Filter) -> list[Any]:
    for table in ("by", "posts", "pages", "embeds"):  # those of the analysis, made on the same connection
        archive.execute(f"drop table if exists temp.chosen_{table}")
    return plain(asked(archive, name, about).rows)


@settings(max_examples=12, deadline=None)
@given(drawn=articles(), about=filters())
def test_every_answer_is_that_of_the_analysis(drawn: list[Article], about: Filter) -> None:
    with archive_of(pages(drawn)) as archive:
        for name, expected in SAME.items():
            assert as_answered(archive, name, about) == near(expected(archive, about)), name


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The archive whose figures tests/analysis/test_small.py counts by hand, with a sentence that quotes a post."""
    file = tmp_path_factory.mktemp("questions") / "archive.db"
    spoken = Mention("twitter", "tweeted", "@ann tweeted “in the reed”.", "en", "in the reed", "ann")
    with closing(store.open_archive(file)) as archive:
        add(archive, *_pages())
        prose.save(archive, 1, [spoken])
        archive.commit()
    return Site(file)


def table(site: Site, path: str) -> list[list[str]]:
    """The cells of a page's answer."""
    return [[cell.text().strip() for cell in row.css("td")] for row in site.page(path).css("table.answer tbody tr")]


def test_answers_are_those_counted_by_hand(site: Site) -> None:
    begin, day = "2017-10-01T00:00:00Z", "2017-10-02T00:00:00Z"
    assert table(site, "/-/question/hashtags")[0] == ["Herons", "2", "2", "0", "2", "0.5", begin, day]
    assert table(site, "/-/question/hashtags_together?minimum=1")[:2] == [
        ["Herons", "MeToo", "2", "2", "2", "1", "5.5452"],
        ["Herons", "Pond", "1", "2", "1", "1", "1.7261"],
    ]
    assert table(site, "/-/question/authors_concentration")[:2] == [["authors", "3"], ["Gini coefficient", "0.166667"]]
    assert table(site, "/-/question/overlap_of_outlets")[0] == ["b.example", "c.example", "1", "2", "1", "0.5"]
    assert table(site, "/-/question/first_to_embed")[0] == ["a.example", "1", "1", "0", "1"]
    assert table(site, "/-/question/lag") == [["hours", "6", "1", "24", "34", "34"], ["days", "6", "1", "1", "1", "1"]]
    assert table(site, "/-/question/reuse") == [["1", "2", "1.5", "2", "2.5"]]
    assert table(site, "/-/question/articles_with_embeds_by_section")[1] == ["News", "2", "2", "1", "3", "1.5"]
    assert table(site, "/-/question/mentions") == [["en", "twitter", "1", "1", "0", "1", "0"]]
    rising = table(site, "/-/question/hashtags_rising_and_falling?then=2017-10&now=2017-11")
    assert rising[0][:5] == ["Oscars", "0", "1", "0", "1"]


def test_filters_narrow_an_answer_and_are_told_in_words(site: Site) -> None:
    path = "/-/question/articles_with_embeds_by_outlet?author=%40ann&from=2017-11"
    assert table(site, path) == [["a.example", "2", "1", "0.5", "1", "0.5"]]
    words = site.words(path)
    assert "Asked about: articles published from 2017-11 on; of their embeds those by @ann" in words
    assert "archiver analyze embeds --table outlets --author @ann --from 2017-11" in words
    assert [row[0] for row in table(site, "/-/question/hashtags?in_post_only=1")] == ["Herons", "Oscars", "Pond"]
    assert table(site, "/-/question/outlets?outlet=https://www.c.example/x&search=%22the+reed%22")[0][2] == "1"


def test_every_question_has_a_page_that_the_list_leads_to(site: Site) -> None:
    links = [a.attributes["href"] or "" for a in site.page("/-/questions").css("main dl a")]
    assert links == [f"/-/question/{name}" for name in questions.QUESTIONS]
    answers = site.get(*links)
    assert [answer.status_code for answer in answers] == [200] * len(links)
    for name, answer in zip(questions.QUESTIONS, answers, strict=True):
        assert "archiver analyze" in answer.text
        assert questions.QUESTIONS[name].title in answer.text
        assert "Asked about: <bdi>all " in answer.text
    assert site.get("/-/question/nothing")[0].status_code == 404
    assert 'href="/-/questions"' in site.get("/")[0].text


def test_an_answer_over_time_is_drawn(site: Site) -> None:
    by_day = site.page("/-/question/hashtags_over_time?by=day")
    assert [caption.text() for caption in by_day.css("figure.chart figcaption")] == ["Posts with #Herons"]
    drawn = site.page("/-/question/articles_with_embeds_by_period")
    assert len(drawn.css("figure.chart g rect.bar")) == 2
    assert len(drawn.css("table.answer tbody tr")) == 2


REFUSED = (
    "hashtags?from=yesterday",
    "hashtags_over_time?by=week",
    "hashtags_together?minimum=0",
    "hashtags_rising_and_falling?then=2017-13&now=2017",
    "hashtags_rising_and_falling?then=2018..2017&now=2017",
    "authors?" + "&".join(["author=a"] * 51),
)


@pytest.mark.parametrize("query", REFUSED)
def test_what_cannot_be_asked_is_refused(site: Site, query: str) -> None:
    assert site.get(f"/-/question/{query}")[0].status_code == 400


def test_an_answer_that_takes_too_long_says_so_and_leaves_nothing_behind(site: Site) -> None:
    question = questions.QUESTIONS["hashtags"]
    with closing(sqlite3.connect(f"file:{site.file}?mode=ro", uri=True)) as connection:
        request = Request.fake("/")
        assert asking.answer(connection, question, asking.about(request, question), 0) is None
        assert connection.execute("select count(*) from temp.sqlite_master").fetchone() == (0,)
        found = asking.answer(connection, question, asking.about(request, question), 60_000)
    assert found is not None
    assert len(found.rows) == 4
