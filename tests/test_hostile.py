"""No page, however hostile, makes reading raise, or take longer than its length explains."""

from __future__ import annotations

import json
import random
import time
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.page import read_page
from tests.pages import HERE, SHARED, capture, read

FIXTURES = sorted(p for p in (HERE / "embeds").rglob("*") if p.suffix in (".html", ".txt"))
KINDS = ("text/html", "text/plain")
URL = "https://twitter.com/annlee/status/1256191637713846273"
TWEET = f'<blockquote class="twitter-tweet"><p>Hi</p>&mdash; Ann (@annlee) <a href="{URL}">May 1, 2020</a></blockquote>'
JSON = json.dumps({"title": "The bridge is open", "type": "tweet", "url": URL, "html": TWEET, "full_text": "Hi there"})
SCRAPS = [b"<p>", b"</blockquote>", b"<script>", b"<!--", b"\x00", b"(@", b'"', b"{", b"]", b"\\", b"&#xD800;", b"%3C"]
ENOUGH = 0.02  # seconds, below which a time says nothing
STEEPEST = 12  # times as long may four times as much take
ATTEMPTS = 6


def page(piece: str, count: int, before: str = "", after: str = "") -> bytes:
    """A page with the words that let no pre-filter pass it over, and a piece many times."""
    return f"<title>Fair</title><p>{URL}</p>{before}{piece * count}{after}".encode()


# Of elements nested in each other no more than a few thousand: lexbor itself takes quadratic time to build their tree.
# name: the piece, how often it makes a page of a size worth measuring, what stands before and behind
REPEATED: dict[str, tuple[str, int, str, str]] = {
    "blockquotes": (TWEET, 300, "", ""),
    "empty blockquotes": ("<blockquote>x</blockquote>", 10_000, "", ""),
    "blockquotes with a handle": ("<blockquote>x (@ann)</blockquote>", 1_500, "", ""),
    "links": (f'<p>He <a href="{URL}">wrote</a>.</p>', 4_000, "", ""),
    "links in one paragraph": (f'He <a href="{URL}">wrote</a>. ', 4_000, "<p>", ""),
    "links to different posts": ("", 0, "", ""),  # made below
    "nested divs": ("<div>", 1_500, "", "x"),
    "nested inline elements with words": ("<i>x ", 5_000, "<p>", ""),
    "nested blockquotes": ("<blockquote>(@a) x ", 400, "", ""),
    "nested official blockquotes": ('<blockquote class="twitter-tweet">x ', 400, "", ""),
    "nested cards": ('<div class="tweet">x ', 400, "", ""),
    "nested containers": ('<div class="twitter-embed">x ', 1_500, "", ""),
    "nested data addresses": ('<div data-url="//twitter.com/annlee">x ', 1_500, "", ""),
    "nested data ids": ('<div data-tweet-id="x">x ', 1_500, "", ""),
    "nested lists": ("<ul><li>x", 700, "", ""),
    "nested tables": ("<table><tr><td>x", 300, "", ""),
    "nested templates": ("<template>", 2_000, "", TWEET),
    "nested noscripts": ("<noscript>", 5_000, "", TWEET),
    "nested frames": ('<iframe srcdoc="', 5_000, "", ""),
    "addresses in a paragraph": (f"{URL} ", 8_000, "<p>", ""),
    "addresses glued": (URL, 8_000, "<p>", ""),
    "signatures in HTML": ("(@a) &mdash; ", 30_000, "<blockquote>", ""),
    "signatures, complete": ("&mdash; A (@a) May 1, 2020 ", 1_000, "<blockquote>", ""),
    "less-than signs": ("<", 300_000, "", ""),
    "ampersands": ("&", 300_000, "<p>", ""),
    "entities": ("&#xD800;", 50_000, "<p>", ""),
    "NUL bytes": ("\x00", 200_000, "<p>", ""),
    "line breaks": ("<br>", 50_000, "<p>", ""),
    "an attribute of addresses": (URL + " ", 8_000, '<div data-url="', '">'),
    "an attribute of archived addresses": ("https://web.archive.org/web/2020/", 15_000, '<div data-url="', '">'),
    "an attribute of encoded brackets": ("%3C", 150_000, '<div data-html="', '">'),
    "an attribute of brackets": ("<", 300_000, '<div data-html="', f'{URL}">'),
    "an attribute of braces": ('{"', 100_000, "<div data-attrs='", f"{URL}'>"),
    "an attribute of blockquotes": (escape(TWEET), 300, '<div data-html="', '">'),
    "a frame with a long query": (f"&amp;u={URL}", 8_000, '<iframe src="https://example.org/?x=1', '"></iframe>'),
    "attributes": (' data-x="//twitter.com/annlee"', 8_000, "<div", ">"),
    "classes": (" twitter-embed", 20_000, '<div class="', '">'),
    "scripts": (f"<script>var x = {JSON};</script>", 300, "", ""),
    "textareas": (f"<textarea>{escape(TWEET)}</textarea>", 300, "", ""),
    "half a blockquote in script": (TWEET[:80], 5_000, "<script>", "</script>"),
}
SCRIPTS = {  # the same as JSON in a script, and as code that is no JSON
    "braces": ("{", 200_000),
    "brackets": ("[", 200_000),
    "keys": ('{"a":', 60_000),
    "quotes": ('"', 300_000),
    "openings": ('{"', 150_000),
    "escaped quotes": ('\\"', 200_000),
    "backslashes": ("\\", 300_000),
    "backticks": ("`", 300_000),
    "escaped backticks": ("\\`", 200_000),
    "comments": ("/*", 150_000),
    "comments after braces": ("={/*", 100_000),
    "unclosed lists of objects": ("={a:[{},", 60_000),
    "unclosed lists": ("=[1,", 100_000),
    "halves of surrogate pairs": ("\\ud800", 60_000),
    "objects of JSON": (JSON + ",", 250),
    "assignments": (f"var x = {JSON};\n", 250),
    "assignments in JavaScript": (f"x = {{a: '{URL}', b: [1,], c: !0}};\n", 2_000),
    "functions": ("(function(a){", 40_000),
    "chunks": ("self.__next_f.push([1," + json.dumps(f"1:{JSON}\n") + "])\n", 500),
    "rows": ("self.__next_f.push([1," + json.dumps("1:T9,abc") + "])\n", 8_000),
    "percent signs": ("%7B", 100_000),
    "strings of HTML": (json.dumps(TWEET) + ",", 250),
}
for _name, (_piece, _count) in SCRIPTS.items():
    REPEATED[f"{_name} in a script"] = (_piece, _count, f"<script>x = '{URL}'; ", "</script>")
    REPEATED[f"{_name} in a state"] = (_piece, _count, f'<script type="application/json">["{URL}", ', "]</script>")


