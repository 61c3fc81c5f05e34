from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archiver import entities
from archiver.entities import Span

CONFORMANCE = Path(__file__).parents[2] / "shared" / "conformance"

# What entities are made of, in the company of everything else, lone surrogates too.
PIECES = ["#", "＃", "@", "＠", "$", "&", "RT", "a", "Z", "é", "9", "_", "猫", " ", ".", "/", ":", "(", ")", "…"]
PIECES += ["\u0301", "\ufe0f", "\u20e3", "\ud83d", "http://", "https://t.co/", "pic.twitter.com/", "example.org/"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters()).map("".join)

MEGABYTE = 1_000_000
HOSTILE = [("", "#"), ("", "@"), ("", "$"), ("", "http://"), ("#", "\u0301"), ("#", "\u0315\u0300"), ("", "#a")]
HOSTILE += [("http://", "a."), ("http://", "a"), ("", "http://a.example/("), ("", "http://a.example/."), ("", "t.co/")]
HOSTILE += [("http://a.example/", "…"), ("http://a.example/", "a"), ("http://a.example/", "."), ("", "a.co/")]


def _as_suite(spans: list[Span]) -> list[dict[str, Any]]:
    return [{"hashtag": span.text, "indices": [span.start, span.end]} for span in spans]


def _is_hashtag(text: str) -> bool:
    return entities.hashtag_spans(text) == [Span(0, len(text), text[1:])]


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("file", "section", "count", "function"),
    [
        ("extract", "hashtags", 65, entities.hashtags),
        ("extract", "hashtags_from_astral", 3, entities.hashtags),
        ("extract", "hashtags_with_indices", 8, lambda text: _as_suite(entities.hashtag_spans(text))),
        ("extract", "mentions", 23, entities.mentions),
        ("extract", "cashtags", 8, entities.cashtags),
        ("extract", "tco_urls_with_params", 5, entities.links),
        ("validate", "hashtags", 7, _is_hashtag),
    ],
)
def test_every_case_of_the_twitter_text_suite_passes(
    file: str, section: str, count: int, function: Callable[[str], object]
) -> None:
    path = CONFORMANCE / f"twitter-text-{file}.yml"
    if not path.exists():
        pytest.skip(f"{path} is missing")
    cases = yaml.safe_load(path.read_text("utf-8"))["tests"][section]
    assert len(cases) == count
    wrong = {case["text"]: function(case["text"]) for case in cases if function(case["text"]) != case["expected"]}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Council votes on the #HarbourBridge today", ["HarbourBridge"]),
        ("#one, (#two) “#three” #one", ["one", "two", "three", "one"]),
        ("＃橋を守れ！ #ponte_nova #Brücke2", ["橋を守れ", "ponte_nova", "Brücke2"]),
        ("#मौसम #می\u200cروم #col·lega", ["मौसम", "می\u200cروم", "col·lega"]),
        ("🌉#bridge", ["bridge"]),
    ],
)
def test_a_hashtag_is_a_sign_with_letters_marks_digits_and_a_few_joiners(text: str, tags: list[str]) -> None:
    assert entities.hashtags(text) == tags


@pytest.mark.parametrize(
    "text",
    ["line #42", "#_", "room#bridge", "ice &#bridge", "&#39;", "#bridge#toll", "# bridge", "#https://example.org/"],
)
def test_a_sign_without_letters_or_glued_to_its_neighbours_makes_no_hashtag(text: str) -> None:
    assert entities.hashtags(text) == []


def test_the_sign_of_a_keycap_emoji_makes_no_hashtag() -> None:
    assert entities.hashtags("Dial #\ufe0f\u20e3 or #\u20e3bridge") == []


@pytest.mark.parametrize(
    "text",
    ["https://example.org/#map", "example.org/a/#map", "http://example.org/?q=a/#map", "best.co/#map"],
)
def test_a_hashtag_inside_a_url_is_dropped(text: str) -> None:
    assert entities.hashtags(text) == []


@pytest.mark.parametrize("link", ["https://t.co/Ab1", "pic.twitter.com/Ab1", "https://example.org/a"])
def test_a_link_glued_to_a_hashtag_or_mention_ends_it(link: str) -> None:
    assert entities.hashtags(f"Save the #Bridge{link}") == ["Bridge"]
    assert entities.mentions(f"Thanks @mira_k{link}") == ["mira_k"]
    assert entities.links(f"Save the #Bridge{link}") == [link]


