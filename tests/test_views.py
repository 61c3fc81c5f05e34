from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import store
from archiver.model import Archived, Capture, Page, Post, utc
from archiver.store import _variants
from tests.tables import all_rows, natural, problems
from tests.test_store import DAY, NOON, page, post, save

MAIN = "Grey herons again, at the pond https://t.co/a1"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(store.open_archive(tmp_path / "archive.db")) as opened:
        yield opened
        assert problems(opened) == []


def flagged(name: str, *flags: tuple[str, ...], **more: object) -> Page:
    """A page with a post for each tuple of flags."""
    told = page(name, *(post(str(n), f"Heron {n}", **more) for n in range(1, len(flags) + 1)))
    return replace(told, embeds=tuple(replace(e, flags=f) for e, f in zip(told.embeds, flags, strict=True)))


def variants(archive: sqlite3.Connection) -> list[tuple[object, ...]]:
    return archive.execute("select text, difference, n_pages, page_url from post_variants").fetchall()


def shown(*texts: str | None, **more: object) -> list[Page]:
    """Pages that show one post, each in another wording."""
    return [page(f"a.example/{n}", post("1", text, **more)) for n, text in enumerate(texts, 1)]


def test_suspects_are_embeds_with_flags_one_row_a_flag(archive: sqlite3.Connection) -> None:
    told = flagged(
        "a.example/1",
        ("date_differs", "handle_differs"),
        ("json_unattributed",),
        (),
        ("json_unattributed", "impossible_id"),
        url_handle="ole_s",
        author_name="Nora Berg",
        date_shown="March 4, 2021",
    )
    save(archive, replace(told, title="Herons", published_at=NOON))
    found = archive.execute("select flag, text from suspect_embeds order by embed_id, flag").fetchall()
    assert found == [("date_differs", "Heron 1"), ("handle_differs", "Heron 1"), ("impossible_id", "Heron 4")]
    cursor = archive.execute("select * from suspect_embeds where flag = 'date_differs'")
    row = dict(zip([d[0] for d in cursor.description], cursor.fetchone(), strict=True))
    assert row | {"embed_id": 1, "post_id": 1} == {
        "flag": "date_differs",
        "platform": "twitter",
        "handle": "nora_b",
        "url_handle": "ole_s",
        "author_name": "Nora Berg",
        "posted_at": utc(DAY + timedelta(hours=1)),
        "date_shown": "March 4, 2021",
        "text": "Heron 1",
        "post_text": "Heron 1",
        "permalink": "https://twitter.com/nora_b/status/1",
        "page_url": "https://a.example/1",
        "outlet": "a.example",
        "title": "Herons",
        "published_at": utc(NOON),
        "embed_id": 1,
        "post_id": 1,
    }
    linked = "select count(*) from suspect_embeds join embeds on embeds.id = embed_id join posts on posts.id = posts.id"
    assert archive.execute(linked).fetchone() == (3 * 4,)


def test_suspects_are_found_without_reading_every_embed(archive: sqlite3.Connection) -> None:
    (first, *_) = archive.execute("explain query plan select * from suspect_embeds limit 100").fetchall()
    assert "embeds_flags" in first[3]


