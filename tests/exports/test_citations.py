"""Bibliographies: parsed as BibTeX does, checked against what CSL-JSON's schema asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archiver import store
from archiver.analysis import Filter
from archiver.cli import cli
from archiver.exports import _sources, bibtex, csl
from archiver.exports._sources import Source
from tests.analysis.small import add, archive_of, page, post

ALL = Filter()
HOSTILE = [
    '"><script>alert(1)</script>',
    "}, author = {Nobody}, x = {",
    "\\input{/etc/passwd} \\write18{x} $x^2$ #1 %comment ~a",
    "line\none\r\ntwo\u2028three\u2029four\x00five",
    "\u202eesrever\u202c \u200b\ufeff",
    "{{{{}",
    "😂 שלום עולם مرحبا",
    "\ud800 alone",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=40)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts known well, to the day, and not at all; articles with and without byline and address."""
    path = tmp_path_factory.mktemp("citations") / "archive.db"
    known = post(919659438700670976, "ann", "Rain & {sun} 100%", hours=20, author_name="Ann Lee")
    day = post(2, "bob", "Only the day", hours=24, time_source="embed_text_local", time_precision="day")
    none = post(3, None, "", posted_at=None, time_source=None, time_precision=None, author_name=None, permalink=None)
    odd = post(4, "cy", "Odd ids", platform="youtube", platform_id="aB-_c", hours=60)
    told = page("www.example.com/1", known, day, hours=40, title="A “story”", byline="Jo Doe", site_name="The Example")
    saved = replace(
        page("x/1", none, odd), url="file:///home/me/secret/saved%20page.html", url_source="file", outlet=None
    )
    with closing(store.open_archive(path)) as archive:
        add(archive, replace(told, outlet="example.com"), saved)
    return path


def exported(db: Path, kind: str, *args: str) -> str:
    out = db.with_suffix(f".{kind}")
    done = CliRunner().invoke(cli, ["export", kind, "--db", str(db), "--out", str(out), *args])
    assert done.exit_code == 0, done.output
    return out.read_text(encoding="utf-8")


def parsed(text: str) -> Iterator[dict[str, str]]:
    """The entries of a BibTeX file, by counting braces as BibTeX does; fails where it would."""
    text = re.sub(r"^%[^\n]*\n", "", text)
    at = 0
    while text[at:].strip():
        head = re.compile(r"\s*@misc\{([A-Za-z0-9-]+),\n").match(text, at)
        assert head, text[at:]
        entry, at = {"": head[1]}, head.end()
        while text[at] != "}":
            name = re.compile(r"  ([a-z]+) = (?:([a-z]{3})|\{)").match(text, at)
            assert name, text[at:]
            at = name.end()
            if name[2]:
                entry[name[1]] = name[2]
            else:
                depth, start = 1, at
                while depth:
                    depth += {"{": 1, "}": -1}.get(text[at], 0)
                    at += 1
                entry[name[1]] = text[start : at - 1]
            assert text[at : at + 2] == ",\n"
            at += 2
        at += 1
        yield entry


def test_bibtex_tells_posts_and_the_articles_around_them(db: Path) -> None:
    known, day, odd, none, article, saved = parsed(exported(db, "bibtex"))
    assert known == {
        "": "twitter-919659438700670976",
        "author": "{Ann Lee}",
        "title": "{Rain \\& \\textbraceleft{}sun\\textbraceright{} 100\\%}",
        "howpublished": "Twitter / X",
        "url": "https://twitter.com/ann/status/919659438700670976",
        "language": "en",
        "note": "@ann; as shown in https://www.example.com/1, captured 2026-01-02; time: from the post's id, which the "
        "platform made at that moment",
        "year": "2017",
        "month": "oct",
        "day": "1",
    }
    assert day["note"].startswith("about this day; ")
    assert (day["month"], day["day"]) == ("oct", "2")
    assert re.fullmatch(r"youtube-aB-c-[0-9a-f]{16}", odd[""])
    assert none["title"] == "{[Post without text]}"
    assert not {"year", "month", "day", "author", "url"} & set(none)
    assert "time not known" in none["note"]
    assert {name: article[name] for name in ("author", "title", "howpublished", "urldate", "year")} == {
        "author": "{Jo Doe}",
        "title": "{A “story”}",
        "howpublished": "The Example",
        "urldate": "2026-01-02",
        "year": "2017",
    }
    assert saved["title"] == "{[saved page.html]}"
    assert "url" not in saved


def test_csl_json_tells_the_same(db: Path) -> None:
    known, day, _, none, article, saved = json.loads(exported(db, "csl"))
    assert [item["type"] for item in (known, article, saved)] == ["post", "article-newspaper", "webpage"]
    assert known["issued"] == {"date-parts": [[2017, 10, 1]]}
    assert day["issued"] == {"date-parts": [[2017, 10, 2]], "circa": True}
    assert not {"issued", "author", "URL"} & set(none)
    assert article["author"] == [{"literal": "Jo Doe"}]
    assert article["accessed"] == {"date-parts": [[2026, 1, 2]]}
    assert "secret" not in json.dumps([none, saved])


def test_one_may_ask_for_posts_or_articles_alone_and_for_what_a_filter_chooses(db: Path) -> None:
    assert len(json.loads(exported(db, "csl", "--what", "posts"))) == 4
    assert len(json.loads(exported(db, "csl", "--what", "articles"))) == 2
    some = json.loads(exported(db, "csl", "--author", "cy"))
    assert [item["type"] for item in some] == ["post", "webpage"]
    assert json.loads(exported(db, "csl", "--author", "nobody")) == []


def test_keys_are_those_of_every_export_and_apart_whatever_their_case() -> None:
    told = [post(n, "ann", platform="youtube", platform_id=key) for n, key in enumerate(["aB", "AB", "a-b", "a_b"])]
    with archive_of([page("a.example/1", *told), page("a.example/2", told[0])]) as archive:
        keys = [source.key for source in _sources.cited(archive, ALL)]
    with archive_of([page("a.example/2", told[0]), page("a.example/1", *reversed(told))]) as archive:
        again = [source.key for source in _sources.cited(archive, ALL)]
    assert sorted(keys) == sorted(again)
    assert len({key.casefold() for key in keys}) == 6


PLAIN = Source("k-1", "post", None, "", None, (2017, 1, 2), True, "https://example.com/%7Ba}?b=%20", None, None, None)
LINES = TEXTS.map(lambda text: _sources._told(text) or "x")
SOURCES = st.builds(
    lambda title, author, container, note, lang: replace(
        PLAIN, title=title, author=author, container=container, note=note, lang=lang
    ),
    *[LINES] * 5,
)


@given(SOURCES)
def test_a_hostile_source_stays_within_its_entry(told: Source) -> None:
    (entry,) = parsed(bibtex.entry(told))
    assert set(entry) == {"", *"author title howpublished url language note year month day".split()}
    free = re.sub(r"\\(?:[&%$#_]|text[a-z]+\{\})", "", "".join(v for k, v in entry.items() if k != "url"))
    assert not re.search(r"[\\&%$#_~^]", free)
    assert not re.search("[\u202a-\u202e\x00-\x1f]", bibtex.entry(told).replace("\n", ""))
    item: dict[str, Any] = json.loads(csl.item(told))
    assert item["title"] == told.title