def hostile(name: str, times: int) -> bytes:
    piece, count, before, after = REPEATED[name]
    if name == "links to different posts":
        links = (f'<p>He <a href="{URL[:-6]}{100_000 + n}">wrote</a>.</p>' for n in range(2_000 * times))
        return page("".join(links), 1)
    return page(piece, count * times, before, after)


def seconds(body: bytes, kind: str = "text/html") -> float:
    """The processor's time that reading a page takes."""
    start = time.process_time()
    read_page(capture(body, kind))
    return time.process_time() - start


def growth(one: bytes, four: bytes, kind: str = "text/html") -> float:
    """How many times as long four times as much takes, at its best of a few: a busy machine only ever adds."""
    least = [float("inf")] * 2
    for _ in range(ATTEMPTS):
        least = [min(before, seconds(body, kind)) for before, body in zip(least, (one, four), strict=True)]
        if least[1] < STEEPEST * max(least[0], ENOUGH):
            break
    return least[1] / max(least[0], ENOUGH)


@pytest.mark.parametrize("name", REPEATED)
def test_four_times_as_much_takes_about_four_times_as_long(name: str) -> None:
    assert growth(hostile(name, 1), hostile(name, 4)) < STEEPEST


PLAIN = {
    "signatures without names": ("(@a) — ", 40_000),
    "signatures": ("— A (@a) May 1, 2020\n", 1_000),
    "signatures in one line": ("Hi — A (@a) May 1, 2020 ", 1_000),
    "handles": ("(@a)", 60_000),
    "dashes": ("—", 200_000),
    "brackets": ("(@", 100_000),
    "empty lines": ("\n", 300_000),
    "blanks": (" ", 500_000),
    "one word": ("a", 1_000_000),
    "addresses": (URL + " ", 8_000),
    "hashtags": ("#a", 60_000),
    "dates": ("May 1, 2020 ", 30_000),
    "marks": ("a\u0301", 100_000),
}


@pytest.mark.parametrize("name", PLAIN)
def test_four_times_as_much_plain_text_takes_about_four_times_as_long(name: str) -> None:
    piece, count = PLAIN[name]
    one, four = ((piece * count * times).encode() for times in (1, 4))
    assert growth(one, four, "text/plain") < STEEPEST


# What is quadratic would hang these visibly: fifty megabytes, a hundred thousand blockquotes.
@pytest.mark.parametrize("kind", KINDS)
def test_fifty_megabytes_of_one_line_are_read(kind: str) -> None:
    line = f"{URL} (@a) and so on, ".encode()
    assert seconds(line + b"word " * 10_000_000, kind) > 0


def test_a_hundred_thousand_blockquotes_are_read() -> None:
    assert len(read("<blockquote>x</blockquote>" * 100_000 + TWEET).embeds) == 1


