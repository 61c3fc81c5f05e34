from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import store
from archiver.model import Archived, Capture, Embed, Link, Media, Page, Post, utc
from archiver.store import _answers, _derived
from archiver.store._rows import insert, transaction
from archiver.told import TIME_SOURCE, Relation, Told
from tests.tables import all_rows, natural, problems

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
DAY = datetime(2021, 3, 3, tzinfo=UTC)
SHORT = "https://t.co/a1"
WHOLE = Link(SHORT, "pond.example/a…", "https://pond.example/an-article")


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer told, and when it was captured."""

    told: tuple[Told, ...]
    at: datetime = NOON


def post(number: str, **more: object) -> Post:
    known = Post(
        "twitter",
        number,
        f"https://twitter.com/nora_b/status/{number}",
        "nora_b",
        posted_at=DAY + timedelta(hours=int(number)),
        time_source="id_snowflake",
        time_precision="millisecond",
    )
    return replace(known, **more)  # type: ignore[arg-type]


def told(number: str = "1", **more: object) -> Told:
    """An answer about a tweet; `relations` are pairs of a kind and a post's number."""
    of_answer = {
        name: more.pop(name) for name in ("counts", "user_id", "also", "edited_at", "endpoint") if name in more
    }
    relations = tuple(Relation(kind, post(other)) for kind, other in more.pop("relations", ()))  # type: ignore[attr-defined]
    known = Told(post(number, **({"author_name": "Nora Berg"} | more)), "tweet-result", relations=relations)
    return replace(known, **of_answer)  # type: ignore[arg-type]


def page(name: str, *posts: Post, shape: str = "blockquote") -> Page:
    embeds = tuple(Embed(each, shape, at, 1) for at, each in enumerate(posts, 1))
    return Page(f"https://a.example/{name}", "declared", "a.example", embeds=embeds)


def save(archive: sqlite3.Connection, *items: Page | Heard) -> None:
    """Stores pages and answers in one transaction, as a run does."""
    run = store.start_run(archive, ["archive", "saved"], "0", NOON)
    with transaction(archive) as c:
        for item in items:
            if isinstance(item, Page):
                capture = Capture(item.url, repr(item).encode(), "text/html", "warc", NOON, item.url)
                store._page(c, run, Archived(item.url, capture, item))
            else:
                _answers.save(c, capture_row(c, run, item), item.told)
        _answers.settle(c)
        _derived.refresh(c)


def capture_row(c: sqlite3.Connection, run: int, heard: Heard) -> int:
    url = "https://cdn.syndication.twimg.com/tweet-result?id=1"
    capture = Capture(url, repr(heard.told).encode(), "application/json", "warc", heard.at, url)
    row = {"target": url, "url": url, "captured_at": utc(heard.at), "sha256": capture.sha256, "warc_file": "a.warc.gz"}
    return insert(c, "captures", {"run_id": run, "source": "warc", "warc_offset": 77} | row)


def answers(archive: sqlite3.Connection) -> list[str]:
    """The answers and relations by natural keys."""
    told = """select answers.key, posts.key, endpoint, answers.text, counts, relations, digest, captured_at from answers
        join captures on captures.id = capture_id left join posts on posts.id = post_id"""
    relations = """select own.key, kind, other.key, captured_at, sha256 from post_relations
        join posts as own on own.id = post_id join posts as other on other.id = other_post_id
        join captures on captures.id = capture_id"""
    return sorted(map(str, [*archive.execute(told), *archive.execute(relations)]))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(store.open_archive(tmp_path / "archive.db")) as opened:
        yield opened
        assert problems(opened) == []


def one(archive: sqlite3.Connection, sql: str) -> tuple[object, ...]:
    (row,) = archive.execute(sql).fetchall()
    return tuple(row)


