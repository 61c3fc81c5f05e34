"""Facets, filters and pages of tables, asked through Datasette and compared with brute force."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from datasette.app import Datasette
from datasette.plugins import pm

import archiver.datasette_plugin as plugin
from archiver import store
from archiver.datasette_plugin import newest as newest_rows
from benchmarks import generate_archive

METADATA = yaml.safe_load((Path(__file__).parents[1] / "metadata.yml").read_text(encoding="utf-8"))
POSTS = 1200
SELECTIONS = [
    "&".join(each for each in chosen if each)
    for chosen in product(
        ("", "_hashtag=MeToo", "_hashtag=%23METOO&_hashtag=tag1"),
        ("", "_in=post", "_in=context"),
        ("", "_outlet=outlet1.example", "posted_year=2019", "platform=twitter&lang=en", "_search=people"),
    )
] + [
    "_links=1",
    "_links=1&_hashtag=metoo",
    "author_id=1",
    "author_id=1&posted_year=2020",
    "posted_month=2019-03",
    "_outlet=outlet1.example&_outlet=outlet2.example",
    "_day=2019-03-02",
    "posted_at__date=2019-03-02",
    "hashtags__arraycontains=MeToo",
    "outlets__arraycontains=outlet1.example&lang=de",
    "text__contains=w1",
    "n_pages__gt=1&_hashtag=tag1",
    "_hashtag=nowhere",
    "lang__isnull=1",
    "_where=id%2510%3D3",
]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("facets") / "archive.db"
    with closing(store.open_archive(file)) as archive:
        assert [posts for posts, _ in generate_archive.fill(archive, POSTS, batch=200)][-1] >= POSTS
    return file


@pytest.fixture(scope="module")
def posts(db: Path) -> list[dict[str, Any]]:
    """Every post with what facets count, put together without an index of ours."""
    with closing(sqlite3.connect(db)) as archive:
        archive.row_factory = sqlite3.Row
        rows = [dict(row) for row in archive.execute("select * from posts")]
        words = archive.execute(
            """select post_id, tag, in_post, in_context from post_hashtags join hashtags on hashtags.id = hashtag_id"""
        ).fetchall()
    by_id = {row["id"]: row | {"tags": {}} for row in rows}
    for post_id, tag, in_post, in_context in words:
        by_id[post_id]["tags"][tag] = (in_post, in_context)
    return list(by_id.values())


def ask(db: Path, *paths: str, metadata: dict[str, Any] = METADATA) -> list[httpx.Response]:
    async def asked() -> list[httpx.Response]:
        if not pm.is_registered(plugin):  # it is, by its entry point, where the project is installed
            pm.register(plugin)
        settings = {"facet_time_limit_ms": 5000, "sql_time_limit_ms": 5000, "max_returned_rows": 1000}
        datasette = Datasette([str(db)], metadata=metadata, settings=settings)
        await datasette.invoke_startup()
        return [await datasette.client.get(f"/archive/{path}", follow_redirects=True) for path in paths]

    return asyncio.run(asked())


def told(db: Path, path: str) -> dict[str, Any]:
    (answer,) = ask(db, path)
    assert answer.status_code == httpx.codes.OK, answer.text
    found: dict[str, Any] = answer.json()
    return found


# Whether a post's hashtag, told by where it stands, fits `_in=`.
PLACES: dict[str, Callable[[tuple[int, int]], bool]] = {
    "": any,
    "post": lambda told: bool(told[0]),
    "context": lambda told: bool(told[1] and not told[0]),
}
# Whether a post fits an argument's value; any other argument is a column.
FITS: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "_outlet": lambda post, value: value in json.loads(post["outlets"]),
    "outlets__arraycontains": lambda post, value: value in json.loads(post["outlets"]),
    "_day": lambda post, value: (post["posted_at"] or "").startswith(value),
    "posted_at__date": lambda post, value: (post["posted_at"] or "").startswith(value),
    "_search": lambda post, value: value in post["text"].split(),
    "text__contains": lambda post, value: value in post["text"],
    "n_pages__gt": lambda post, value: post["n_pages"] > int(value),
    "lang__isnull": lambda post, _: post["lang"] is None,
    "_where": lambda post, _: post["id"] % 10 == 3,
    "_in": lambda _post, _: True,
    "_links": lambda _post, _: True,
}


def is_chosen(post: dict[str, Any], args: list[tuple[str, str]]) -> bool:
    """Whether a post fits a selection, by reading it."""
    asked = dict(args)
    fits_place = PLACES[asked.get("_in", "")]
    if "_links" not in asked and not post["n_embeds"]:
        return False
    for name, value in args:
        if name in ("_hashtag", "hashtags__arraycontains"):
            where = post["tags"].get(value.lstrip("#").casefold())
            if where is None or not fits_place(where):
                return False
        elif not (FITS[name](post, value) if name in FITS else str(post[name]) == value):
            return False
    return True


def counts(chosen: list[dict[str, Any]], column: str, place: str) -> Counter[Any]:
    if column == "hashtags":
        return Counter(tag for post in chosen for tag, where in post["tags"].items() if PLACES[place](where))
    if column == "outlets":
        return Counter(domain for post in chosen for domain in json.loads(post["outlets"]))
    if column == "posted_at":
        return Counter(post["posted_at"][:10] for post in chosen if post["posted_at"])
    return Counter(post[column] for post in chosen if post[column] is not None)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_facets_of_posts_and_their_number_equal_brute_force(
    selection: str, db: Path, posts: list[dict[str, Any]]
) -> None:
    args = list(httpx.QueryParams(selection).multi_items())
    chosen = [post for post in posts if is_chosen(post, args)]
    answer = told(db, f"posts.json?_facet_size=max&_facet_date=posted_at&_facet=time_precision&{selection}")
    assert answer["filtered_table_rows_count"] == len(chosen)
    assert {row[0] for row in answer["rows"]} <= {post["id"] for post in chosen}
    results = answer["facet_results"]
    assert set(results) == {
        *("hashtags", "author_id", "outlets", "platform", "posted_year", "posted_month", "lang"),
        *("posted_at", "time_precision"),
    }
    for column, result in results.items():
        place = dict(args).get("_in", "")
        found = {
            value["value"].casefold() if column == "hashtags" else value["value"]: value["count"]
            for value in result["results"]
        }
        expected = counts(chosen, column, place)
        assert result["newest"] is None
        assert found.items() <= expected.items()
        assert len(found) == min(len(expected), 1000)
        assert list(found.values()) == sorted(expected.values(), reverse=True)[:1000]


def test_there_are_many_selections_and_most_find_posts(posts: list[dict[str, Any]]) -> None:
    filled = [s for s in SELECTIONS if any(is_chosen(p, list(httpx.QueryParams(s).multi_items())) for p in posts)]
    assert len(filled) >= 45


def test_a_value_of_a_facet_leads_to_as_many_posts_as_it_counts(db: Path) -> None:
    facets = told(db, "posts.json?_hashtag=metoo&_facet_size=2")["facet_results"]
    values = [value for facet in facets.values() for value in facet["results"]]
    assert len(values) >= 12
    for value, answer in zip(
        values, ask(db, *(v["toggle_url"].partition("/archive/")[2] for v in values)), strict=True
    ):
        if not value["selected"]:
            assert answer.json()["filtered_table_rows_count"] == value["count"], value


def test_facets_of_a_second_page_count_what_those_of_the_first_do(db: Path) -> None:
    first = told(db, "posts.json?_hashtag=metoo&_size=20")
    second = told(db, f"posts.json?_hashtag=metoo&_size=20&_next={first['next']}")

    def numbers(page: dict[str, Any]) -> dict[str, list[tuple[Any, int]]]:
        return {k: [(v["value"], v["count"]) for v in f["results"]] for k, f in page["facet_results"].items()}

    assert numbers(first) == numbers(second)
    assert "_next" not in second["facet_results"]["hashtags"]["results"][1]["toggle_url"]


def test_the_hashtag_facet_tells_how_many_have_it_in_their_own_text(db: Path, posts: list[dict[str, Any]]) -> None:
    for selection in ("", "posted_year=2019"):
        found = told(db, f"posts.json?{selection}")["facet_results"]["hashtags"]["results"]
        (metoo,) = [value for value in found if value["value"] == "MeToo"]
        chosen = [p for p in posts if p["n_embeds"] and (not selection or p["posted_year"] == 2019)]
        assert metoo["in_post"] == sum(p["tags"].get("metoo", (0, 0))[0] for p in chosen)


def test_more_rows_than_the_limit_are_counted_over_the_newest_and_the_name_says_so(
    db: Path, posts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_rows, "NEWEST", 50)
    answer = told(db, "posts.json?_hashtag=metoo&_facet_size=max")
    newest = sorted((p for p in posts if p["n_embeds"] and "metoo" in p["tags"]), key=lambda p: -p["id"])[:50]
    outlets = answer["facet_results"]["outlets (newest 50)"]
    assert outlets["newest"] == 50
    expected = counts(newest, "outlets", "")
    assert all(expected[value["value"]] == value["count"] for value in outlets["results"])
    whole = answer["facet_results"]["posted_year"]  # counted beforehand
    assert sum(value["count"] for value in whole["results"]) == answer["filtered_table_rows_count"]


def test_a_search_beyond_the_limit_finds_the_newest(
    db: Path, posts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_rows, "NEWEST", 30)
    answer = told(db, "posts.json?_search=people&_size=10")
    chosen = sorted((p for p in posts if p["n_embeds"] and "people" in p["text"].split()), key=lambda p: -p["id"])
    assert answer["filtered_table_rows_count"] == len(chosen)
    assert [row[0] for row in answer["rows"]] == [p["id"] for p in chosen[:10]]
    platforms = answer["facet_results"]["platform (newest 30)"]["results"]
    assert {v["value"]: v["count"] for v in platforms} == counts(chosen[:30], "platform", "")


@pytest.mark.parametrize(
    ("table", "facets"),
    [
        ("embeds", "shape flags platform outlet_id posted_year identified_by"),
        ("pages", "outlet_id hashtags section published_year lang"),
    ],
)
@pytest.mark.parametrize("selection", ["", "lang=en"])
def test_facets_of_embeds_and_pages_equal_brute_force(table: str, facets: str, selection: str, db: Path) -> None:
    answer = told(db, f"{table}.json?_facet_size=max&{selection}")
    assert set(answer["facet_results"]) == set(facets.split())
    with closing(sqlite3.connect(db)) as archive:
        for column in facets.split():
            each, source = column, table
            if column in ("flags", "hashtags"):
                each, source = "each.value", f"{table} join json_each({table}.{column}) as each"
            where = f"{table}.lang = 'en'" if selection else "1"
            sql = f"select {each}, count(*) from {source} where {where} and {each} is not null group by 1"
            found = {v["value"]: v["count"] for v in answer["facet_results"][column]["results"]}
            assert found == dict(archive.execute(sql).fetchall()), column


def pages_of(db: Path, path: str) -> Iterator[list[Any]]:
    mark, page = "", {"next": ""}
    while page["next"] is not None:
        page = told(db, f"{path}&_facet_size=1&_nofacet=1{mark}")
        mark = f"&_next={page['next']}"
        yield [row[0] for row in page["rows"]]


@pytest.mark.parametrize("order", ["_sort=n_pages", "_sort_desc=n_pages", "_sort=id", "_sort_desc=id"])
@pytest.mark.parametrize("selection", ["", "_hashtag=metoo", "platform=twitter", "_search=people", "author_id=1"])
def test_pages_of_posts_neither_lose_nor_repeat_a_row_over_heavy_ties(
    order: str, selection: str, db: Path, posts: list[dict[str, Any]]
) -> None:
    args = list(httpx.QueryParams(selection).multi_items())
    expected = {post["id"]: post for post in posts if is_chosen(post, args)}
    found = [each for page in pages_of(db, f"posts.json?_size=150&{order}&{selection}") for each in page]
    assert len(found) == len(expected)
    assert set(found) == set(expected)
    column = order.partition("=")[2]
    values = [expected[each][column] for each in found]
    assert values == sorted(values, reverse="desc" in order)


@pytest.mark.parametrize(
    ("table", "order"),
    [
        ("pages", "_sort_desc=published_at"),
        ("pages", "_sort=outlet_id"),
        ("embeds", "_sort_desc=post_id"),
        ("authors", "_sort_desc=n_posts"),
        ("hashtags", "_sort_desc=n_posts"),
        ("post_hashtags", "_sort_desc=hashtag_id"),
        ("post_hashtags", "_sort=is_embedded"),
    ],
)
def test_pages_of_other_tables_neither_lose_nor_repeat_a_row(table: str, order: str, db: Path) -> None:
    with closing(sqlite3.connect(db)) as archive:
        (expected,) = archive.execute(f"select count(*) from {table}").fetchone()
    found, mark = list[Any](), ""
    while mark is not None:
        page = told(db, f"{table}.json?_size=400&_nofacet=1&{order}" + (f"&_next={mark}" if mark else ""))
        found += [tuple(row[: len(page["primary_keys"])]) for row in page["rows"]]
        mark = page["next"]
    assert len(found) == len(set(found)) == expected


def test_what_cannot_be_answered_is_a_clear_400(db: Path) -> None:
    wrong = ("posts?_sort=nope", "posts?_sort=id&_sort_desc=id", "pages.json?_sort_desc=text", "posts?_day=2019-13-01")
    for path, answer in zip(wrong, ask(db, *wrong), strict=True):
        assert answer.status_code == httpx.codes.BAD_REQUEST, path
    assert "Cannot sort table by nope" in ask(db, "posts?_sort=nope")[0].text


def test_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "archive.db")) as other:
        other.execute("create table posts (id integer primary key, hashtags text, kind text)")
        other.executemany("insert into posts (hashtags, kind) values (?, ?)", [('["a"]', "x"), ('["a", "b"]', "y")])
        other.commit()
    path = "posts.json?_facet=kind&_facet_array=hashtags&hashtags__arraycontains=a"
    (told_there,) = ask(tmp_path / "archive.db", path, metadata={})
    answer = told_there.json()
    assert answer["filtered_table_rows_count"] == 2
    found = {name: [(v["value"], v["count"]) for v in f["results"]] for name, f in answer["facet_results"].items()}
    assert found["hashtags"] == [("a", 2), ("b", 1)]