def test_a_post_that_all_pages_show_alike_has_no_variants(archive: sqlite3.Connection) -> None:
    save(archive, *shown(MAIN, MAIN, None))
    assert variants(archive) == []


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ("GREY herons again — at the “pond” https://t.co/a1", "spacing or quotes"),
        ("Grey herons again,\nat the pond https://t.co/a1", "spacing or quotes"),
        ("Grey herons again, at the pond https://t.co/b2", "links or media"),
        ("Grey herons again, at the pond", "links or media"),
        ("Grey herons again, at the pond https://t.co/a1 pic.twitter.com/x9", "links or media"),
        ("Grey herons again…", "truncated"),
        ("Grey herons ag... https://t.co/b2", "truncated"),
        ("https://t.co/a1", "truncated"),
        ("Grey herons again 😂, at the pond https://t.co/a1", "different"),
        ("Gray herons again, at the pond https://t.co/a1", "different"),
        ("Something else altogether", "different"),
        ("Серые цапли снова у пруда https://t.co/a1", "translated"),
        ("また池にアオサギ https://t.co/a1", "translated"),
        ("😂 https://t.co/a1", "different"),
    ],
)
def test_a_variant_is_told_apart_from_the_main_text(text: str, difference: str) -> None:
    assert _variants.difference(MAIN, text) == difference
    assert _variants.difference(text, MAIN) == difference
    assert _variants.difference(MAIN, MAIN) == "same"


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ({"en"}, {"de"}, "translated"),
        ({"en-GB"}, {"de-AT"}, "translated"),
        ({"en"}, {"en-GB"}, "different"),
        ({"en"}, {"und"}, "different"),
        ({"en"}, set(), "different"),
        ({"en", "de"}, {"de"}, "different"),
    ],
)
def test_languages_tell_a_translation(one: set[str], other: set[str], difference: str) -> None:
    translation = "Wieder Graureiher am Teich"
    assert _variants.difference(MAIN, translation, frozenset(one), frozenset(other)) == difference


def test_a_corrected_word_is_no_translation_whatever_language_a_page_names() -> None:
    text = MAIN.replace("Grey", "Gray")
    assert _variants.difference(MAIN, text, frozenset(["en"]), frozenset(["nl"])) == "different"


def test_texts_of_one_language_in_its_two_scripts_are_one_script() -> None:
    assert _variants.difference("池にアオサギがいる", "鷺来池畔静観之") == "different"


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_differ_alike_both_ways(one: str, other: str) -> None:
    assert _variants.difference(one, other) == _variants.difference(other, one)


def test_variants_stand_below_the_main_text_by_the_pages_that_show_them(archive: sqlite3.Connection) -> None:
    short = "Grey herons again…"
    save(archive, *shown(MAIN, short, MAIN.lower(), short))
    assert variants(archive) == [
        (MAIN, "same", 1, "https://a.example/1"),
        (short, "truncated", 2, "https://a.example/2"),
        (MAIN.lower(), "spacing or quotes", 1, "https://a.example/3"),
    ]
    told = archive.execute("select distinct platform, handle, permalink, first_captured_at from post_variants")
    assert told.fetchall() == [("twitter", "nora_b", "https://twitter.com/nora_b/status/1", utc(NOON))]


def test_the_page_of_a_variant_is_the_first_that_was_captured(archive: sqlite3.Connection) -> None:
    run = store.start_run(archive, ["archive"], "0", NOON)
    pages = [*shown(MAIN, MAIN), page("a.example/3", post("1", "Grey herons"))]
    for told, days in zip(pages, (2, 1, 0), strict=True):
        capture = Capture(told.url, repr(told).encode(), "text/html", "web", NOON + timedelta(days=days))
        store.save(archive, run, [Archived(told.url, capture, told)])
    found = archive.execute("select page_url, first_captured_at from post_variants where difference = 'same'")
    assert found.fetchall() == [("https://a.example/2", utc(NOON + timedelta(days=1)))]


def test_a_translation_is_told_by_the_languages_that_the_pages_name(archive: sqlite3.Connection) -> None:
    save(
        archive,
        page("a.example/1", post("1", MAIN, lang="en")),
        page("a.example/2", post("1", "Wieder Graureiher am Teich", lang="de")),
    )
    assert [row[1] for row in variants(archive)] == ["same", "translated"]