def test_answers_alone_make_no_post(archive: sqlite3.Connection) -> None:
    save(archive, Heard((told("1", text="Grey #Herons", relations=[("quoted", "2")]), told("2", text="Two"))))
    assert {table: rows for table, rows in all_rows(archive).items() if rows} == {}
    assert archive.execute("select key, post_id, text from answers").fetchall() == [
        ("twitter:1", None, "Grey #Herons"),
        ("twitter:2", None, "Two"),
    ]
    assert archive.execute("select * from post_relations").fetchall() == []


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("at_once", [True, False])
def test_an_answer_enriches_the_post_that_a_page_embeds(
    archive: sqlite3.Connection, order: tuple[int, ...], at_once: bool
) -> None:
    shown = post("1", text="Grey herons " + SHORT, links=(Link(SHORT, SHORT, None),), author_name=None)
    heard = told(
        "1",
        text="Grey herons, a long text that goes on " + SHORT,
        lang="en",
        hashtags=("Herons",),
        mentions=("ole_s",),
        links=(WHOLE,),
        media=(Media("photo", "https://pbs.twimg.com/media/a.jpg", "A heron"),),
        counts=(("likes", 3), ("replies", 0)),
        user_id="71345",
    )
    items: list[Page | Heard] = [page("1", shown), Heard((heard,))]
    batches = [[items[at] for at in order]] if at_once else [[items[at]] for at in order]
    for batch in batches:
        save(archive, *batch)
    assert one(archive, "select text, lang, hashtags, n_embeds, time_source from posts") == (
        "Grey herons, a long text that goes on " + SHORT,
        "en",
        '["Herons"]',
        1,
        "id_snowflake",
    )
    assert one(archive, "select text from embeds") == ("Grey herons " + SHORT,)
    assert one(archive, "select handle, name, n_posts from authors") == ("nora_b", "Nora Berg", 1)
    assert one(archive, "select short, display, expanded from links") == (WHOLE.short, WHOLE.display, WHOLE.expanded)
    assert one(archive, "select kind, url, alt from media") == ("photo", "https://pbs.twimg.com/media/a.jpg", "A heron")
    assert one(archive, "select handle from mentions") == ("ole_s",)
    assert one(archive, "select user_id, counts, post_id is not null from answers") == (
        "71345",
        '{"likes":3,"replies":0}',
        1,
    )
    counted = archive.execute("select counted, number, source, counted_at from post_counts order by counted").fetchall()
    assert counted == [("likes", 3, "tweet-result", utc(NOON)), ("replies", 0, "tweet-result", utc(NOON))]


def test_each_field_is_told_with_its_source(archive: sqlite3.Connection) -> None:
    media = (Media("photo", "https://pbs.twimg.com/media/a.jpg"),)
    heard = told("1", text="The whole text", lang="en", links=(WHOLE,), media=media)
    save(archive, page("1", post("1", text="The whole", author_name="Nora")), Heard((heard,)))
    sql = "select field, value, source, source_url, warc_file, warc_offset from post_sources order by field, source"
    bytes_of = ("https://cdn.syndication.twimg.com/tweet-result?id=1", "a.warc.gz", 77)
    found = archive.execute(sql).fetchall()
    assert [row for row in found if row[2] == "tweet-result"] == [
        ("handle", "nora_b", "tweet-result", *bytes_of),
        ("lang", "en", "tweet-result", *bytes_of),
        ("link", WHOLE.expanded, "tweet-result", *bytes_of),
        ("media", "https://pbs.twimg.com/media/a.jpg", "tweet-result", *bytes_of),
        ("posted_at", "2021-03-03T01:00:00Z", "tweet-result", *bytes_of),
        ("text", "The whole text", "tweet-result", *bytes_of),
    ]
    assert [row[:4] for row in found if row[2] != "tweet-result"] == [
        ("handle", "nora_b", "blockquote", "https://a.example/1")
    ]


def test_posts_that_an_embedded_post_quotes_are_stored_though_no_page_embeds_them(archive: sqlite3.Connection) -> None:
    thread = (
        told("1", text="One", relations=[("quoted", "2"), ("parent", "3")]),
        told("2", text="Two", relations=[("quoted", "4")]),
        told("4", text="Four"),
        told("5", text="Five", relations=[("parent", "1")]),  # an answer to it, of which no page knows
    )
    save(archive, Heard(thread), page("1", post("1")))
    posts = archive.execute("select key, text, n_embeds from posts order by key").fetchall()
    assert posts == [("twitter:1", "One", 1), ("twitter:2", "Two", 0), ("twitter:3", None, 0), ("twitter:4", "Four", 0)]
    sql = """select own.key, kind, other.key from post_relations join posts as own on own.id = post_id
        join posts as other on other.id = other_post_id order by 1, 2"""
    assert archive.execute(sql).fetchall() == [
        ("twitter:1", "parent", "twitter:3"),
        ("twitter:1", "quoted", "twitter:2"),
        ("twitter:2", "quoted", "twitter:4"),
    ]
    save(archive, page("2", post("5")))
    assert one(archive, "select text, n_embeds from posts where key = 'twitter:5'") == ("Five", 1)


