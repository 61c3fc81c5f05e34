from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver import entities, store
from archiver.errors import ArchiveError, FetchError
from archiver.model import Archived, Capture, Embed, Failed, Link, Media, Page, Post, utc
from archiver.store import Counts
from tests.tables import all_rows, natural, problems

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
DAY = datetime(2021, 3, 3, tzinfo=UTC)
TEXT = "Grey herons again #Herons @lena_f"
LOOK = "https://t.co/a1"


def post(
    platform_id: str | None = None, text: str | None = TEXT, *, handle: str | None = "nora_b", **more: object
) -> Post:
    """A post as an official embed shows it: with an id it has a moment, without one a day."""
    known = Post(
        "twitter",
        platform_id,
        f"https://twitter.com/{handle or 'i'}/status/{platform_id}" if platform_id else None,
        handle,
        text=text,
        posted_at=DAY + timedelta(hours=int(platform_id or 0)),
        time_source="id_snowflake" if platform_id else "embed_text_utc_day",
        time_precision="millisecond" if platform_id else "day",
        hashtags=tuple(entities.hashtags(text or "")),
        mentions=tuple(entities.mentions(text or "")),
    )
    return replace(known, **more)  # type: ignore[arg-type]


def page(name: str, *posts: Post, tags: Iterable[str] = (), **more: object) -> Page:
    """A page with embeds; `tags` stand in the prose around each."""
    seen: Counter[str | None] = Counter()
    embeds = []
    for position, each in enumerate(posts, 1):
        seen[each.key] += 1
        embeds.append(
            Embed(
                each, "blockquote", position, seen[each.key], "Before", "After", "Heading", tuple(tags), "<blockquote>"
            )
        )
    told = Page(f"https://{name}", "declared", name.partition("/")[0], embeds=tuple(embeds), hashtags=tuple(tags))
    return replace(told, **more)  # type: ignore[arg-type]


def archived(told: Page, body: bytes = b"") -> Archived:
    target = f"saved/{told.url[8:]}"
    return Archived(target, Capture(target, body or repr(told).encode(), "text/html", "file", NOON), told)


def save(archive: sqlite3.Connection, *pages: Page) -> Counts:
    run = store.start_run(archive, ["archive", "saved"], "0", NOON)
    return store.save(archive, run, map(archived, pages))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(store.open_archive(tmp_path / "archive.db")) as opened:
        yield opened
        assert problems(opened) == []


def test_saving_twice_adds_captures_and_nothing_else(archive: sqlite3.Connection) -> None:
    pages = [
        page("a.example/1", post("1"), post(), post("1"), tags=["Herons", "Birds"], title="Herons"),
        page("a.example/2", post(text="Two"), post("2", links=(Link(LOOK, None, None),), media=(Media(None, LOOK),))),
        page("b.example/3", Post("twitter", text="Unsigned"), Post("twitter", text="Unsigned")),
    ]
    save(archive, *pages)
    before = all_rows(archive)
    again = save(archive, *pages)
    assert all_rows(archive) == before
    assert archive.execute("select count(*) from captures").fetchone() == (6,)
    assert again == Counts(pages=3, embeds=7, posts_known=5)


def test_a_post_shown_by_id_below_the_same_post_shown_by_text_alone_is_stored_alike_each_time(
    archive: sqlite3.Connection,
) -> None:
    told = page("a.example/1", post(), post("1"))
    assert save(archive, told) == Counts(pages=1, embeds=2, posts_new=1)
    before = all_rows(archive)
    assert save(archive, told) == Counts(pages=1, embeds=2, posts_known=1)
    assert all_rows(archive) == before
    assert archive.execute("select key, n_embeds, n_pages from posts").fetchall() == [("twitter:1", 2, 1)]


