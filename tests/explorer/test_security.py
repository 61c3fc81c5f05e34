"""What pages may load, and what requests may cost, here and where strangers ask."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette

from archiver.cli import serve
from archiver.datasette_plugin import security
from tests.explorer.served import ask, serving
from tests.explorer.sites import METADATA, Site, archived, tree

PAGES = [
    "/",
    "/archive",
    "/archive/posts",
    "/archive/posts?_view=rows&_facet=lang",
    "/archive/embeds",
    "/archive/runs/1",
    "/archive/most_embedded_posts",
    "/archive?sql=select+1",
    "/-/network/hashtags",
    "/-/hashtag/otters",
    "/-/post/twitter/919659438700670976",
    "/-/patterns",
    "/-/versions",
    "/-/allow-debug",
    "/nowhere",
    "/archive?sql=delete+from+posts",
]
OTHERS = [
    "/archive.json",
    "/archive/posts.csv",
    "/archive/posts.json?_shape=array",
    "/-/static/app.css",
    "/-/static-plugins/social-post-archiver/explorer.css",
    "/-/post/twitter/919659438700670976.card.html",
    "/-/network/hashtags.gexf",
    "/archive/posts?_facet=a&_facet=b&_facet=c&_facet=d&_facet=e&_facet=f&_facet=g&_facet=h&_facet=i",
]
SHOWN = [path for path in PAGES[:13] + OTHERS[1:7] if path != "/-/patterns" and "sql=" not in path]
QUERIES = sorted(METADATA["databases"]["archive"]["queries"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return archived(tmp_path_factory.mktemp("safe") / "archive.db")


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    db = archived(tmp_path_factory.mktemp("local") / "archive.db").file
    with serving(db) as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    db = archived(tmp_path_factory.mktemp("public") / "archive.db").file
    with serving(db, "--public") as address, httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


def test_every_answer_has_the_headers(site: Site) -> None:
    kinds = set()
    for path, answer in zip(PAGES + OTHERS, site.get(*PAGES, *OTHERS), strict=True):
        kinds.add((answer.status_code, answer.headers["content-type"].partition(";")[0]))
        told = {name: answer.headers.get_list(name) for name in ("content-security-policy", *security._HEADERS)}
        assert {name: [value] for name, value in security._HEADERS.items()}.items() <= told.items(), path
        (policy,) = told["content-security-policy"]
        assert directives(policy) == {
            "default-src": ["'none'"],
            "script-src": ["'self'", *sorted(map(digest, security.scripts()))],
            "style-src": ["'self'", "'unsafe-inline'"],
            "img-src": ["'self'", "data:"],
            "connect-src": ["'self'"],
            "form-action": ["'self'"],
            "base-uri": ["'none'"],
            "frame-ancestors": ["'none'"],
        }, path
    assert {status for status, _ in kinds} >= {200, 400, 404}
    assert {kind for _, kind in kinds} >= {"text/html", "application/json", "text/css", "text/plain"}


def test_the_policy_permits_the_inline_scripts_of_this_datasette_and_no_others(site: Site) -> None:
    seen = set()
    for path, answer in zip(PAGES, site.get(*PAGES), strict=True):
        for script in re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL):
            assert script in security.scripts(), path
            seen.add(script)
        assert "<script " not in re.sub(
            r'<script (type="module" )?src="/-/static[^">:]+"( defer)?></script>', "", answer.text
        )
    assert seen
    # Of a new Datasette's further scripts a person decides.
    assert sorted(script.split()[0] for script in security.scripts()) == [
        "DATASETTE_ALLOW_FACET",
        "DATASETTE_ALLOW_FACET",
        "document.body.addEventListener('click',",
        "window.onload",
    ]


def test_the_policy_can_be_left_away_for_plugins_that_it_would_stop(site: Site) -> None:
    (answer,) = ask(site, "/", plugins={"csp": False})
    assert "content-security-policy" not in answer.headers
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&".join(["_facet=lang"] * security.MOST_FACETS), 200),
        ("&".join(["_facet=lang"] * security.MOST_FACETS) + "&_facet_size=max", 200),
        ("&".join(["_facet=lang"] * (security.MOST_FACETS + 1)), 400),
        ("&".join(["_facet_array=hashtags", "_facet_date=posted_at", "_facet=id"] * 3), 400),
        ("&".join(["_%66acet=lang"] * (security.MOST_FACETS + 1)), 400),
        ("&".join(["_facet="] * (security.MOST_FACETS + 1)), 400),
        ("&".join(["lang=en"] * (security.MOST_ARGUMENTS + 1)), 400),
        ("text__like=" + "%25a" * 600, 400),
    ],
)
def test_what_one_address_may_ask_is_limited(site: Site, query: str, status: int) -> None:
    (answer,) = site.get(f"/archive/posts?{query}")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("sql", ["select hex(zeroblob(40000000))", "select randomblob(100000000)"])
def test_no_query_makes_a_value_that_fills_the_memory(site: Site, sql: str) -> None:
    (answer,) = site.get(f"/archive.json?sql={sql.replace(' ', '+')}")
    assert answer.status_code == 400
    assert answer.json()["error"] == "string or blob too big"


def test_a_connection_attaches_no_file(site: Site, tmp_path: Path) -> None:
    with closing(sqlite3.connect(site.file)) as db:
        security.limit(db, "archive", Datasette([]))
        with pytest.raises(sqlite3.OperationalError, match="too many attached databases"):
            db.execute("attach ? as other", [str(tmp_path / "other.db")])
    assert not (tmp_path / "other.db").exists()


def test_several_databases_can_still_be_joined(site: Site) -> None:
    (answer,) = ask(site, "/_memory.json?sql=select+count(*)+as+n+from+archive.posts&_shape=array", crossdb=True)
    assert answer.json()[0]["n"] > 2


@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.0.1:8001", "localhost:8001", "LOCALHOST", "[::1]:8001"])
def test_a_local_server_answers_to_its_names(local: httpx.Client, name: str) -> None:
    assert local.get("/", headers={"host": name}).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "evil.example:8001", "localhost@evil.example", "[::1", "", "::1"]
)
def test_a_local_server_answers_to_no_other_name(local: httpx.Client, name: str) -> None:
    answer = local.get("/archive/posts.json", headers={"host": name})
    assert answer.status_code in {400, 421}
    assert "919659438700670976" not in answer.text


def test_a_local_server_is_a_whole_datasette(local: httpx.Client) -> None:
    assert local.get("/archive.json?sql=select+1+as+one&_shape=array").json() == [{"one": 1}]
    assert len(local.get("/archive/posts.csv?_stream=1").text.splitlines()) > 3
    assert local.get("/-/databases.json").status_code == httpx.codes.OK
    assert "server" not in local.get("/").headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/archive?sql=select+1", 403),
        ("/archive.json?sql=select+1", 403),
        ("/archive.csv?sql=select+1", 403),
        ("/archive/posts.json?_where=1=1", 403),
        ("/archive.db", 403),
        ("/archive/posts.csv?_stream=1", 400),
        ("/archive/posts.csv?_stream=on&_size=max", 400),
        ("/archive/most_embedded_posts.csv?_stream=1", 400),
        ("/archive/posts.json?_size=1001", 400),
        ("/-/databases", 404),
        ("/-/databases.json", 404),
        ("/-/threads.json", 404),
        ("/%2D/databases.json", 404),
    ],
)
def test_a_public_server_refuses(public: httpx.Client, path: str, status: int) -> None:
    answer = public.get(path)
    assert answer.status_code == status, answer.text[:500]
    assert "content-security-policy" in answer.headers
    assert "/archive.db" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_public_server_is_only_read(public: httpx.Client, method: str) -> None:
    assert public.request(method, "/-/messages", content=b"message=x").status_code == httpx.codes.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", [*SHOWN, *(f"/archive/{name}" for name in QUERIES)])
def test_a_public_server_shows_all_pages_and_saved_queries(public: httpx.Client, path: str) -> None:
    answer = public.get(path, headers={"host": "archive.example.org"})
    assert answer.status_code == httpx.codes.OK, answer.text[:500]
    if "html" in answer.headers["content-type"] and "card" not in path:
        page = tree(answer)
        assert page.css_first("textarea[name=sql]") is None
        assert [a for a in page.css("a") if re.search("[?&]sql=", a.attributes.get("href") or "")] == []


@pytest.mark.parametrize("safety", [{"public": True}, {"hosts": ["localhost"]}])
def test_an_archive_is_opened_to_be_read_only(site: Site, safety: dict[str, object]) -> None:
    database = serve._datasette(site.file, safety).get_database("archive")
    with closing(database.connect()) as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("delete from posts")


def directives(policy: str) -> dict[str, list[str]]:
    """A policy's directives, with the sources of each."""
    return {name: sources for name, *sources in (part.split() for part in policy.split(";"))}


def digest(script: str) -> str:
    """A script as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