def test_posts_that_quote_each_other_in_a_circle_are_stored_once(archive: sqlite3.Connection) -> None:
    circle = (told("1", relations=[("quoted", "2")]), told("2", relations=[("quoted", "1"), ("parent", "2")]))
    save(archive, Heard(circle), page("1", post("1")))
    assert one(archive, "select count(*) from posts") == (2,)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_time_that_the_platform_tells_goes_before_the_bound_in_an_id_but_not_before_its_clock(
    archive: sqlite3.Connection, order: tuple[int, ...]
) -> None:
    bound = post("1", time_source="id_lower_bound")
    exact = {"posted_at": DAY + timedelta(hours=2), "time_source": TIME_SOURCE, "time_precision": "second"}
    items: list[Page | Heard] = [
        page("1", bound, post("2")),
        page("2", bound),
        Heard((told("1", **exact), told("2", **exact))),
    ]
    for at in order:
        save(archive, items[at])
    assert archive.execute(
        "select posted_at, time_source, time_precision, posted_year from posts order by key"
    ).fetchall() == [
        ("2021-03-03T02:00:00Z", TIME_SOURCE, "second", 2021),
        ("2021-03-03T02:00:00Z", "id_snowflake", "millisecond", 2021),
    ]


def test_a_post_is_enriched_under_all_its_identities(archive: sqlite3.Connection) -> None:
    by_did = Post(
        "bluesky", "3l25zusnsfctk", "https://bsky.app/profile/did:plc:a/post/3l25zusnsfctk", scope="did:plc:a"
    )
    by_handle = replace(by_did, scope="nora.example", handle="nora.example", permalink="https://bsky.app/x")
    heard = Told(replace(by_did, text="Herons", handle="nora.example"), "getPosts", also=(by_handle,))
    save(archive, Heard((heard,)))
    save(archive, page("1", by_did), page("2", by_handle))
    posts = archive.execute("select key, text from posts order by key").fetchall()
    assert posts == [
        ("bluesky:did:plc:a/3l25zusnsfctk", "Herons"),
        ("bluesky:nora.example/3l25zusnsfctk", "Herons"),
    ]


def test_saving_twice_adds_captures_and_nothing_else(archive: sqlite3.Connection) -> None:
    items = [
        page("1", post("1", links=(Link(SHORT, SHORT, None),))),
        Heard((told("1", links=(WHOLE,), relations=[("quoted", "2")]),)),
    ]
    save(archive, *items)
    tables = [*all_rows(archive), "answers", "post_relations"]
    before = all_rows(archive, *tables)
    save(archive, *items)
    save(archive, *reversed(items))
    assert all_rows(archive, *tables) == before
    assert one(archive, "select count(*) from captures") == (6,)


def test_what_answers_said_at_different_times_is_kept_side_by_side(archive: sqlite3.Connection) -> None:
    later = NOON + timedelta(days=1)
    for likes, at in ((3, later), (3, NOON), (5, later)):
        save(archive, Heard((told("1", counts=(("likes", likes),)),), at))
    sql = "select counts, captured_at from answers join captures on captures.id = capture_id order by counts"
    assert archive.execute(sql).fetchall() == [('{"likes":3}', utc(NOON)), ('{"likes":5}', utc(later))]


def test_nul_and_lone_surrogates_in_an_answer_are_stored_as_replacement_characters(archive: sqlite3.Connection) -> None:
    rotten = "a\x00b\ud800c"
    heard = told(
        "1",
        text=rotten,
        author_name=rotten,
        hashtags=(rotten,),
        mentions=(rotten,),
        links=(Link(rotten, rotten, rotten),),
    )
    save(archive, Heard((heard,)), page("1", post("1")))
    assert one(archive, "select text from posts") == ("a\ufffdb\ufffdc",)
    assert one(archive, "select author_name, text from answers") == ("a\ufffdb\ufffdc", "a\ufffdb\ufffdc")