def test_a_page_that_knows_less_erases_nothing(archive: sqlite3.Connection) -> None:
    rich = page(
        "a.example/1",
        post("1", author_name="Nora Berg", author_url="https://twitter.com/nora_b", lang="en", date_shown="March 3"),
        title="Herons",
        byline="Ole Sand",
        description="On herons",
        section="Nature",
        keywords=("birds",),
        published_at=NOON,
        modified_at=NOON,
        lang="en",
        site_name="The Example",
        tags=["Herons"],
    )
    save(archive, rich)
    before = all_rows(archive)
    poor = Post("twitter", "1", text=None)
    save(archive, Page(rich.url, "fetched", embeds=(Embed(poor, "link", 1, 1),)))
    after = all_rows(archive)
    assert {t: r for t, r in after.items() if t != "embeds"} == {t: r for t, r in before.items() if t != "embeds"}
    same = [[row[:-4] + row[-3:] for row in rows["embeds"]] for rows in (before, after)]  # all but last_capture_id
    assert same[0] == same[1]


def test_a_page_that_knows_more_completes_what_is_known(archive: sqlite3.Connection) -> None:
    poor = Post("twitter", "1", "https://twitter.com/i/status/1")
    save(archive, Page("https://a.example/1", "fetched", embeds=(Embed(poor, "link", 1, 1),)))
    save(archive, page("a.example/1", post("1", author_name="Nora Berg", lang="en"), title="Herons", lang="en"))
    known = """select text, lang, posted_at, posted_year, time_precision, name, permalink from posts
        join authors on authors.id = author_id"""
    assert archive.execute(known).fetchall() == [
        (TEXT, "en", "2021-03-03T01:00:00Z", 2021, "millisecond", "Nora Berg", "https://twitter.com/nora_b/status/1")
    ]
    assert archive.execute("select title, lang, url_source from pages").fetchall() == [("Herons", "en", "fetched")]
    assert archive.execute("select text, handle from embeds").fetchall() == [(TEXT, "nora_b")]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_a_post_known_by_its_text_and_one_with_an_id_are_one_row(archive: sqlite3.Connection, order: list[int]) -> None:
    pages = [
        page("a.example/1", post("1"), tags=["Birds"]),
        page(
            "b.example/2", post(text="GREY herons again, #Herons (@lena_f) " + LOOK, author_name="Nora"), tags=["Pond"]
        ),
    ]
    for at in order:
        save(archive, pages[at])
    assert archive.execute("select key, platform_id, n_embeds, n_pages, outlets from posts").fetchall() == [
        ("twitter:1", "1", 2, 2, '["a.example","b.example"]')
    ]
    assert shown(archive) == {("https://a.example/1", "twitter:1", 1), ("https://b.example/2", "twitter:1", 1)}
    assert tags(archive, "twitter:1") == {"herons": (1, 0), "birds": (0, 1), "pond": (0, 1)}
    assert archive.execute("select handle, name from authors").fetchall() == [("nora_b", "Nora")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_text_that_two_ids_claim_keeps_its_own_row(
    archive: sqlite3.Connection, order: list[int], at_once: bool
) -> None:
    told = [page("a.example/1", post("1")), page("a.example/2", post("2")), page("a.example/3", post(), tags=["Pond"])]
    pages = [told[at] for at in order]
    for batch in [pages] if at_once else [[each] for each in pages]:
        save(archive, *batch)
    key = post().key
    assert shown(archive) == {
        ("https://a.example/1", "twitter:1", 1),
        ("https://a.example/2", "twitter:2", 1),
        ("https://a.example/3", key, 1),
    }
    assert tags(archive, str(key)) == {"herons": (1, 0), "pond": (0, 1)}
    assert tags(archive, "twitter:1") == tags(archive, "twitter:2") == {"herons": (1, 0)}
    alone = "select platform_id, permalink, text, posted_at, time_precision, n_embeds from posts where key = ?"
    assert archive.execute(alone, (key,)).fetchall() == [(None, None, TEXT, "2021-03-03T00:00:00Z", "day", 1)]


@pytest.mark.parametrize(
    "other",
    [post(handle="ole_s"), post(text="Another text"), post(posted_at=DAY + timedelta(days=1)), post(handle=None)],
    ids=["handle", "text", "day", "no handle"],
)
def test_a_text_of_another_handle_or_day_is_another_post(archive: sqlite3.Connection, other: Post) -> None:
    save(archive, page("a.example/1", post("1")), page("a.example/2", other))
    assert archive.execute("select n_embeds from posts").fetchall() == [(1,), (1,)]


def test_posts_that_nothing_identifies_stay_with_their_page(archive: sqlite3.Connection) -> None:
    nameless = Post("twitter", text="Nobody signed this")
    save(archive, page("a.example/1", nameless), page("a.example/2", nameless))
    assert archive.execute("select n_pages, author_id from posts").fetchall() == [(1, None), (1, None)]


def test_handles_are_one_account_whatever_their_case(archive: sqlite3.Connection) -> None:
    save(archive, page("a.example/1", post("1"), post("2", handle="NORA_B"), post(handle="Nora_B")))
    assert archive.execute("select handle_key, n_posts from authors").fetchall() == [("nora_b", 3)]


def test_two_accounts_that_claim_one_post_are_told_apart_by_signature_whichever_comes_first(tmp_path: Path) -> None:
    linked, signed = post("1", handle="old_name"), post("1", handle="new_name", author_name="Nora Berg")
    found = [
        natural(in_order(tmp_path / f"{n}.db", pages)) for n, pages in enumerate(permutations(_each(linked, signed)))
    ]
    assert found[0] == found[1]
    assert {row.partition("'n_posts': ")[2][0] for row in found[0]["authors"] if "old_name" in row} == {"0"}


def test_two_accounts_that_sign_one_post_are_told_apart_whichever_comes_first(tmp_path: Path) -> None:
    posts = [post("1", handle=handle, author_name="Nora Berg") for handle in ("old_name", "new_name")]
    found = [natural(in_order(tmp_path / f"{n}.db", pages)) for n, pages in enumerate(permutations(_each(*posts)))]
    assert found[0] == found[1]


def test_a_hashtag_of_the_prose_around_an_embed_counts_for_its_post(archive: sqlite3.Connection) -> None:
    save(archive, page("a.example/1", post("1"), tags=["Zebra", "birds", "herons"]))
    assert tags(archive, "twitter:1") == {"herons": (1, 1), "zebra": (0, 1), "birds": (0, 1)}
    lists = archive.execute("select hashtags, context_hashtags from posts").fetchone()
    assert [json.loads(each) for each in lists] == [["Herons", "birds", "Zebra"], ["birds", "Zebra"]]
    assert json.loads(archive.execute("select hashtags from pages").fetchone()[0]) == ["birds", "Herons", "Zebra"]
    counts = "select tag, n_posts, n_posts_in_text, n_pages from hashtags order by tag"
    assert archive.execute(counts).fetchall() == [("birds", 1, 0, 1), ("herons", 1, 1, 1), ("zebra", 1, 0, 1)]


def test_a_hashtag_is_displayed_in_the_spelling_seen_most(archive: sqlite3.Connection) -> None:
    def display() -> tuple[object, ...]:
        (in_table,) = archive.execute("select display from hashtags").fetchone()
        return in_table, {json.loads(each)[0] for (each,) in archive.execute("select hashtags from posts")}

    save(archive, page("a.example/1", post("1", "#HERONS one"), post("2", "#HERONS two"), post("3", "#herons three")))
    assert display() == ("HERONS", {"HERONS"})
    save(archive, page("a.example/2", *(post(str(n), f"#Herons {n}") for n in range(4, 7))))
    assert display() == ("Herons", {"Herons"})


def test_a_hashtag_that_leaves_with_a_merged_post_leaves_nothing_behind(tmp_path: Path) -> None:
    pages = _each(post(text="Grey #Herons"), post("1", "Grey Herons"))  # the same letters
    found = [natural(in_order(tmp_path / f"{n}.db", order)) for n, order in enumerate(permutations(pages))]
    assert found[0] == found[1]
    assert found[0]["hashtags"] == []


def test_plain_links_to_posts_are_stored_but_not_counted(archive: sqlite3.Connection) -> None:
    linked = page("a.example/1", post("1"))
    save(archive, replace(linked, embeds=(replace(linked.embeds[0], shape="link"),)))
    assert archive.execute("select n_embeds, n_pages, outlets from posts").fetchall() == [(0, 0, "[]")]
    assert archive.execute("select n_embeds from pages").fetchall() == [(0,)]
    assert archive.execute("select n_pages, n_embeds from outlets").fetchall() == [(1, 0)]


def test_ids_of_posts_run_with_time(archive: sqlite3.Connection) -> None:
    moments = [DAY + timedelta(hours=h) for h in (-30, -20, 5, 5.25, 30, 60)]
    posts = [post(str(n), posted_at=moment) for n, moment in enumerate(moments, 1)]
    undated = [post(str(n), posted_at=None) for n in (7, 8)]
    save(archive, page("a.example/1", *reversed(posts), *undated))
    ids = [row[0] for row in archive.execute("select cast(platform_id as integer) from posts order by id")]
    assert ids[2:] == [1, 2, 3, 4, 5, 6]
    assert sorted(ids[:2]) == [7, 8]


def test_posts_of_one_day_have_ids_of_that_day_without_ties(archive: sqlite3.Connection) -> None:
    day = [post(text=f"Heron {n}") for n in range(300)]
    second = [post(str(n), posted_at=DAY) for n in range(100, 200)]  # more than a second has slots
    save(archive, page("a.example/1", *day, *second, post("1", posted_at=DAY - timedelta(seconds=1))))
    save(archive, page("a.example/2", post("2", posted_at=DAY + timedelta(days=1))))
    ids = [key for (key,) in archive.execute("select key from posts order by id")]
    assert (ids[0], ids[-1], len(set(ids))) == ("twitter:1", "twitter:2", 402)


def test_a_failed_target_leaves_one_capture_with_its_error_and_nothing_else(archive: sqlite3.Connection) -> None:
    before = all_rows(archive)
    run = store.start_run(archive, ["archive", "https://a.example/"], "0", NOON)
    error = FetchError("https://a.example/", "answered 404 Not Found", "try again later")
    counts = store.save(archive, run, [Failed("https://a.example/", error, NOON)])
    assert counts == Counts(failures=1)
    assert archive.execute("select target, captured_at, error, page_id, sha256, run_id from captures").fetchall() == [
        (
            "https://a.example/",
            utc(NOON),
            "https://a.example/: answered 404 Not Found (try again later)",
            None,
            None,
            run,
        )
    ]
    assert all_rows(archive) == before


def test_a_run_tells_what_was_asked_and_what_came_of_it(archive: sqlite3.Connection) -> None:
    run = store.start_run(archive, ["archive", "ä.html"], "1.2", NOON)
    counts = store.save(archive, run, [archived(page("a.example/1", post("1"), post("1"), post("2")))])
    assert counts == Counts(pages=1, embeds=3, posts_new=2)
    store.finish_run(archive, run, "done", counts, NOON + timedelta(minutes=1))
    counted = (1, 3, 2, 0, 0, 0)  # pages, embeds, posts new and known, failures, unchanged
    assert archive.execute("select * from runs").fetchall() == [
        (
            run,
            "archive",
            '["archive","ä.html"]',
            "1.2",
            utc(NOON),
            "2024-05-06T12:01:00Z",
            "done",
            *counted,
            None,  # resumes
            None,  # merged_by
            0,  # pages passed over
            0,  # files known
        )
    ]


def test_a_capture_tells_its_bytes_and_where_they_came_from(archive: sqlite3.Connection) -> None:
    run = store.start_run(archive, ["archive"], "0", NOON)
    told = Capture(
        "https://a.example/x",
        b"<p>",
        "text/html",
        "web",
        NOON,
        "https://a.example/x",
        "https://a.example/1",
        "utf-8",
        200,
    )
    store.save(archive, run, [Archived(told.target, told, page("a.example/1", post("1")))])
    names = "target, url, final_url, captured_at, source, status, media_type, encoding, bytes, sha256, error"
    assert archive.execute(f"select {names} from captures").fetchall() == [
        (told.target, told.url, told.final_url, utc(NOON), "web", 200, "text/html", "utf-8", 3, told.sha256, None)
    ]
    linked = "select count(*) from embeds join captures on captures.id in (first_capture_id, last_capture_id)"
    assert archive.execute(linked).fetchone() == (1,)


BROKEN = "a\x00b\ud800c"


def test_nul_and_lone_surrogates_are_stored_as_replacement_characters(archive: sqlite3.Connection) -> None:
    rotten = post(
        "1",
        BROKEN,
        handle=BROKEN,
        permalink=BROKEN,
        author_name=BROKEN,
        author_url=BROKEN,
        lang=BROKEN,
        date_shown=BROKEN,
        hashtags=(BROKEN,),
        mentions=(BROKEN,),
        links=(Link(BROKEN, BROKEN, BROKEN),),
        media=(Media(BROKEN, BROKEN, BROKEN),),
    )
    told = page(
        "a.example/1", rotten, replace(rotten, platform_id=None, permalink=None), replace(rotten, platform_id=None)
    )
    told = replace(
        told,
        **dict.fromkeys("url site_name title byline description section lang".split(), BROKEN),
        keywords=(BROKEN,),
        hashtags=(BROKEN,),
        embeds=tuple(
            replace(
                e, context_before=BROKEN, context_after=BROKEN, heading=BROKEN, html=BROKEN, context_hashtags=(BROKEN,)
            )
            for e in told.embeds
        ),
    )
    capture = Capture(BROKEN, b"x", "text/html", "web", NOON, BROKEN, BROKEN, BROKEN)
    run = store.start_run(archive, ["archive", BROKEN], "0", NOON)
    for _ in range(2):
        store.save(archive, run, [Archived(BROKEN, capture, told), Failed(BROKEN, FetchError(BROKEN, BROKEN), NOON)])
    names = "runs captures outlets pages authors posts embeds hashtags mentions links media".split()
    values = [v for rows in all_rows(archive, *names).values() for row in rows for v in row if isinstance(v, str)]
    assert not [v for v in values if "\x00" in v or "\\u0000" in v]
    assert {v for v in values if v.startswith("a\ufffd")} == {"a\ufffdb\ufffdc", "a\ufffdb\ufffdc: a\ufffdb\ufffdc"}
    assert archive.execute("select json_extract(keywords, '$[0]') from pages").fetchall() == [("a\ufffdb\ufffdc",)]
    assert archive.execute("select count(*), count(distinct page_id) from embeds").fetchall() == [(3, 1)]


def test_the_views_answer(archive: sqlite3.Connection) -> None:
    save(
        archive,
        page(
            "a.example/1", post("1", author_name="Nora Berg"), post(), tags=["Pond"], title="Herons", published_at=NOON
        ),
        page("a.example/2", Post("twitter", text="Nobody signed this"), outlet=None),
    )
    rows = [
        dict(zip([d[0] for d in c.description], row, strict=True))
        for c in [archive.execute("select * from embed_details")]
        for row in c
    ]
    assert len(rows) == 3
    first = next(row for row in rows if row["position"] == 1 and row["outlet"])
    assert {
        n: first[n] for n in "platform platform_id handle author_name text posted_at page_url title target".split()
    } == {
        "platform": "twitter",
        "platform_id": "1",
        "handle": "nora_b",
        "author_name": "Nora Berg",
        "text": TEXT,
        "posted_at": "2021-03-03T01:00:00Z",
        "page_url": "https://a.example/1",
        "title": "Herons",
        "target": "saved/a.example/1",
    }
    assert archive.execute("select hashtag, handle, in_post, in_context from post_tags order by 1").fetchall() == [
        ("Herons", "nora_b", 1, 0),
        ("Pond", "nora_b", 0, 1),
    ]


def test_search_finds_words_of_posts_and_follows_changes(archive: sqlite3.Connection) -> None:
    def found(words: str, index: str = "posts") -> list[object]:
        key = "key" if index == "posts" else "url"
        sql = f"select {key} from {index}_fts join {index} on {index}.id = {index}_fts.rowid where {index}_fts match ?"
        return [row[0] for row in archive.execute(sql, (words,))]

    save(archive, page("a.example/1", post(text="Grey herons"), title="Über den Teich"))
    assert found("HERONS") == [post(text="Grey herons").key]
    assert found("uber", "pages") == ["https://a.example/1"]
    save(archive, page("a.example/2", post("1", "Grey “herons”")))  # the post known by text alone is deleted
    assert found("herons") == ["twitter:1"]
    assert problems(archive) == []
    save(archive, page("a.example/3", post("1", "Grey herons, at the pond")))
    assert found("pond") == ["twitter:1"]
    save(archive, page("a.example/1", title="Über den Teich", description="Reeds"))
    assert found("reeds", "pages") == ["https://a.example/1"]


def test_a_save_that_fails_midway_leaves_no_half_page(archive: sqlite3.Connection) -> None:
    run = store.start_run(archive, ["archive"], "0", NOON)
    store.save(archive, run, [archived(page("a.example/0", post("9")))])
    before = all_rows(archive), archive.execute("select count(*) from captures").fetchone()
    archive.execute(
        "create trigger refuse before insert on embeds when new.position = 3 begin select raise(abort, 'full'); end"
    )
    whole, broken = (
        page("a.example/1", post("1")),
        page("a.example/2", post("2"), post("3"), post("9", "Pond"), tags=["Pond"]),
    )
    with pytest.raises(ArchiveError, match="the archive: cannot be written: full"):
        store.save(archive, run, map(archived, [whole, broken]))
    assert (all_rows(archive), archive.execute("select count(*) from captures").fetchone()) == before
    archive.execute("drop trigger refuse")
    store.save(archive, run, map(archived, [whole, broken]))
    assert archive.execute("select count(*) from pages").fetchone() == (3,)


def test_rebuilding_mends_what_is_derived(archive: sqlite3.Connection) -> None:
    save(archive, page("a.example/1", post("1"), post("2", "Two"), tags=["Pond"]))
    before = all_rows(archive)
    for sql in (
        "update posts set hashtags = '[]', context_hashtags = '[]', outlets = '[]', n_embeds = 9, n_pages = 9",
        "update pages set hashtags = '[]', n_embeds = 9",
        "update hashtags set display = 'wrong', n_posts = 9, n_posts_in_text = 9, n_pages = 9",
        "update authors set n_posts = 9",
        "update outlets set n_pages = 9, n_embeds = 9",
    ):
        archive.execute(sql)
    archive.commit()
    store.rebuild(archive)
    assert all_rows(archive) == before


# Few handles, texts and ids, so that posts merge and split often. The first three texts have the same letters.
HANDLES = st.sampled_from(["nora_b", "Nora_B", "ole_s"])
TEXTS = st.sampled_from(["Grey #Herons @lena_f", "grey #HERONS: @lena_f", "Grey Herons lena_f", "Two #pond", None])
TAGS = st.lists(st.sampled_from(["Herons", "herons", "Pond", "Reed"]), max_size=2, unique_by=str.casefold)


def sightings(*, dated: bool) -> st.SearchStrategy[Post]:
    undated = dict.fromkeys(("posted_at", "time_source", "time_precision"), st.none())
    return st.builds(
        post,
        st.sampled_from([None, None, "1", "2", "3", "30"]),  # the last is of the next day
        TEXTS,
        handle=HANDLES,
        author_name=st.sampled_from([None, "Nora", "Nora Berg"]),
        lang=st.sampled_from([None, "en", "de"]),
        flags=st.sampled_from([(), ("odd",)]),
        links=st.sampled_from([(), (Link(LOOK, None, None),), (Link(None, "pond.example", None),)]),
        media=st.sampled_from([(), (Media(None, LOOK),), (Media("photo", LOOK, "A pond"),)]),
        **{} if dated else undated,
    )


POSTS = sightings(dated=True) | sightings(dated=True) | sightings(dated=False)


@st.composite
def pages_in_orders(draw: st.DrawFn) -> tuple[list[Page], list[Page]]:
    pages = [
        page(
            f"{draw(st.sampled_from('ab'))}.example/{n}",
            *posts,
            tags=draw(TAGS),
            site_name=draw(st.sampled_from([None, "Example"])),
        )
        for n, posts in enumerate(draw(st.lists(st.lists(POSTS, max_size=3), min_size=1, max_size=5)))
    ]
    return pages, draw(st.permutations(pages))


@settings(max_examples=300, deadline=None)
@given(pages_in_orders(), st.integers(1, 5))
def test_the_order_of_pages_and_batches_makes_no_difference(orders: tuple[list[Page], list[Page]], size: int) -> None:
    one, other = orders
    with closing(store.open_archive(":memory:")) as first, closing(store.open_archive(":memory:")) as second:
        save_checked(first, one)
        for start in range(0, len(other), size):
            save_checked(second, other[start : start + size])
        assert natural(first) == natural(second)
        before = all_rows(second)
        save(second, *one)
        assert all_rows(second) == before


def save_checked(archive: sqlite3.Connection, pages: list[Page]) -> None:
    save(archive, *pages)
    assert problems(archive) == []
    before = all_rows(archive)
    store.rebuild(archive)
    assert all_rows(archive) == before


def in_order(path: Path, pages: Iterable[Page]) -> sqlite3.Connection:
    archive = store.open_archive(path)
    for each in pages:
        save_checked(archive, [each])
    return archive


def shown(archive: sqlite3.Connection) -> set[tuple[object, ...]]:
    sql = """select pages.url, posts.key, occurrence from embeds
        join pages on pages.id = page_id join posts on posts.id = post_id"""
    return set(archive.execute(sql))


def tags(archive: sqlite3.Connection, key: str) -> dict[str, tuple[int, int]]:
    sql = """select tag, in_post, in_context from post_hashtags
        join hashtags on hashtags.id = hashtag_id join posts on posts.id = post_id where posts.key = ?"""
    return {tag: (in_post, in_context) for tag, in_post, in_context in archive.execute(sql, (key,))}


def _each(*posts: Post) -> list[Page]:
    return [page(f"a.example/{n}", each) for n, each in enumerate(posts)]


def test_a_wording_that_a_page_changed_is_kept_beside_the_former(archive: sqlite3.Connection) -> None:
    for text in ("Herons at the pond", "Herons beside the pond", "Herons at the pond"):
        save(archive, page("a.example/1", replace(post("1"), text=text)))
    told = archive.execute("select text, occurrence from embeds order by occurrence").fetchall()
    assert told == [("Herons at the pond", 1), ("Herons beside the pond", 2)]


def test_posts_of_two_instances_with_one_id_are_two(archive: sqlite3.Connection) -> None:
    ours, theirs = (
        Post("mastodon", platform_id="109300000000000000", scope=host) for host in ("a.example", "b.example")
    )
    save(archive, page("a.example/1", ours), page("a.example/2", theirs))
    keys = archive.execute("select key from posts order by key").fetchall()
    assert keys == [("mastodon:a.example/109300000000000000",), ("mastodon:b.example/109300000000000000",)]


def test_a_page_by_http_and_by_https_is_one(archive: sqlite3.Connection) -> None:
    secure = page("a.example/1", post("1"))
    save(archive, replace(secure, url=secure.url.replace("https:", "http:")), secure)
    assert archive.execute("select url, n_embeds from pages").fetchall() == [(secure.url, 1)]


def test_a_damaged_letter_never_wins_over_a_whole_text(archive: sqlite3.Connection) -> None:
    save(
        archive,
        page("a.example/1", post("1", "Herons 👨‍💻")),
        page("a.example/2", post("1", "Herons \ufffd\ufffd\ufffd\ufffd")),
    )
    assert archive.execute("select text from posts").fetchall() == [("Herons 👨‍💻",)]