def test_a_text_without_id_is_a_wording_of_the_post_that_it_turns_out_to_be(archive: sqlite3.Connection) -> None:
    save(archive, page("a.example/1", post(text="grey herons")))
    assert variants(archive) == []
    save(archive, page("b.example/2", post("1", "Grey “herons”")))
    assert variants(archive) == [
        ("Grey “herons”", "same", 1, "https://b.example/2"),
        ("grey herons", "spacing or quotes", 1, "https://a.example/1"),
    ]
    save(archive, page("b.example/3", post("2", "Grey herons")))  # now nobody knows whose the text was
    assert variants(archive) == []


def test_wordings_of_a_post_without_id_that_becomes_another_move_with_it(archive: sqlite3.Connection) -> None:
    save(archive, page("a.example/1", post(text="grey herons")), page("a.example/2", post(text="GREY HERONS")))
    assert len(variants(archive)) == 2
    save(archive, page("b.example/3", post("1", "Grey herons")))
    assert [row[0] for row in variants(archive)] == ["Grey herons", "GREY HERONS", "grey herons"]
    assert archive.execute("select distinct key from posts join variants on post_id = posts.id").fetchall() == [
        ("twitter:1",)
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_variants_do_not_depend_on_the_order_of_pages(tmp_path: Path, at_once: bool) -> None:
    pages = [*shown(MAIN, "Grey herons…", "Wieder Graureiher"), page("b.example/9", post(text=MAIN.lower()))]
    found = []
    for n, order in enumerate(permutations(pages)):
        with closing(store.open_archive(tmp_path / f"{n}.db")) as opened:
            save_in(opened, order, at_once=at_once)
            found.append(natural(opened))
    assert all(each == found[0] for each in found)
    assert len(found[0]["variants"]) == 4


def test_variants_are_derived_and_saving_again_leaves_them(archive: sqlite3.Connection) -> None:
    pages = shown(MAIN, "Grey herons…")
    save(archive, *pages, page("c.example/1", post("2", "Two"), post("2", "Two!")))
    before = all_rows(archive)
    assert len(before["variants"]) == 4
    save(archive, *pages)
    assert all_rows(archive) == before
    archive.execute("update variants set text = 'wrong', difference = 'wrong'")
    archive.execute("delete from variants where number = 1")
    archive.commit()
    store.rebuild(archive)
    assert all_rows(archive) == before


def test_variants_are_made_without_reading_every_embed(archive: sqlite3.Connection) -> None:
    statements: list[str] = []
    archive.set_trace_callback(statements.append)
    save(archive, *shown(MAIN, "Grey herons…"))
    archive.set_trace_callback(None)
    (asked,) = [sql for sql in statements if "count(distinct embeds.text)" in sql]
    (first, second, *_) = archive.execute(f"explain query plan {asked}").fetchall()
    assert (first[3][:18], second[3][:13]) == ("SCAN touched_posts", "SEARCH embeds")


def test_a_hostile_text_is_compared_in_time(archive: sqlite3.Connection) -> None:
    save(archive, *shown("a" + "\u0315\u0300" * 100_000, "b" + "\u0300\u0315" * 100_000))
    assert len(variants(archive)) == 2


def save_in(archive: sqlite3.Connection, pages: Iterable[Page], *, at_once: bool) -> None:
    for batch in [list(pages)] if at_once else [[each] for each in pages]:
        save(archive, *batch)


def test_links_to_posts_show_no_wording(archive: sqlite3.Connection) -> None:
    told = shown(MAIN)[0]
    link = replace(told.embeds[0], post=Post("twitter", "1"), shape="link")
    save(archive, told, replace(told, url="https://a.example/2", embeds=(link,)))
    assert variants(archive) == []


def test_handles_under_which_pages_show_one_post_are_listed_where_they_differ(archive: sqlite3.Connection) -> None:
    ours = page("a.example/1", post("1")), page("b.example/1", post("1")), page("c.example/1", post("2"))
    save(archive, *ours, page("evil.example/1", post("1", handle="aaa_evil")))
    found = archive.execute("select shown_handle, n_pages from author_conflicts").fetchall()
    assert found == [("nora_b", 2), ("aaa_evil", 1)]