def test_a_large_number_survives(archive: sqlite3.Connection) -> None:
    save(archive, Heard((told("1", counts=(("views", 2**62), ("score", -5))),)), page("1", post("1")))
    assert dict(archive.execute("select counted, number from post_counts")) == {"views": 2**62, "score": -5}
    assert json.loads(str(one(archive, "select counts from answers")[0])) == {"views": 2**62, "score": -5}


NUMBERS = st.sampled_from(["1", "2", "3", "30"])
TEXTS = st.sampled_from([None, "Grey #Herons", "Grey #Herons at the pond", "Two"])
LINKS = st.sampled_from([(), (Link(SHORT, SHORT, None),), (WHOLE,), (Link(None, "pond.example", None),)])
OF_ANSWERS = (
    {"time_source": TIME_SOURCE, "time_precision": "second"},
    {"time_source": TIME_SOURCE, "posted_at": DAY - timedelta(days=400)},
    {"posted_at": None, "time_source": None, "time_precision": None},
)


def times(number: str, *others: dict[str, object]) -> st.SearchStrategy[dict[str, object]]:
    """How a post's time is known: by its id, whose clock is of one kind, or otherwise."""
    clock = {"time_source": "id_snowflake" if number in "12" else "id_lower_bound"}
    return st.sampled_from([clock, {**clock, "posted_at": None, "time_source": None}, *others])


FIELDS = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "links": LINKS,
        "lang": st.sampled_from([None, "en", "de"]),
        "handle": st.sampled_from(["nora_b", "Nora_B", "ole_s", None]),
        "author_name": st.sampled_from([None, "Nora", "Nora Berg"]),
        "hashtags": st.sampled_from([(), ("Herons",), ("herons", "Pond")]),
        "media": st.sampled_from([(), (Media(None, SHORT),), (Media("photo", SHORT, "A pond"),)]),
    }
)
RELATIONS = st.lists(st.tuples(st.sampled_from(["quoted", "parent"]), NUMBERS), max_size=2)


@st.composite
def heard(draw: st.DrawFn) -> Heard:
    found = [
        told(
            number := draw(NUMBERS),
            **draw(FIELDS),
            **draw(times(number, *OF_ANSWERS)),
            relations=[],
            counts=draw(st.sampled_from([(), (("likes", 3),)])),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    linked = [
        replace(
            each,
            relations=tuple(
                Relation(k, post(n, handle=None, posted_at=None, time_source=None)) for k, n in draw(RELATIONS)
            ),
        )
        for each in found
    ]
    return Heard(tuple(linked), NOON + timedelta(days=draw(st.integers(0, 2))))


@st.composite
def embedding(draw: st.DrawFn) -> Page:
    posts = [
        post(number := draw(NUMBERS), **draw(FIELDS), **draw(times(number))) for _ in range(draw(st.integers(0, 2)))
    ]
    unsigned = Post("twitter", text="Grey #Herons", handle="nora_b", posted_at=DAY + timedelta(hours=1))
    posts += [unsigned] * draw(st.integers(0, 1))
    return page(str(draw(st.integers(1, 1000))), *{each.key: each for each in posts}.values())


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Page | Heard], list[Page | Heard]]:
    pages = draw(st.lists(embedding(), max_size=3, unique_by=lambda each: each.url))
    items: list[Page | Heard] = [*pages, *draw(st.lists(heard(), max_size=3))]
    return draw(st.permutations(items)), draw(st.permutations(items))


@settings(max_examples=100, deadline=None)
@given(orders(), st.integers(1, 6))
def test_the_order_of_pages_and_answers_makes_no_difference(
    two: tuple[list[Page | Heard], list[Page | Heard]], size: int
) -> None:
    one, other = two
    with closing(store.open_archive(":memory:")) as first, closing(store.open_archive(":memory:")) as second:
        save_checked(first, one)
        for start in range(0, len(other), size):
            save_checked(second, other[start : start + size])
        assert natural(first) == natural(second)
        assert answers(first) == answers(second)
        before = all_rows(second), answers(second)
        save(second, *one)
        assert (all_rows(second), answers(second)) == before


def save_checked(archive: sqlite3.Connection, items: Iterable[Page | Heard]) -> None:
    save(archive, *items)
    assert problems(archive) == []
    before = all_rows(archive)
    store.rebuild(archive)
    assert all_rows(archive) == before
