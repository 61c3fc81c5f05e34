"""Every answer against figures counted by hand, on a small archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, replace

import pytest

from archiver import analysis
from archiver.analysis import Answer, Filter, _periods
from archiver.analysis.catalogue import QUESTIONS, Options
from archiver.errors import ArchiveError
from archiver.model import Mention, Page
from archiver.store import prose
from tests.analysis.small import BEGIN, add, archive_of, page, post

ALL = Filter()
ANN = post(1, "ann", "Herons in the reed #Herons #Pond", hours=0)
BOB = post(2, "bob", "No herons here #herons", hours=24)
CY = post(3, "cy", "Silence", hours=48, lang="de")
LATE = post(4, "ann", "Herons again #Oscars", hours=24 * 40)
STORY = "Grey herons stand in the pond and nobody knows what they are waiting for this year"


def _pages() -> list[Page]:
    return [
        page("a.example/1", ANN, BOB, hours=10, title=STORY, section="News", around=("MeToo",)),
        page("b.example/2", ANN, hours=34, title=f"{STORY}.", section="News"),
        page("c.example/3", CY, ANN, hours=82, title="Another title of a page", section="Sport"),
        page("a.example/4", LATE, hours=24 * 41, title="A fourth title"),
        page("a.example/5", hours=24 * 41, title="Nothing embedded here"),
    ]


@pytest.fixture(scope="module")
def archive() -> Iterator[sqlite3.Connection]:
    with archive_of(_pages()) as opened:
        yield opened


def rows(answer: Answer[object]) -> list[tuple[object, ...]]:
    return [astuple(row) for row in answer.rows]  # type: ignore[call-overload]


def test_hashtags(archive: sqlite3.Connection) -> None:
    found = analysis.hashtags.top(archive, ALL)
    begin, day = "2017-10-01T00:00:00Z", "2017-10-02T00:00:00Z"
    assert rows(found) == [
        ("Herons", 2, 2, 0, 2, 0.5, begin, day),  # of two spellings once each the first in the alphabet
        ("MeToo", 2, 0, 2, 2, 0.5, None, None),
        ("Oscars", 1, 1, 0, 1, 0.25, "2017-11-10T00:00:00Z", "2017-11-10T00:00:00Z"),
        ("Pond", 1, 1, 0, 1, 0.25, begin, begin),
    ]
    assert (found.filter, found.denominator) == ("all embedded posts", "4 embedded posts")
    assert found.span == "posts of 2017-10-01 to 2017-11-10; articles of 2017-10-01 to 2017-11-11"


def test_hashtags_in_posts_only(archive: sqlite3.Connection) -> None:
    found = analysis.hashtags.top(archive, Filter(in_post_only=True))
    assert [(row.hashtag, row.n_posts) for row in found.rows] == [("Herons", 2), ("Oscars", 1), ("Pond", 1)]
    assert found.filter == "all embedded posts; hashtags in posts' own text only"


def test_hashtags_by_week(archive: sqlite3.Connection) -> None:
    found = analysis.hashtags.by_period(archive, ALL, "week", 1)
    assert rows(found) == [("2017-W39", "Herons", 1, 1, 1.0), ("2017-W40", "Herons", 1, 1, 0.5)]


def test_hashtags_that_rise_and_fall(archive: sqlite3.Connection) -> None:
    found = analysis.hashtags.changes(archive, ALL, "2017-10", "2017-11", prior=6.0)
    # October: Herons 2, MeToo 2, Pond 1; November: Oscars 1; so the prior is Herons 2, MeToo 2, Oscars 1, Pond 1.
    # Oscars: log(2 / 5) - log(1 / 10) = log 4 = 1.3863; its error sqrt(1/2 + 1) = 1.2247.
    assert rows(found)[0] == ("Oscars", 0, 1, 0.0, 1.0, 1.3863, 1.1319)
    # Herons: log(2 / 5) - log(4 / 7) = -0.3567; its error sqrt(1/2 + 1/4) = 0.8660.
    assert ("Herons", 2, 0, 0.4, 0.0, -0.3567, -0.4119) in rows(found)
    assert found.denominator == "5 uses of hashtags in 2017-10, 1 in 2017-11, in 4 embedded posts"


def test_a_rare_tag_does_not_win_by_chance() -> None:
    often = [post(n, text=f"{n} #Often", hours=0 if n <= 40 else 24 * 40) for n in range(1, 141)]
    more = [post(n, text=f"{n} #Plain", hours=0 if n <= 240 else 24 * 40) for n in range(141, 341)]
    rare = post(999, text="#Rare", hours=24 * 40)
    with archive_of([page("a.example/1", *often, *more, rare)]) as archive:
        found = {row.hashtag: row for row in analysis.hashtags.changes(archive, ALL, "2017-10", "2017-11").rows}
    assert found["Rare"].log_odds > found["Often"].log_odds
    assert found["Often"].z > 1.96 > found["Rare"].z > 0


def test_cooccurrence(archive: sqlite3.Connection) -> None:
    found = analysis.cooccurrence.pairs(archive, ALL, minimum=1)
    # Herons and MeToo: of 4 posts 2 have both, 2 neither: PMI log2(2*4/(2*2)) = 1; G2 = 2*(2*log 2 + 2*log 2) = 5.5452.
    assert rows(found)[0] == ("Herons", "MeToo", 2, 2, 2, 1.0, 5.5452)
    # Herons and Pond: both 1, Herons alone 1, neither 2: G2 = 2*(log(4/2) + log(4/6) + 2*log(8/6)) = 1.7261.
    assert rows(found)[1] == ("Herons", "Pond", 1, 2, 1, 1.0, 1.7261)
    assert [row.n_together for row in analysis.cooccurrence.pairs(archive, ALL).rows] == [2]


def test_authors(archive: sqlite3.Connection) -> None:
    assert rows(analysis.authors.top(archive, ALL)) == [
        ("twitter", "ann", "Ann", 2, 4, 4, 3, 0.5),
        ("twitter", "bob", "Bob", 1, 1, 1, 1, 0.25),
        ("twitter", "cy", "Cy", 1, 1, 1, 1, 0.25),
    ]
    measured = dict(rows(analysis.authors.concentration(archive, ALL)))  # type: ignore[arg-type]
    assert measured == {
        "authors": 3,
        "Gini coefficient": 0.166667,  # of 1, 1, 2: 2*(1*1 + 2*1 + 3*2) / (3*4) - 4/3
        "share of the top 1": 0.5,
        "share of the top 1 % (1)": 0.5,
        "authors that make half of the posts": 1,
    }


def test_outlets(archive: sqlite3.Connection) -> None:
    assert rows(analysis.outlets.top(archive, ALL)) == [
        ("a.example", None, 3, 3, 2, 2, 0.75),
        ("c.example", None, 2, 2, 1, 2, 0.5),
        ("b.example", None, 1, 1, 1, 1, 0.25),
    ]
    assert rows(analysis.outlets.ties(archive, ALL, 1)) == [("a.example", "twitter", "ann", 2, 2, 2)]
    assert rows(analysis.outlets.overlap(archive, ALL)) == [
        ("b.example", "c.example", 1, 2, 1, 0.5),
        ("a.example", "b.example", 3, 1, 1, 0.333333),
        ("a.example", "c.example", 3, 2, 1, 0.25),
    ]
    assert rows(analysis.outlets.overlap(archive, ALL, minimum=2)) == []
    assert rows(analysis.outlets.reach(archive, ALL)) == [(1, 3, 0.75), (3, 1, 0.25)]
    assert rows(analysis.outlets.farthest(archive, ALL, 1)) == [
        ("twitter", "ann", "2017-10-01T00:00:00Z", "https://twitter.com/ann/status/1", 3, 3, ANN.text)
    ]
    found = analysis.outlets.firsts(archive, ALL)
    assert rows(found) == [("a.example", 1, 1, 0, 1.0), ("b.example", 1, 0, 0, 0.0), ("c.example", 1, 0, 0, 0.0)]
    assert found.denominator == "1 posts that several outlets embed in dated articles, of 4 embedded posts"


def test_articles_of_which_only_the_day_is_known_tie() -> None:
    told = [
        page("a.example/1", ANN, hours=30),
        page("b.example/2", ANN, hours=24, published_precision="day"),
        page("c.example/3", ANN, hours=31),
    ]
    with archive_of(told) as archive:
        found = analysis.outlets.firsts(archive, ALL).rows
    assert [astuple(row)[:4] for row in found] == [
        ("a.example", 1, 0, 1),
        ("b.example", 1, 0, 1),
        ("c.example", 1, 0, 0),
    ]


def test_lag(archive: sqlite3.Connection) -> None:
    # Hours from post to article: ANN 10, 34 and 82, BOB -14, CY 34, LATE 24.
    hours, days = rows(analysis.lag.summary(archive, ALL))
    assert hours == ("hours", 6, 1, 24.0, 34.0, 34.0)
    assert days == ("days", 6, 1, 1.0, 1.0, 1.0)
    bins = {row.apart: row.n for row in analysis.lag.histogram(archive, ALL).rows}
    assert {name: n for name, n in bins.items() if n} == {
        "post newer than article": 1,
        "6 to 24 hours": 1,
        "1 to 2 days": 3,
        "2 to 7 days": 1,
    }
    # ANN is embedded again after 24 and after 72 hours.
    assert rows(analysis.lag.reuse(archive, ALL)) == [(1, 2, 1.5, 2.0, 2.5)]


def test_articles_with_embeds(archive: sqlite3.Connection) -> None:
    whole = ("all articles", 5, 4, 0.8, 6, 1.2)
    assert rows(analysis.embeds.shares(archive, ALL)) == [
        ("a.example", 3, 2, 0.666667, 3, 1.0),
        ("b.example", 1, 1, 1.0, 1, 1.0),
        ("c.example", 1, 1, 1.0, 2, 2.0),
        whole,
    ]
    assert rows(analysis.embeds.shares(archive, ALL, "month"))[:2] == [
        ("2017-10", 3, 3, 1.0, 5, 1.666667),
        ("2017-11", 2, 1, 0.5, 1, 0.5),
    ]
    assert rows(analysis.embeds.shares(archive, ALL, "section"))[1] == ("News", 2, 2, 1.0, 3, 1.5)
    assert rows(analysis.embeds.shares(archive, ALL, "platform"))[0] == ("twitter", 5, 4, 0.8, 6, 1.2)
    assert rows(analysis.embeds.forms(archive, ALL)) == [("2017", "twitter", "blockquote", 6, 1.0)]
    of_ann = analysis.embeds.shares(archive, Filter(authors=("ann",), since="2017-11"))
    assert rows(of_ann)[-1] == ("all articles", 2, 1, 0.5, 1, 0.5)
    assert of_ann.filter == "articles published from 2017-11 on; of their embeds those by ann"


def test_filters_combine(archive: sqlite3.Connection) -> None:
    def posts(**chosen: object) -> int:
        return int(analysis.hashtags.top(archive, Filter(**chosen)).denominator.split()[0])  # type: ignore[arg-type]

    assert posts(hashtags=("HERONS",)) == 2
    assert posts(hashtags=("metoo",)) == 2
    assert posts(hashtags=("metoo",), in_post_only=True) == 0
    assert posts(hashtags=("#oscars", "＃Pond")) == 2
    assert posts(authors=("@Ann", "twitter:cy", "bluesky:bob")) == 3
    assert posts(outlets=("https://www.c.example/x",), langs=("de",)) == 1
    assert posts(platforms=("bluesky",)) == 0
    assert posts(since="2017-10-02", until="2017-10") == 2
    assert posts(search="HERONS reed") == 1
    assert posts(search='"the reed"') == 1
    assert posts(search='"reed the"') == 0
    assert posts(search='heron" OR (') == 0


def test_the_choice_follows_what_is_written() -> None:
    with archive_of(_pages()[:1]) as archive:
        assert analysis.hashtags.top(archive, ALL).denominator == "2 embedded posts"
        add(archive, _pages()[2])
        assert analysis.hashtags.top(archive, ALL).denominator == "3 embedded posts"


def test_variants_and_suspects() -> None:
    other = replace(ANN, text="Herons in the reeds, or not")
    told = [page("a.example/1", ANN), page("b.example/2", other)]
    flagged = page("c.example/3", BOB, hours=0)
    embeds = (replace(flagged.embeds[0], flags=("newer_than_article", "json_unattributed")),)
    with archive_of([*told, replace(flagged, embeds=embeds)]) as archive:
        differences = rows(analysis.variants.differences(archive, ALL))
        wordings = analysis.variants.wordings(archive, ALL).rows
        flags = rows(analysis.variants.flags(archive, ALL))
        suspects = analysis.variants.suspects(archive, ALL).rows
        assert rows(analysis.variants.suspects(archive, Filter(authors=("ann",)))) == []
    assert differences == [("different", 1, 1, 0.5)]
    assert [(row.number, row.difference, row.text) for row in wordings] == [
        (1, "same", ANN.text),
        (2, "different", other.text),
    ]
    assert flags == [("newer_than_article", 1, 1, 1, 0.333333)]
    assert [(row.flag, row.handle, row.page_url) for row in suspects] == [
        ("newer_than_article", "bob", "https://c.example/3")
    ]


def test_how_posts_are_known(archive: sqlite3.Connection) -> None:
    found = rows(analysis.known.sources(archive, ALL))
    assert found[:3] == [
        ("post identified by", "id", 4, "posts", 1.0),
        ("time known by", "id_snowflake", 4, "posts", 1.0),
        ("time known to the", "millisecond", 4, "posts", 1.0),
    ]
    assert ("form of embed", "blockquote", 6, "embeds", 1.0) in found


def test_mentions_and_unresolved_quotations() -> None:
    unsigned = post(9, "ann", "Grey herons wait at the pond!", hours=5)
    by_text = replace(unsigned, platform_id=None, permalink=None, time_precision="day", posted_at=BEGIN)
    known = replace(unsigned, text="Grey herons wait at the pond https://t.co/abc #Herons")
    told = [page("a.example/1", known), page("b.example/2", by_text, hours=40), page("c.example/3", hours=30)]
    spoken = (
        Mention(
            "twitter", "tweeted", "@ann tweeted: “herons wait at the pond”.", "en", "herons wait at the pond", "ann"
        ),
        Mention("instagram", "in an Instagram post", "She said so in an Instagram post.", "en"),
        Mention(
            "twitter", "tweeted", "@zed tweeted “Nothing of that kind at all”.", "en", "Nothing of that kind", "zed"
        ),
    )
    with archive_of(told) as archive:
        (page_id,) = archive.execute("select id from pages where url = 'https://c.example/3'").fetchone()
        prose.save(archive, page_id, spoken)
        prose.save(archive, page_id, spoken)
        archive.commit()
        assert rows(analysis.mentions.by_platform(archive, ALL)) == [
            ("en", "twitter", 2, 1, 1, 2, 0.333333),
            ("en", "instagram", 1, 1, 1, 0, 0.333333),
        ]
        sentences = analysis.mentions.sentences(archive, ALL).rows
        found = analysis.unresolved.quotations(archive, ALL)
    assert [(row.phrase, row.embedded) for row in sentences] == [
        ("tweeted", 0),
        ("in an Instagram post", 0),
        ("tweeted", 0),
    ]
    assert [(row.source, row.handle, row.match, row.day) for row in found.rows] == [
        ("embed", "ann", "https://twitter.com/ann/status/9", "2017-10-01"),
        ("prose", "ann", "https://twitter.com/ann/status/9", "2017-10-02"),
        ("prose", "zed", None, "2017-10-02"),
    ]
    assert found.rows[0].likeness == 100
    assert found.denominator == "3 quotations (1 embedded, 2 in prose), 2 with a match"


def test_a_search_for_a_tweet_is_narrowed_by_the_digits_of_its_day() -> None:
    found = analysis.unresolved.search("twitter", "@Alyssa", "2012-03-17")
    assert found == (
        "https://web.archive.org/cdx/search/cdx?url=twitter.com/Alyssa/status/18*"
        "&output=json&filter=statuscode:200&collapse=urlkey&from=20120316"
    )
    assert "tiktok.com/@a%2Fb/video/*" in str(analysis.unresolved.search("tiktok", "a/b", None))
    assert "status/*" in str(analysis.unresolved.search("twitter", "ann", "2009-03-01"))
    assert analysis.unresolved.search("instagram", "ann", "2017-10-15") is None


def test_likeness_of_words() -> None:
    assert analysis.unresolved.likeness("Herons wait!", "herons WAIT https://t.co/x") == 100
    assert analysis.unresolved.likeness("grey herons wait at the", "All the grey herons wait at the pond") == 100
    assert analysis.unresolved.likeness("ok", "a long post that says ok among other things") < 30
    assert analysis.unresolved.likeness("", "something") == 0


def test_syndication(archive: sqlite3.Connection) -> None:
    assert rows(analysis.syndication.stories(archive, ALL)) == [
        (2, 2, 2, "2017-10-01T10:00:00Z", "a.example", "https://a.example/1", STORY)
    ]
    assert rows(analysis.syndication.counts(archive, ALL)) == [
        ("articles", 5, 4),
        ("articles with embeds", 4, 3),
        ("share of articles with embeds", 0.8, 0.75),
        ("posts in articles", 6, 5),
        ("posts in more than one", 1, 1),
        ("most that embed one post", 3, 2),
    ]


def test_an_empty_archive_has_an_answer_to_every_question() -> None:
    options = Options(then="2017", now="2018")
    with archive_of([]) as archive:
        for tables in QUESTIONS.values():
            for table in tables:
                found = table.ask(archive, ALL, options)
                assert found.span == "posts without dates; articles without dates"
                assert all(
                    value in (0, None) for row in found.rows for value in astuple(row) if not isinstance(value, str)
                )


def test_what_cannot_be_read_is_an_archive_error() -> None:
    with archive_of([]) as archive:
        archive.execute("drop table variants")
        with pytest.raises(ArchiveError, match="cannot be read"):
            analysis.variants.wordings(archive, ALL)


@pytest.mark.parametrize(
    ("period", "bounds"),
    [
        ("2017", ("2017-01-01", "2018-01-01")),
        ("2017-12", ("2017-12-01", "2018-01-01")),
        ("2020-02-29", ("2020-02-29", "2020-03-01")),
        ("2017-09..2017-10-15", ("2017-09-01", "2017-10-16")),
    ],
)
def test_periods_have_bounds(period: str, bounds: tuple[str, str]) -> None:
    assert _periods.bounds(period) == bounds


@pytest.mark.parametrize("period", ["", "17", "2017-13", "2017-02-30", "2018..2017", "2017..", "2017-1"])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        _periods.bounds(period)


def test_periods_between_two_are_told() -> None:
    assert _periods.sequence(["2017-11", "2018-02"], "month") == ["2017-11", "2017-12", "2018-01", "2018-02"]
    assert _periods.sequence(["2017-W52", "2018-W02"], "week") == ["2017-W52", "2018-W01", "2018-W02"]
    assert _periods.sequence(["2020-02-28", "2020-03-01"], "day") == ["2020-02-28", "2020-02-29", "2020-03-01"]
    assert _periods.sequence([], "year") == []