def test_a_span_counts_code_points_and_includes_the_sign() -> None:
    assert entities.hashtag_spans("🌉🌉 #Brücke ＃橋") == [Span(3, 10, "Brücke"), Span(11, 13, "橋")]


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@mira_k and @Otto7: hello", ["mira_k", "Otto7"]),
        (".@mira_k ＠otto", ["mira_k", "otto"]),
        ("RT@mira_k: rt @otto", ["mira_k", "otto"]),
        ("橋の@otto橋", ["otto"]),
        ("@otto @otto", ["otto", "otto"]),
        ("the list @otto/bridges", ["otto"]),
        ("mail mira@example.org or @mira@example.org", []),
        ("@mirá @http://example.org x@y !@z", []),
        ("@twenty_one_characters", []),
        ("https://example.org/@mira example.org/@mira", []),
    ],
)
def test_a_mention_is_a_handle_that_no_word_or_mail_address_surrounds(text: str, handles: list[str]) -> None:
    assert entities.mentions(text) == handles


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("$ABC rose, $abc.X fell", ["ABC", "abc.X"]),
        ("“Sell”: $ABC” $DEF…", ["ABC", "DEF"]),
        ("$5 $A1 $ABCDEFG x$ABC ($ABC $ABC株", []),
    ],
)
def test_a_cashtag_is_up_to_six_letters_after_a_space_and_a_dollar(text: str, symbols: list[str]) -> None:
    assert entities.cashtags(text) == symbols


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Read https://example.org/a?b=c#d now", ["https://example.org/a?b=c#d"]),
        ("HTTP://Example.ORG:8080 and http://brücke.example/é", ["HTTP://Example.ORG:8080", "http://brücke.example/é"]),
        ("t.co/Ab1 pic.twitter.com/Ab2 pic.x.com/Ab3", ["t.co/Ab1", "pic.twitter.com/Ab2", "pic.x.com/Ab3"]),
        ("https://t.co/Ab1 t.co/Ab1 https://t.co/Ab1", ["https://t.co/Ab1", "t.co/Ab1"]),
        ("example.org/a mira@example.org www.example.org http://bridge http://", []),
        ("#http://example.org @t.co/Ab1", []),
    ],
)
def test_links_are_told_as_shown_in_order_and_once(text: str, shown: list[str]) -> None:
    assert entities.links(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hello worldpic.twitter.com/Ab1", ["pic.twitter.com/Ab1"]),
        ("The end.pic.twitter.com/Ab1", ["pic.twitter.com/Ab1"]),
        ("The endhttps://t.co/Ab1pic.x.com/Ab2", ["https://t.co/Ab1", "pic.x.com/Ab2"]),
        ("https://example.org/a.pic.x.com/Ab2", ["https://example.org/a", "pic.x.com/Ab2"]),
        ("https://example.orghttps://t.co/Ab1", ["https://example.org", "https://t.co/Ab1"]),
        ("https://example.orgpic.x.com/Ab1", ["https://example.org", "pic.x.com/Ab1"]),
        ("The endt.co/Ab3dE5gH1j", ["t.co/Ab3dE5gH1j"]),
        ("橋を見よhttps://t.co/Ab1です", ["https://t.co/Ab1"]),
        ("https://archive.example/web/2019/https://t.co/Ab1", ["https://archive.example/web/2019/https://t.co/Ab1"]),
    ],
)
def test_a_link_is_found_though_it_is_glued_to_the_word_before(text: str, shown: list[str]) -> None:
    assert entities.links(text) == shown


def test_the_end_of_another_host_is_not_taken_for_a_short_link() -> None:
    assert entities.links("best.co/download best.co/about test.co/x") == []


@pytest.mark.parametrize("end", [".", ",", "!!", "?", "...", ")", "),", "]", "”", "’s", "'", '"', "»", ">", "。", " …"])
def test_punctuation_after_a_link_is_not_part_of_it(end: str) -> None:
    assert entities.links(f"(see https://example.org/a{end} or") == ["https://example.org/a"]
    assert entities.links(f"pic.twitter.com/Ab1{end}") == ["pic.twitter.com/Ab1"]


def test_brackets_that_open_in_a_link_belong_to_it() -> None:
    text = "(https://example.org/Bridge_(film)) https://example.org/?a[0]=1]"
    assert entities.links(text) == ["https://example.org/Bridge_(film)", "https://example.org/?a[0]=1"]


@pytest.mark.parametrize(
    "shown", ["https://example.org/abc…", "https://example.org/a-.…", "https://exam…", "https://t.c…"]
)
def test_a_url_cut_short_keeps_its_ellipsis(shown: str) -> None:
    assert entities.links(f"Read {shown} now") == [shown]


def test_one_key_unites_the_spellings_of_a_tag_and_keeps_its_accents() -> None:
    assert {entities.tag_key(tag) for tag in ("#BridgeToo", "#BRIDGETOO", "＃ＢｒｉｄｇｅToo")} == {"#bridgetoo"}
    assert entities.tag_key("Bru\u0308cke") == entities.tag_key("BRÜCKE") != entities.tag_key("Brucke")


@pytest.mark.parametrize(("start", "unit"), HOSTILE, ids=ascii)
def test_a_megabyte_of_hostile_text_is_read_without_hanging(start: str, unit: str) -> None:
    text = start + unit * (MEGABYTE // len(unit))
    for function in (entities.hashtags, entities.mentions, entities.cashtags, entities.links, entities.tag_key):
        function(text)


@given(TEXTS)
def test_nothing_in_a_text_makes_the_readers_raise(text: str) -> None:
    assert all(handle in text for handle in entities.mentions(text))
    assert all(symbol in text for symbol in entities.cashtags(text))
    assert all(link in text for link in entities.links(text))


@given(TEXTS)
def test_every_hashtag_stands_in_the_text_after_its_sign(text: str) -> None:
    assert all(f"#{tag}" in text or f"＃{tag}" in text for tag in entities.hashtags(text))


@given(TEXTS)
def test_spans_ascend_and_slice_back_to_their_tags(text: str) -> None:
    spans = entities.hashtag_spans(text)
    assert all(text[span.start] in "#＃" and text[span.start + 1 : span.end] == span.text for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(TEXTS)
def test_the_key_of_a_key_is_that_key(text: str) -> None:
    key = entities.tag_key(text)
    assert entities.tag_key(key) == key
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    assert key == normal
