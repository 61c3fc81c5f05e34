from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.datasette_plugin import card, citation
from archiver.datasette_plugin.citation import Cited
from tests.explorer.sites import FIRST, Site, archived

POST = Cited(
    key="twitter:919659438700670976",
    platform="Twitter / X",
    handle="ann_lee",
    name="Ann Lee",
    text="Say so if you saw one, too.",
    posted_at="2017-10-15T20:21:40.123Z",
    is_day=False,
    permalink="https://twitter.com/ann_lee/status/919659438700670976",
    lang="en",
    address="https://archive.example.org/-/post/twitter/919659438700670976",
)
HOSTILE = [
    '"><script>alert(1)</script>',
    "}, author = {Nobody}, x = {",
    "\\input{/etc/passwd} \\write18{x} $x^2$ #1 %comment ~a",
    "line\none\r\ntwo\u2028three\u2029four\x00five",
    "\u202eesrever\u202c \u200b\ufeff",
    "{{{{}",
    "'; drop table posts; --",
    "😂 שלום עולם مرحبا",
    "\ud800 alone",
]
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80))
CITED = st.builds(
    Cited,
    key=TEXTS,
    platform=TEXTS,
    handle=st.none() | TEXTS,
    name=st.none() | TEXTS,
    text=st.none() | TEXTS,
    posted_at=st.none() | st.sampled_from(["2017-10-15T20:21:40Z", "odd", "2017-10"]),
    is_day=st.booleans(),
    permalink=st.none() | st.just("https://example.com/{a}?b=%20&c=d#e"),
    lang=st.none() | TEXTS,
    address=st.just("https://archive.example.org/-/post/odd/~7Bx"),
)


def parsed(bibtex: str) -> dict[str, str]:
    """The fields of one BibTeX entry, by counting braces as BibTeX does; fails where it would."""
    head = re.match(r"@misc\{([A-Za-z0-9-]*),\n", bibtex)
    assert head, bibtex
    fields, at = {"": head[1]}, head.end()
    while bibtex[at] != "}":
        name = re.compile(r"\s*([a-z]+) = \{").match(bibtex, at)
        assert name, bibtex[at:]
        depth, start = 1, name.end()
        at = start
        while depth:
            depth += {"{": 1, "}": -1}.get(bibtex[at], 0)
            at += 1
        fields[name[1]] = bibtex[start : at - 1]
        assert bibtex[at : at + 2] == ",\n"
        at += 2
    assert bibtex[at:] == "}\n"
    return fields


def test_apa_is_what_its_manual_asks_for() -> None:
    assert citation.apa(POST) == (
        "Ann Lee [@ann_lee] (2017, October 15). Say so if you saw one, too. [Post]. Twitter / X. "
        "https://twitter.com/ann_lee/status/919659438700670976"
    )


def test_apa_takes_twenty_words_and_tells_what_is_not_known() -> None:
    bare = Cited("x:1", "Vine", None, None, " ".join(["word"] * 30), None, False, None, None, "https://a.example/-/1")
    assert citation.apa(bare) == (
        f"Unknown author. (n.d.). {' '.join(['word'] * 20)}… [Post]. Vine. https://a.example/-/1"
    )


def test_bibtex_tells_the_post() -> None:
    assert parsed(citation.bibtex(POST)) == {
        "": "twitter-919659438700670976",
        "author": "{Ann Lee}",
        "title": "{Say so if you saw one, too.}",
        "year": "2017",
        "month": "10",
        "day": "15",
        "howpublished": "Twitter / X",
        "url": "https://twitter.com/ann_lee/status/919659438700670976",
        "note": "@ann\\_lee; archived copy: https://archive.example.org/-/post/twitter/919659438700670976",
    }


def test_csl_json_tells_the_post() -> None:
    (item,) = json.loads(citation.csl_json(POST))
    assert item["type"] == "post"
    assert item["issued"] == {"date-parts": [[2017, 10, 15]]}
    assert item["author"] == [{"literal": "Ann Lee"}]
    assert item["URL"] == POST.permalink


@given(CITED)
def test_a_hostile_post_stays_within_its_citation(post: Cited) -> None:
    fields = parsed(citation.bibtex(post))
    assert set(fields) <= {"", "author", "title", "year", "month", "day", "howpublished", "url", "note"}
    assert not re.search(r"\\(?!textbackslash\{\}|text[a-z]+\{\}|[&%$#_])", "".join(fields.values()))
    (item,) = json.loads(citation.csl_json(post))
    assert item["URL"] in {post.permalink, post.address}
    assert "\n" not in citation.apa(post)
    assert "\u202e" not in citation.apa(post) + citation.bibtex(post)
    assert not set("<>&") & set(citation.csl_json(post))


@given(CITED)
def test_a_hostile_post_makes_no_markup_in_its_card(post: Cited) -> None:
    seen = _Seen()
    seen.feed(card.card(post, [(post.text, "https://example.com/", post.name)]))
    seen.close()
    assert set(seen.tags) <= set("html head meta title style body article p b span a ul li".split())
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert all(link.startswith("https://") for link in seen.links)
    assert not seen.sources


def test_two_keys_that_look_alike_have_two_names_in_bibtex() -> None:
    names = {
        parsed(citation.bibtex(Cited(key, *["x"] * 5, False, None, None, "https://a.example/")))[""]
        for key in ("a:b/c", "a:b-c", "a:b.c")
    }
    assert len(names) == 3


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return archived(tmp_path_factory.mktemp("cite") / "archive.db")


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (".bib", "application/x-bibtex"),
        (".csl.json", "application/vnd.citationstyles.csl+json"),
        (".json", "application/json"),
        (".card.html", "text/html"),
    ],
)
def test_a_post_is_told_in_each_form(site: Site, ending: str, kind: str) -> None:
    (answer,) = site.get(f"/-/post/twitter/{FIRST}{ending}")
    assert answer.headers["content-type"].startswith(kind)
    assert "Say so if you saw one, too." in answer.text
    if ending.endswith("json"):
        assert json.loads(answer.text)
    if ending == ".bib":
        assert parsed(answer.text)["author"] == "{Ann}"


def test_the_json_of_a_post_holds_its_embeds(site: Site) -> None:
    told = site.get(f"/-/post/twitter/{FIRST}.json")[0].json()
    assert told["post"]["platform_id"] == str(FIRST)
    assert told["post"]["hashtags"] == ["Otters"]
    assert [embed["title"] for embed in told["embeds"]] == ["Where it began", "What came of it"]
    assert told["address"].endswith(f"/-/post/twitter/{FIRST}")


def test_a_card_asks_nobody_for_anything(site: Site) -> None:
    text = site.get(f"/-/post/twitter/{FIRST}.card.html")[0].text
    seen = _Seen()
    seen.feed(text)
    assert "script" not in seen.tags
    assert "link" not in seen.tags
    assert "url(" not in text
    assert "Where it began" in text


class _Seen(HTMLParser):
    """Which elements and attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.sources += [value or "" for name, value in attrs if name in {"src", "srcset", "data", "action"}]
