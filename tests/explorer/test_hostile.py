"""Values that wish to be more than text, in every column, on every page; and holes that would let them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from datasette import hookimpl
from datasette.plugins import pm
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from archiver.datasette_plugin import security
from archiver.datasette_plugin.pages import _links, cells
from archiver.datasette_plugin.questions import QUESTIONS
from tests.explorer.served import ask
from tests.explorer.sites import METADATA, Site, archived

RUN = "<script>alert(1)</script>"
# Each begins as an address does, or leaves the attribute, element, script or comment in which it may stand.
VALUES = {
    "script address": f"javascript:alert(1)//\"'><img src=x onerror=alert(1)>{RUN}",
    "markup": f"\"><img src=//evil.example/x onerror=alert(1)>'</title></textarea></style></pre></script>--><b>{RUN}",
    "link": "https://evil.example/\"onmouseover='alert(1)' autofocus onfocus=\"alert(1)\" x='{{ 7 }}\u202e<b>",
}
# What the archive itself makes, and by which pages find their rows. Elsewhere any text may stand.
MADE = {"key", "tag", "domain", "handle_key", "posted_month", "migration_set"}
JSON = {"hashtags", "context_hashtags", "outlets", "keywords", "flags", "relations", "argv"}
OBJECTS = {"counts", "told"}
TABLES = (
    "runs outlets pages captures authors posts embeds hashtags mentions links media variants answers post_relations "
    "prose_mentions page_hashtags hashtag_spellings post_hashtags"
).split()
EVIL = quote(VALUES["markup"], safe="")
REFLECTED = [
    f"/archive/posts?_search={EVIL}",
    f"/archive/posts?_hashtag={EVIL}&_outlet={EVIL}&_links={EVIL}&_in={EVIL}&_view={EVIL}",
    f"/archive/posts?_day={EVIL}",
    f"/archive/posts?text__contains={EVIL}&_facet=lang",
    f"/archive/posts?_facet={EVIL}",
    f"/archive/posts?_sort={EVIL}",
    f"/archive/posts?_next={EVIL}",
    f"/archive/posts?_where={EVIL}",
    f"/archive/posts?{EVIL}={EVIL}&_{EVIL}=1",
    f"/archive?sql={EVIL}",
    f"/archive?sql=select+%27{EVIL.replace('%27', '%27%27')}%27+as+%22{EVIL.replace('%22', '%22%22')}%22",
    f"/archive/posts_of_an_account?handle={EVIL}",
    f"/archive/{EVIL}",
    f"/{EVIL}",
    f"/-/hashtag/{EVIL}",
    f"/-/hashtag/otters?in={EVIL}",
    f"/-/author/twitter/{EVIL}",
    f"/-/author/{EVIL}/ann_lee",
    f"/-/outlet/{EVIL}",
    f"/-/article/{EVIL}",
    f"/-/post/twitter/{EVIL}",
    f"/-/network/{EVIL}",
    f"/-/network/hashtags?min={EVIL}&least={EVIL}",
    f"/-/question/{EVIL}",
    f"/-/question/hashtags?hashtag={EVIL}&author={EVIL}&outlet={EVIL}&platform={EVIL}&lang={EVIL}&search={EVIL}",
    f"/-/question/hashtags_over_time?from={EVIL}&by={EVIL}",
]


@pytest.fixture(scope="module", params=VALUES)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    return spoilt(tmp_path_factory.mktemp("hostile") / "archive.db", VALUES[request.param])


def spoilt(file: Path, value: str) -> Site:
    """An archive in which each text of each row is one hostile value."""
    site = archived(file)
    for table in TABLES:
        columns = [
            (name, "TEXT" in kind.upper() and name not in MADE and not is_key, is_key)
            for name, kind, is_key in site.sql("select name, type, pk from pragma_table_info(?)", table)
        ]
        if site.sql(f"select count(*) from {table}") == [(0,)]:
            given = [name for name, _, is_key in columns if name != "id"]
            first = "(select max(id) from posts)"
            told = [first if name.endswith("post_id") else "'x'" if name in MADE else "1" for name in given]
            site.write(f"insert into {table} ({', '.join(given)}) values ({', '.join(told)})")
        for name in (name for name, is_free, _ in columns if is_free):
            told = json.dumps([value]) if name in JSON else json.dumps({value: value}) if name in OBJECTS else value
            unique = " || id" if (table, name) in {("pages", "url"), ("authors", "handle"), ("posts", "text")} else ""
            site.write(f"update {table} set {name} = ?{unique}", told)
    return site


def paths(site: Site) -> list[str]:
    """The pages of Datasette of each table, row and query, and each page of ours that these lead to."""
    names = [name for (name,) in site.sql("select name from sqlite_master where type in ('table', 'view')")]
    shown = [name for name in names if "_fts_" not in name and not name.startswith("sqlite_")]
    rows = [
        f"/archive/{table}/{row}"
        for table in TABLES
        if ("id",) in site.sql("select name from pragma_table_info(?)", table)
        for (row,) in site.sql(f"select id from {table} limit 2")
    ]
    found = ["/", "/archive", "/archive?_show_hidden=1", "/-/network/hashtags", "/-/network/outlets", *rows]
    found += [f"/-/question/{name}" for name in QUESTIONS]
    found += [
        f"/archive/{name}{ending}" for name in shown for ending in ("", "?_view=rows&_facet=rowid", ".json", ".csv")
    ]
    found += [f"/archive?sql=select+*+from+{name}" for name in TABLES]
    found += [f"/archive/{name}?url=1&hashtag=otters&handle=1" for name in METADATA["databases"]["archive"]["queries"]]
    found += linked(site, "/", *(f"/archive/{name}?_links=1" for name in ("posts", "pages", "embeds")))
    found += linked(site, *(path for path in found if path.startswith(("/-/author/", "/-/article/"))))
    posts = [path for path in dict.fromkeys(found) if path.startswith("/-/post/")]
    return list(dict.fromkeys(found + [f"{path}{end}" for path in posts for end in (".card.html", ".json", ".bib")]))


def linked(site: Site, *pages: str) -> list[str]:
    """The pages of ours to which these link."""
    links = [node.attributes.get("href") or "" for a in site.get(*pages) for node in LexborHTMLParser(a.text).css("a")]
    return list(dict.fromkeys(link.partition("#")[0] for link in links if link.startswith("/-/")))


def test_no_hostile_value_becomes_markup_or_a_link_that_runs(hostile: Site) -> None:
    asked = paths(hostile)
    assert len(asked) > 150
    assert {path.split("/")[2] for path in asked if path.startswith("/-/")} >= OURS
    wrong = {path: found for path, answer in zip(asked, hostile.get(*asked), strict=True) if (found := harms(answer))}
    assert wrong == {}


OURS = {"post", "author", "article", "hashtag", "outlet", "network"}


def test_no_hostile_address_becomes_markup_or_a_link_that_runs(tmp_path: Path) -> None:
    answers = archived(tmp_path / "archive.db").get(*REFLECTED)
    wrong = {path: found for path, answer in zip(REFLECTED, answers, strict=True) if (found := harms(answer))}
    assert wrong == {}
    assert len([answer for answer in answers if "&lt;img" in answer.text or "&gt;&lt;" in answer.text]) > 5


PARTS = Path(security.__file__).parent / "templates" / "explorer"


@pytest.mark.parametrize(
    ("template", "text", "hole"),
    [
        ("_parts.html", '<pre dir="ltr">{{ html }}</pre>', "{{ html|safe }}"),
        ("_parts.html", "{{ piece.text }}{% endif %}", "{{ piece.text|safe }}{% endif %}"),
        ("post.html", "{% extends", "{% autoescape false %}{{ card.name }}{% endautoescape %}{% extends"),
    ],
)
def test_a_template_that_takes_text_for_markup_is_found(tmp_path: Path, template: str, text: str, hole: str) -> None:
    site = spoilt(tmp_path / "archive.db", VALUES["markup"])
    source = (PARTS / template).read_text(encoding="utf-8")
    assert text in source
    (tmp_path / "templates" / "explorer").mkdir(parents=True)
    (tmp_path / "templates" / "explorer" / template).write_text(source.replace(text, hole, 1), encoding="utf-8")
    posts = [
        path for path in paths(site) if path.startswith("/-/post/") and not path.endswith((".html", ".json", ".bib"))
    ]
    assert not any(map(harms, ask(site, *posts)))
    assert any(map(harms, ask(site, *posts, template_dir=str(tmp_path / "templates"))))


def test_a_plugin_that_shows_stored_markup_is_found(tmp_path: Path) -> None:
    class Renders:
        __name__ = "renders"

        @hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
        def render_cell(self, value: object) -> Markup | None:
            return Markup(value) if isinstance(value, str) else None  # noqa: S704

    site, rows = spoilt(tmp_path / "archive.db", VALUES["markup"]), "/archive/embeds?_view=rows"
    assert not any(map(harms, ask(site, rows)))
    pm.register(renders := Renders())
    try:
        assert any(map(harms, ask(site, rows)))
    finally:
        pm.unregister(renders)


def test_a_link_that_takes_any_scheme_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = spoilt(tmp_path / "archive.db", VALUES["script address"])
    posts = [path for path in linked(site, "/archive/posts") if path.startswith("/-/post/")]
    assert not any(map(harms, site.get(*posts)))
    monkeypatch.setattr(_links, "outward", lambda url: url)
    assert any("javascript:" in harm for answer in site.get(*posts) for harm in harms(answer))


@pytest.mark.parametrize(
    "url",
    [
        *VALUES.values(),
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "java\tscript:alert(1)",
        "//evil.example/",
        "https://example.com/\u202e\n",
        "https:/evil.example",
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
def test_what_is_no_address_of_the_web_is_no_link(url: object) -> None:
    assert _links.outward(url) is None
    assert "<a" not in (cells.cell(url, 2048) or "")


@pytest.mark.parametrize(
    "html",
    [
        RUN,
        "<script>DATASETTE_ALLOW_FACET = true;alert(1)</script>",
        "<script src=//evil.example/x.js></script>",
        "<script src=/archive/posts.json></script>",
        "<p onclick=alert(1)>",
        "<svg><p OnClick=alert(1)></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' Java\tScript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<img src=x>",
        "<iframe srcdoc=x></iframe>",
        "<a href='https://example.com/'>no rel</a>",
        "<a href='//example.com/'>no rel</a>",
        "<svg><a xlink:href='data:x'>x</a></svg>",
        "<form action=https://evil.example/></form>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<p style='background: url(//evil.example/x)'>",
        "<style>@import '//evil.example/x'</style>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//evil.example/>",
    ],
)
def test_the_search_for_dangers_finds_them(html: str) -> None:
    assert list(dangers(LexborHTMLParser(f"<main>{html}</main>")))


def harms(answer: httpx.Response) -> list[str]:
    """What an answer could do to its reader; no answer but a page may be read as one."""
    kind = answer.headers["content-type"].partition(";")[0]
    found = [] if answer.headers["x-content-type-options"] == "nosniff" else ["may be sniffed"]
    if answer.status_code >= 500:
        found.append(f"status {answer.status_code}")
    if kind == "text/html":
        return found + list(dangers(LexborHTMLParser(answer.text)))
    return found + ([] if kind in PLAIN else [f"is {kind}"])


PLAIN = {"application/json", "text/plain", "text/csv", "application/x-bibtex", "application/gexf+xml", "text/css"}
ADDRESSES = {
    "href",
    "src",
    "action",
    "xlink:href",
    "formaction",
    "data",
    "srcset",
    "poster",
    "background",
    "ping",
    "cite",
}
LOADING = {"img", "iframe", "object", "embed", "video", "audio", "base", "frame", "applet", "portal", "image", "use"}
NOWHERE = {"http://localhost", "https://datasette.io", "https://www.apache.org"}  # this server, and what metadata names


def dangers(page: LexborHTMLParser) -> Iterator[str]:
    """What in a page could run, or load from elsewhere, or tell another site who reads."""
    for node in page.css("*"):
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        yield from (f"{node.tag} {name}" for name in attributes if name.startswith("on") or name == "srcdoc")
        for name in ADDRESSES & set(attributes):
            yield from _of_address(node, name, attributes)
        if node.tag == "script" and not _is_ours(node, attributes):
            yield f"script: {node.text()[:60]}"
        if node.tag in LOADING or (node.tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh"):
            yield node.tag
        style = attributes.get("style", "") + (node.text() if node.tag == "style" else "")
        if re.search(r"@import|url\((?![\"']?data:image/svg\+xml,)|expression\(", style, re.IGNORECASE):
            yield f"style: {style[:60]}"


def _of_address(node: LexborNode, name: str, attributes: dict[str, str]) -> Iterator[str]:
    url = re.sub(r"[\x00-\x20]", "", attributes[name]).lower()
    is_elsewhere = re.match(r"https?:|[/\\]{2}", url) and not any(
        re.match(f"{re.escape(o)}(?=[/?#]|$)", url) for o in NOWHERE
    )
    if re.match(r"[a-z][a-z0-9+.-]*:", url) and not re.match(r"https?://", url):
        yield f"{node.tag} {name}={url[:40]}"
    elif is_elsewhere and (node.tag != "a" or "noopener" not in attributes.get("rel", "").split()):
        yield f"{node.tag} leads away: {url[:60]}"


def _is_ours(node: LexborNode, attributes: dict[str, str]) -> bool:
    if "src" in attributes:
        return re.match(r"/-/static(-plugins/social-post-archiver)?/", attributes["src"]) is not None
    return node.text() in security.scripts()
