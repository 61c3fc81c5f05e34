"""Laws of reading: nothing raises, addresses are honest, the corpus is read."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.platforms import PLATFORMS
from tests.pages import HERE, SHARED, read

FIXTURES = sorted(p.read_bytes() for p in (HERE / "embeds").rglob("*") if p.suffix in (".html", ".txt"))


@given(st.binary(max_size=2000), st.sampled_from(["text/html", "text/plain"]))
def test_no_bytes_make_reading_raise(body: bytes, kind: str) -> None:
    read(body, kind)


@given(st.data(), st.sampled_from(["text/html", "text/plain"]))
def test_no_damaged_page_makes_reading_raise(data: st.DataObject, kind: str) -> None:
    body = bytearray(data.draw(st.sampled_from(FIXTURES)))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body)))
        until = data.draw(st.integers(at, min(len(body), at + 40)))
        body[at:until] = data.draw(st.binary(max_size=12) | st.sampled_from([b"<p>", b"</blockquote>", b"\x00", b"(@"]))
    read(bytes(body), kind)


@given(st.from_regex(r"[0-9]{3,19}", fullmatch=True), st.text(max_size=20))
def test_a_permalink_reads_back(number: str, tail: str) -> None:
    post = PLATFORMS[0].parse_permalink(f"https://x.com/ann_lee/status/{number}?{tail}")
    assert post is not None
    assert post.permalink is not None
    assert PLATFORMS[0].parse_permalink(post.permalink) == post


def test_a_page_may_name_its_own_address_within_its_own_domain() -> None:
    html = '<link rel="canonical" href="https://news.example.org/story?utm_source=x#top">'
    page = read(html, url="https://amp.example.org/story/amp")
    assert (page.url, page.url_source, page.outlet) == ("https://news.example.org/story", "declared", "example.org")


def test_a_page_may_not_name_an_address_of_somebody_else() -> None:
    html = '<link rel="canonical" href="https://famous.example.com/story">'
    page = read(html, url="https://evil.example.org/copy")
    assert (page.url, page.url_source) == ("https://evil.example.org/copy", "fetched")


def test_a_saved_page_is_known_by_the_address_it_names() -> None:
    page = read('<link rel="canonical" href="https://news.example.org/story">', url="file:///saved/story.html")
    assert (page.url, page.url_source) == ("https://news.example.org/story", "declared")


def test_a_saved_page_without_address_is_known_by_its_file_and_bytes_of_a_pipe_by_their_digest() -> None:
    assert read("<p>x", url="file:///saved/story.html").url == "file:///saved/story.html"
    assert read("<p>x").url == "ni:///sha-256;vry-BqnFHV0cHzkMDVWno2DiuhjJ454mM4zPtvYmg6U"


def test_a_page_from_a_web_archive_keeps_its_own_address_and_the_time_of_its_capture() -> None:
    html = '<link rel="canonical" href="https://web.archive.org/web/20200501120000/https://news.example.org/story">'
    page = read(html, url="file:///saved/story.html")
    assert (page.url, page.archived_at) == ("https://news.example.org/story", datetime(2020, 5, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_page_in_utf_16_is_read(encoding: str) -> None:
    html = '<blockquote class="twitter-tweet"><a href="https://twitter.com/annlee/status/1256191637713846273"></a>'
    body = html.encode(encoding)
    assert len(read(body if encoding == "utf-16" else b"\xff\xfe" + body).embeds) == 1


def test_thousands_of_nested_tags_are_read() -> None:
    page = read("<div>" * 10_000 + '<blockquote class="twitter-tweet">' * 500 + "x")
    assert page.embeds == ()


def test_a_megabyte_of_one_line_is_read() -> None:
    assert read("(@a) — " * 150_000, "text/plain").embeds == ()
    assert read("<p>" + "(@a) &mdash; " * 80_000).embeds == ()


@pytest.mark.corpus
def test_the_signed_posts_of_real_plain_texts_are_found_and_no_others() -> None:
    corpus = SHARED / "corpus"
    if not corpus.is_dir():
        pytest.skip("needs the real pages of ../shared/corpus, which are not part of this project")
    with (corpus / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if r["kind"] == "text"]
    texts = sorted({str(corpus / row["file"]) for row in rows})
    assert len(texts) == 57
    found = output("extract", *texts)
    wanted = Counter(Path(row["file"]).name for row in rows if row["form"] == "tw-textsig")
    tweets = [embed for embed in map(json.loads, found.splitlines()) if embed["platform"] == "twitter"]
    assert (len(wanted), wanted.total()) == (35, 72)
    assert Counter(Path(embed["target"]).name for embed in tweets) == wanted


def output(*command: str) -> str:
    """What the archiver prints."""
    run = [sys.executable, "-m", "archiver", *command]
    return subprocess.run(run, capture_output=True, check=True, encoding="utf-8").stdout


def test_a_post_that_links_to_a_web_archive_does_not_make_its_page_an_archived_one() -> None:
    quoted = '<blockquote class="twitter-tweet"><p>See <a href="https://web.archive.org/web/20200501120000/https://x.example/">it</a></p>'
    post = '<a href="{}https://twitter.com/annlee/status/1256191637713846273">May 1, 2020</a></blockquote>'
    assert read(quoted + post.format("")).archived_at is None
    rewritten = read(quoted + post.format("/web/20210101000000/"))
    assert rewritten.archived_at == datetime(2021, 1, 1, tzinfo=UTC)
