"""Values that wish to be more than text, in every column, on every page of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.explorer.sites import Site, archived, tree

MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title></textarea></style></pre></svg><script>alert(1)</script>",
    "\u202e<b>tpircs\u202c{{ 7 * 7 }}{% raw %}",
]
VALUES = [
    " ".join(MARKUP),
    "javascript:alert(1)",
    "https://example.com/\"onmouseover='alert(1)'",
    "data:text/html,<script>alert(1)</script>",
]
# Columns that are no free text, for the archive itself makes them.
KEPT = {
    "posted_at",
    "published_at",
    "captured_at",
    "started_at",
    "platform",
    "posted_month",
    "handle_key",
    "tag",
    "key",
}
KEPT |= {
    "shape",
    "text_key",
    "_fts",
    "argv",
    "outcome",
    "identified_by",
    "domain",
    "first_captured_at",
    "migration_set",
}
TABLES = ("posts", "pages", "embeds", "authors", "outlets", "hashtags", "captures", "runs", "variants", "mentions")
TABLES += ("links", "media")


@pytest.fixture(scope="module", params=range(len(VALUES)))
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An archive in which each free text of each row is one hostile value."""
    site = archived(tmp_path_factory.mktemp("hostile") / "archive.db")
    value = VALUES[request.param]
    site.write("insert into media (post_id, kind, url) select id, 'photo', '' from posts")
    site.write("insert into links (post_id, short, expanded) select id, '', '' from posts")
    for table in TABLES:
        for _, name, kind, _, _, is_key in site.sql(f"select * from pragma_table_info('{table}')"):
            if kind.upper() == "TEXT" and not is_key and name not in KEPT:
                told = "json_array(:value)" if name in JSON else ":value"
                unique = " || id" if (table, name) in UNIQUE else ""
                site.write(f"update {table} set {name} = {told.replace(':value', '?')}{unique}", value)
    return site


JSON = {"hashtags", "context_hashtags", "outlets", "keywords"}
OURS = ("http://localhost", "https://datasette.io", "https://www.apache.org")
UNIQUE = {("pages", "url"), ("mentions", "handle"), ("authors", "handle")}


def paths(site: Site) -> list[str]:
    """Each page of ours that links lead to, and Datasette's own of posts, pages and embeds."""
    found = [
        "/",
        "/archive/posts",
        "/archive/posts?_view=rows",
        "/archive/pages",
        "/archive/embeds",
        "/archive/authors",
    ]
    found += ["/-/network/hashtags", "/-/network/outlets", "/archive", "/archive/most_embedded_posts"]
    for answer in site.get(*found):
        links = [a.attributes.get("href") or "" for a in tree(answer).css("a")]
        found += [link.partition("#")[0] for link in links if link.startswith("/-/") and "static" not in link]
    found += [f"{link}{ending}" for link in found if link.startswith("/-/post/") for ending in (".card.html",)]
    return list(dict.fromkeys(found))


def test_no_hostile_value_becomes_markup_or_a_link_that_runs(hostile: Site) -> None:
    asked = paths(hostile)
    assert len(asked) > 20
    assert {path.split("/")[2] for path in asked if path.startswith("/-/")} >= {"post", "author", "article", "network"}
    for path, answer in zip(asked, hostile.get(*asked), strict=True):
        assert answer.status_code in {200, 404}, path
        if "html" in answer.headers["content-type"]:
            assert list(dangers(tree(answer))) == [], path


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' JaVaScript:alert(1)'>x</a>",
        "<img src=x>",
        "<iframe srcdoc=x></iframe>",
        "<a href='https://example.com/'>no rel</a>",
        "<svg><a xlink:href='data:x'>x</a></svg>",
    ],
)
def test_the_search_for_dangers_finds_them(html: str) -> None:
    assert list(dangers(LexborHTMLParser(html)))


def test_a_link_out_of_the_archive_is_http_and_tells_nobody(tmp_path: Path) -> None:
    site = archived(tmp_path / "archive.db")
    site.write("update posts set permalink = 'javascript:alert(1)//https://example.com/'")
    site.write("update authors set url = 'https://example.com/\u0001x'")
    page = site.page("/-/author/twitter/ann_lee")
    assert [a for a in page.css("a[rel]") if "example.com" in (a.attributes["href"] or "")] == []
    assert "javascript:" not in page.html


def dangers(page: LexborHTMLParser) -> list[str]:
    """What in a page could run, or load from elsewhere, or tell another site who reads."""
    found = []
    for node in page.css("*"):
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        found += [f"{node.tag} {name}" for name in attributes if name.startswith("on") or name == "srcdoc"]
        for name in {"href", "src", "action", "xlink:href", "formaction", "data", "srcset", "poster"} & set(attributes):
            url = re.sub(r"[\x00-\x20]", "", attributes[name])
            if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", url) and not re.match(r"https?://", url, re.IGNORECASE):
                found.append(f"{node.tag} {name}={url[:40]}")
            rel = set(attributes.get("rel", "").split())
            inside = url.startswith(OURS)
            if node.tag == "a" and re.match(r"https?:|//", url, re.IGNORECASE) and not inside and "noopener" not in rel:
                found.append(f"a without rel: {url[:60]}")
        if node.tag == "script" and not (
            attributes.get("src", "").startswith("/-/static") or _is_datasettes(node.text())
        ):
            found.append(f"script: {node.text()[:60]}")
        if node.tag in {"img", "iframe", "object", "embed", "video", "audio", "base", "meta http-equiv"}:
            found.append(node.tag)
    return found


def _is_datasettes(script: str) -> bool:
    told = script.strip()
    return told.startswith(("DATASETTE_ALLOW_FACET = ", "window.onload = () =>"))