@pytest.mark.parametrize("piece", ['{"', "[", '\\"', "<", "&", "%3C", "(@a) — ", f"{URL} "])
@pytest.mark.parametrize("kind", KINDS)
def test_five_megabytes_of_one_piece_are_read(piece: str, kind: str) -> None:
    body = piece.encode() * (5_000_000 // len(piece.encode()))
    assert len(read(f"{URL}\n".encode() + body, kind).embeds) <= 2


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("name", ["data-url", "data-html", "data-attrs", "class", "srcdoc", "style", "onclick"])
def test_an_attribute_of_five_megabytes_is_read(name: str, quote: str) -> None:
    value = (URL + " {[%3C&lt;twitter-embed ") * 60_000
    assert len(read(f"<div {name}={quote}{value}{quote}></div><p>{URL}</p>").embeds) == 1


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_json_a_hundred_thousand_deep_is_read(text: str) -> None:
    places = [
        f'<script type="application/json">{text}</script>',
        f"<script>window.state = {text};/*{URL}*/</script>",
        f"<div class='tweet' data-attrs='{text}'></div>",
        f'<script type="application/ld+json">{text}</script>',
        f"<div data-react-props='{escape(text)}{URL}'></div>",
    ]
    assert len(read("".join(places) + f"<p>{URL}</p>").embeds) == 1


def test_json_in_json_in_json_is_read() -> None:
    text = JSON
    for _ in range(12):
        text = json.dumps({"html": text, "twitter.com/a/status/1": 1})
    read(f'<script type="application/json">{text}</script><p>{URL}</p>')


def test_html_in_json_in_html_is_read() -> None:
    html = TWEET
    for _ in range(12):
        html = f'<div data-attrs="{escape(json.dumps({"html": html}))}"></div>'
    read(f"{html}<p>{URL}</p>")


@pytest.mark.parametrize(
    "half", ["\\ud800", "\\udc00\\ud800", "\\\\ud800", "&#xD800;", "&#55296;", "\\u{110000}", "\\u{d800}", "\\xd8"]
)
def test_halves_of_surrogate_pairs_become_characters_that_can_be_written(half: str) -> None:
    told = JSON.replace("Hi", f"Hi {half}").replace("bridge", f"br{half}dge")
    bodies = [
        f'<script type="application/json">{told}</script>',
        f"<script>state = {told};</script>",
        f"<script>el.innerHTML = `{TWEET.replace('Hi', half)}`;</script>",
        f"<div class='tweet' data-attrs='{told}'></div>",
        TWEET.replace("Hi", half),
    ]
    for body in bodies:
        found = read(body).embeds
        assert found
        assert repr(found).encode("utf-8")
        for embed in found:
            assert (embed.post.text or "").encode("utf-8") is not None
            assert (embed.html or "").encode("utf-8") is not None


@settings(deadline=None)
@given(st.data(), st.sampled_from(KINDS))
def test_no_damage_to_a_fixture_makes_reading_raise(data: st.DataObject, kind: str) -> None:
    body = data.draw(st.sampled_from(FIXTURES)).read_bytes()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        until = data.draw(st.integers(at, len(body)))
        match data.draw(st.sampled_from(["cut", "repeat", "flip", "nest", "insert"])):
            case "cut":
                body = body[:at] + body[until:]
            case "repeat":
                body = body[:until] + body[at:until] * data.draw(st.integers(1, 5)) + body[until:]
            case "flip":
                flipped = bytes(byte ^ 0x15 for byte in body[at : at + 8])
                body = body[:at] + flipped + body[at + 8 :]
            case "nest":
                body = body[:at] + b"<div data-html='" + body[at:until] + b"'>" + body[until:]
            case _:
                body = body[:at] + data.draw(st.sampled_from(SCRAPS)) + body[at:]
    read(body[:200_000], kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_fixture_cut_anywhere_is_read(path: Path, kind: str) -> None:
    body = path.read_bytes()
    for at in range(0, len(body), max(len(body) // 15, 1)):
        read(body[:at], kind)
        read(body[at:], kind)


@pytest.mark.corpus
def test_no_damage_to_a_real_page_makes_reading_raise() -> None:
    pages = SHARED / "corpus" / "pages"
    if not pages.is_dir():
        pytest.skip("needs the real pages of ../shared/corpus, which are not part of this project")
    paths = sorted(p for p in pages.rglob("*") if p.is_file())
    assert len(paths) > 300
    luck = random.Random(7)  # noqa: S311
    for path in paths:
        body = bytearray(path.read_bytes()[:300_000])
        for _ in range(2):
            for _ in range(luck.randrange(1, 30)):
                at = luck.randrange(len(body) + 1)
                body[at : at + luck.randrange(6)] = luck.choice(SCRAPS)
            start = luck.randrange(len(body) + 1)
            read(bytes(body[start:] if luck.random() < 0.3 else body))


@pytest.mark.parametrize("raw", ["xmp", "noembed", "noframes", "iframe"])
def test_a_marked_section_inside_an_embed_stops_nothing(raw: str) -> None:
    read(
        f'<blockquote class="twitter-tweet"><p>hi <{raw}><![foo[x]]></{raw}></p>&mdash; A (@a) May 1, 2020</blockquote>'
    )


def test_the_context_of_thousands_of_links_in_one_paragraph_stays_small() -> None:
    links = "".join(f'<a href="https://twitter.com/a/status/{10**17 + n}">word word</a> ' for n in range(4000))
    page = read(f"<p>{links}</p>")
    assert sum(len(embed.context_before or "") for embed in page.embeds) < 3_000_000
