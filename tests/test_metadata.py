from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import yaml
from datasette.app import Datasette
from datasette.utils import path_from_row_pks
from sqlite_utils import Database
from sqlite_utils.db import Table

from archiver import pipeline, store
from archiver.pipeline import Run
from archiver.sources import Settings

ROOT = Path(__file__).parents[1]
EXAMPLES = ("article.html", "article.txt")
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
TABLES: dict[str, dict[str, Any]] = METADATA["databases"]["archive"]["tables"]
QUERIES: dict[str, dict[str, Any]] = METADATA["databases"]["archive"]["queries"]
FACETS = [(name, facet) for name, table in TABLES.items() for facet in table.get("facets", ())]

# What the queries are asked for; with it each finds rows in the examples but those named here.
ASKED = {
    "hashtag": "MeToo",
    "handle": "Alyssa_Milano",
    "url": "https://gazette.example.com/2017/12/an-actress-three-tweets",
}
FOUND_BY_NONE_OF_THE_EXAMPLES = {"hashtags_together"}

TWO_TAGS = "Of #Otters.\n\nOnly #Rivers and #Lakes count.\n— Nora Berg (@nora_b) November 29, 2017\n\nSo she says."


@dataclass(frozen=True, slots=True)
class Site:
    """An archive of the examples as Datasette shows it with our metadata."""

    file: Path
    db: Database

    def get(self, *paths: str) -> list[httpx.Response]:
        """What Datasette answers to each path."""
        return asyncio.run(_get(self.file, paths))

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows behind a path."""
        (answer,) = self.get(path + ("&" if "?" in path else "?") + "_shape=array")
        assert answer.status_code == httpx.codes.OK, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    file = tmp_path_factory.mktemp("site") / "archive.db"
    with closing(_archive(file, [str(ROOT / "examples" / name) for name in EXAMPLES])) as db:
        yield Site(file, db)


def test_the_examples_fill_the_tables(site: Site) -> None:
    assert (site.db["pages"].count, site.db["posts"].count, site.db["embeds"].count) == (2, 3, 6)


def test_every_table_and_view_is_described_and_none_beside(site: Site) -> None:
    virtual = [name for name in site.db.table_names() if _table(site.db, name).virtual_table_using]
    hidden = {n for n in site.db.table_names() for v in virtual if n == v or n.startswith(f"{v}_")}
    assert {"posts_fts", "posts_fts_data", "pages_fts"} <= hidden
    told = {name for name, table in TABLES.items() if table.get("description")}
    assert told == {*site.db.table_names(), *site.db.view_names()} - hidden - {"_sqlite_migrations", "sqlite_stat1"}


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if not table.get("hidden")])
def test_every_column_is_described_and_none_beside(name: str, site: Site) -> None:
    assert all(TABLES[name]["columns"].values())
    assert set(TABLES[name]["columns"]) == _columns(site.db, name)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_sorted_faceted_and_labelled_by_columns_that_it_has(name: str, site: Site) -> None:
    table = TABLES[name]
    named = [table.get(key) for key in ("sort", "sort_desc", "label_column")] + list(table.get("sortable_columns", ()))
    named += [_faceted(facet)[1] for facet in table.get("facets", ())]
    assert {column for column in named if column} <= _columns(site.db, name)
    unknown = set(table) - {
        *("description", "columns", "sort", "sort_desc", "sortable_columns", "label_column", "facets", "facet_size"),
        *("size", "hidden", "title", "description_html", "source", "license", "fts_table", "fts_pk", "searchmode"),
    }
    assert not unknown


def test_every_foreign_key_leads_to_a_table_with_a_label(site: Site) -> None:
    shown = {"authors", "outlets", "pages", "posts", "hashtags"}
    assert shown <= {key.other_table for name in TABLES for key in _foreign_keys(site.db, name)}
    assert shown <= {name for name, table in TABLES.items() if table.get("label_column")}


def test_the_front_pages_answer(site: Site) -> None:
    for answer in site.get("/", "/archive", "/-/metadata.json", "/-/plugins.json"):
        assert answer.status_code == httpx.codes.OK
    assert METADATA["title"] in site.get("/")[0].text


@pytest.mark.parametrize("name", sorted(TABLES.keys() - {"sqlite_stat1"}))  # SQLite's own, whose rows have no page
def test_the_page_of_a_table_and_of_each_of_its_rows_answers(name: str, site: Site) -> None:
    paths = [f"/archive/{name}", f"/archive/{name}.json", *_row_paths(site.db, name)]
    assert site.db[name].count == 0 or len(paths) > 2 or name in site.db.view_names()
    for path, answer in zip(paths, site.get(*paths), strict=True):
        assert answer.status_code == httpx.codes.OK, path


@pytest.mark.parametrize(("name", "facet"), FACETS, ids=str)
def test_a_facet_is_shown_and_the_page_of_each_of_its_values_answers(name: str, facet: Any, site: Site) -> None:
    _, column = _faceted(facet)
    (answer,) = site.get(f"/archive/{name}.json")
    results = [result for result in answer.json()["facet_results"].values() if result["name"] == column]
    assert len(results) == 1, "not computed in time, or not at all"
    values = results[0]["results"]
    assert values or not _is_filled(site.db, name, column)
    pages = site.get(*(value["toggle_url"].removeprefix("http://localhost") for value in values))
    assert {page.status_code for page in pages} <= {httpx.codes.OK}
    assert [page.json()["filtered_table_rows_count"] for page in pages] == [value["count"] for value in values]


@pytest.mark.parametrize(("name", "facet"), FACETS, ids=str)
def test_a_facet_answers_when_it_is_asked_for(name: str, facet: Any, site: Site) -> None:
    kind, column = _faceted(facet)
    (page,) = site.get(f"/archive/{name}?{kind}={column}")
    assert page.status_code == httpx.codes.OK
    assert f'data-column="{column}"' in page.text


def test_the_facets_of_the_metadata_are_shown_unasked(site: Site) -> None:
    shown = site.get("/archive/posts.json")[0].json()["facet_results"]
    assert {r["name"] for r in shown.values()} == {_faceted(facet)[1] for facet in TABLES["posts"]["facets"]}


def test_the_hashtag_facet_lists_tags_of_posts_and_of_the_words_around_them(site: Site) -> None:
    told = site.get("/archive/posts.json")[0].json()["facet_results"]["hashtags"]["results"]
    assert {value["value"] for value in told} >= {"MeToo", "NetNeutrality"}


def test_a_tag_of_the_words_around_an_embed_finds_the_post_that_lacks_it(site: Site) -> None:
    found = site.rows("/archive/posts.json?hashtags__arraycontains=MeToo")
    (post,) = [row for row in found if row["platform_id"] == "919659438700670976"]
    assert "#metoo" not in post["text"].casefold()
    assert json.loads(post["context_hashtags"]) == ["MeToo"]


def test_the_search_finds_a_post_and_a_page(site: Site) -> None:
    assert [row["posted_at"][:10] for row in site.rows("/archive/posts.json?_search=harassed")] == ["2017-10-15"]
    assert len(site.rows("/archive/pages.json?_search=actress")) == 2


def test_there_are_queries() -> None:
    assert len(QUERIES) >= 5
    assert set(QUERIES) > FOUND_BY_NONE_OF_THE_EXAMPLES


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_described_and_names_its_parameters(name: str) -> None:
    query = QUERIES[name]
    assert query["title"]
    assert query["description"]
    assert query.get("params", []) == list(dict.fromkeys(re.findall(r"(?<!:):([a-z_]+)", query["sql"])))
    assert set(query.get("params", [])) <= set(ASKED)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_with_rows(name: str, site: Site) -> None:
    path = _query_path(name, ASKED)
    rows = site.rows(path)
    assert bool(rows) is (name not in FOUND_BY_NONE_OF_THE_EXAMPLES)
    page, bare = site.get(path.replace(".json", ""), f"/archive/{name}")
    assert page.status_code == bare.status_code == httpx.codes.OK


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if query.get("params")])
@pytest.mark.parametrize("odd", ["", "nothing like it", "#", "'\"%_;--", "😂"])
def test_a_query_finds_nothing_for_what_is_not_there(name: str, odd: str, site: Site) -> None:
    assert site.rows(_query_path(name, dict.fromkeys(ASKED, odd))) == []


@pytest.mark.parametrize("name", [name for name, query in QUERIES.items() if "hashtag" in query.get("params", [])])
@pytest.mark.parametrize("spelling", ["#MeToo", "metoo", "METOO", "#metoo"])
def test_a_hashtag_is_found_whatever_its_case_and_with_its_sign(name: str, spelling: str, site: Site) -> None:
    assert site.rows(_query_path(name, {"hashtag": spelling})) == site.rows(_query_path(name, ASKED))


@pytest.mark.parametrize("spelling", ["@Alyssa_Milano", "alyssa_milano"])
def test_a_handle_is_found_whatever_its_case_and_with_its_sign(spelling: str, site: Site) -> None:
    found = site.rows(_query_path("posts_of_an_account", {"handle": spelling}))
    assert [row["posted_at"][:10] for row in found] == ["2017-11-29", "2017-10-15", "2017-01-22"]


def test_the_embeds_of_a_page_come_in_its_order(site: Site) -> None:
    found = site.rows(_query_path("embeds_of_a_page", ASKED))
    assert [(row["position"], row["date_shown"]) for row in found] == [
        (1, "November 29, 2017"),
        (2, "January 22, 2017"),
        (3, "October 15, 2017"),
    ]


def test_hashtags_together_are_those_of_one_post(tmp_path: Path) -> None:
    (tmp_path / "tags.txt").write_text(TWO_TAGS, encoding="utf-8")
    with closing(_archive(tmp_path / "archive.db", [str(tmp_path / "tags.txt")])) as db:
        found = Site(tmp_path / "archive.db", db).rows(_query_path("hashtags_together", {"hashtag": "rivers"}))
    assert {"hashtag": "Lakes", "posts": 1} in found
    assert "Rivers" not in {row["hashtag"] for row in found}


async def _get(file: Path, paths: Iterable[str]) -> list[httpx.Response]:
    datasette = Datasette([str(file)], metadata=METADATA)
    await datasette.invoke_startup()
    try:
        return [await datasette.client.get(path) for path in paths]
    finally:
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()


def _archive(file: Path, targets: list[str]) -> Database:
    connection = store.open_archive(file)
    run = Run(connection, ["archive", *targets])
    assert len(list(pipeline.archive(targets, Settings(), run))) == len(targets)
    assert run.counts.failures == 0
    return Database(connection)


def _table(db: Database, name: str) -> Table:
    table = db[name]
    assert isinstance(table, Table)
    return table


def _columns(db: Database, name: str) -> set[str]:
    return {column.name for column in db[name].columns}


def _foreign_keys(db: Database, name: str) -> list[Any]:
    return [] if name in db.view_names() else _table(db, name).foreign_keys


def _faceted(facet: str | dict[str, str]) -> tuple[str, str]:
    """A facet of the metadata as a parameter of Datasette, and the column."""
    if isinstance(facet, str):
        return "_facet", facet
    ((kind, column),) = facet.items()
    return f"_facet_{kind}", column


def _is_filled(db: Database, name: str, column: str) -> bool:
    return any(row[column] not in {None, "[]"} for row in db[name].rows)


def _row_paths(db: Database, name: str) -> list[str]:
    if name in db.view_names():
        return []
    table = _table(db, name)
    return [f"/archive/{name}/{path_from_row_pks(row, table.pks, use_rowid=False)}" for row in table.rows]


def _query_path(name: str, values: dict[str, str]) -> str:
    asked = {param: values[param] for param in QUERIES[name].get("params", ())}
    return f"/archive/{name}.json" + (f"?{urlencode(asked)}" if asked else "")
