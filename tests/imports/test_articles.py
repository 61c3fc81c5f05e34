from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest

from archiver import pipeline, readers, store
from archiver.model import Capture, Failed
from archiver.pipeline import Run
from tests.imports.samples import HTML, ID, OTHER, imported, nela, rows, tweet, written
from tests.pages import WHEN
from tests.tables import natural, problems

URL = "https://pond.example/herons"
_EMBEDS = """select pages.url, posts.key, shape, position, embeds.text, embeds.handle, date_shown from embeds
    join pages on pages.id = page_id join posts on posts.id = post_id order by pages.url, position"""


def test_nela_gt_gives_articles_with_their_tweets(archive: sqlite3.Connection, tmp_path: Path) -> None:
    told = (
        ("a1", HTML),
        ("a1", f"https://twitter.com/nora_b/status/{ID}"),
        ("a1", OTHER),
        ("a1", OTHER),
        ("a2", "what"),
    )
    nela(
        tmp_path / "n.db",
        ("a1", "Herons", f"{URL}?utm_source=x", 1583020800),
        ("a2", "Two", "https://b.example/2", None),
        tweets=told,
    )
    found, counts = imported(archive, tmp_path / "n.db")
    sql = "select url, title, byline, published_at, published_source, published_precision, hashtags, lang from pages"
    assert rows(archive, sql) == [
        (URL, "Herons", "Nora Berg", "2020-03-01T00:00:00Z", "dataset", "second", '["back"]', None),
        ("https://b.example/2", "Two", "Nora Berg", "2020-03-01T00:00:00Z", "dataset", "day", '["back"]', None),
    ]
    assert rows(archive, _EMBEDS) == [
        (URL, "twitter:927949487731638276", "dataset", 1, "Hello #Tag", "ann_example", "November 7, 2017"),
        (URL, f"twitter:{ID}", "dataset", 2, None, "nora_b", None),
        (URL, f"twitter:{OTHER}", "dataset", 3, None, None, None),
    ]
    assert (counts.pages, counts.embeds, counts.posts_new, counts.failures) == (2, 3, 3, 1)
    (failed,) = [each for each in found if isinstance(each, Failed)]
    assert failed.target == f"{tmp_path / 'n.db'}#newsdata/2"
    assert rows(archive, "select name, n_embeds from outlets where domain = 'pond.example'") == [("pondnews", 3)]
    sql = "select target, archived_at from captures where page_id = 1"
    assert rows(archive, sql) == [(f"{tmp_path / 'n.db'}#newsdata/1", "2020-03-02T00:00:00Z")]


ARTICLE = f"""<html><head><title>Herons of the pond</title><link rel="canonical" href="{URL}">
<meta property="og:site_name" content="The Pond"><meta property="article:published_time" content="2020-03-02T08:00:00Z">
</head><body><article><h1>Herons of the pond</h1><h2>Grey ones</h2><p>They are many, and #grey.</p>
<blockquote class="twitter-tweet"><p lang="en">Herons &amp; #Grey ones</p>&mdash; Nora Berg (@nora_b)
<a href="https://twitter.com/nora_b/status/{ID}">October 11, 2018</a></blockquote><p>So it is.</p>{HTML}
<p>See <a href="https://twitter.com/ole_s/status/{OTHER}">this one</a>.</p></article></body></html>"""


def _article(archive: sqlite3.Connection) -> None:
    run = Run(archive, ["archive"])
    page = readers.outcome(Capture("page.html", ARTICLE.encode(), "text/html", "file", WHEN))
    assert list(pipeline.keep([page], run)) == [page]


@pytest.mark.parametrize("order", list(permutations(("article", "nela", "posts"))), ids="-".join)
def test_the_same_rows_come_out_whatever_came_first(tmp_path: Path, order: tuple[str, ...]) -> None:
    told = tuple(("a1", each) for each in (OTHER, HTML, ID, "20"))
    nela(tmp_path / "n.db", ("a1", "HERONS!", URL, 1583020800), tweets=told)
    (tmp_path / "l.txt").write_text(f"https://x.com/other/status/{ID}\n{OTHER}\n")
    posts = (written(tmp_path / "t.jsonl", tweet()), tmp_path / "l.txt")
    files = {"nela": (tmp_path / "n.db",), "posts": posts}
    made = []
    for name, steps in (("a.db", order), ("b.db", ("article", "nela", "posts"))):
        with closing(store.open_archive(tmp_path / name)) as archive:
            for step in steps:
                if step == "article":
                    _article(archive)
                else:
                    imported(archive, *files[step])
            made.append(natural(archive))
            assert problems(archive) == []
            shapes = rows(archive, _EMBEDS)
            assert [(row[1].partition(":")[2], row[2]) for row in shapes if row[1] != "twitter:20"] == [
                (ID, "blockquote"),
                ("927949487731638276", "blockquote"),
                (OTHER, "dataset"),
            ]
            title, site = rows(archive, "select title, outlets.name from pages join outlets on outlets.id = outlet_id")[
                0
            ]
            assert (title, site) == ("Herons of the pond", "The Pond")
    assert made[0] == made[1]


def test_an_import_does_again_what_it_did_and_nothing_is_doubled(archive: sqlite3.Connection, tmp_path: Path) -> None:
    nela(tmp_path / "n.db", ("a1", "Herons", URL, 1583020800), tweets=(("a1", HTML), ("a1", ID)))
    files = (tmp_path / "n.db", written(tmp_path / "t.jsonl", tweet()))
    imported(archive, *files)
    first = natural(archive), rows(archive, "select key, digest, capture_id from answers")
    _, counts = imported(archive, *files)
    assert (natural(archive), rows(archive, "select key, digest, capture_id from answers")) == first
    assert (counts.posts_new, counts.posts_known) == (0, 3)


TWEETFINDER = {
    "objects.json": json.dumps(
        [
            {
                "url": URL,
                "tweets": [
                    {"tweet_id": ID, "html_source": "x"},
                    {"tweet_id": OTHER, "full_url": f"https://twitter.com/ole_s/status/{OTHER}"},
                ],
            },
            {"url": "https://b.example/2", "embedded_tweets": [ID]},
        ]
    ),
    "lines.jsonl": "".join(
        json.dumps(each) + "\n"
        for each in ({"article_url": URL, "tweet_ids": [ID, OTHER]}, {"url": "https://b.example/2", "tweet_id": ID})
    ),
    "pairs.csv": f"url,tweet_id\n{URL},{ID}\n{URL},{OTHER}\nhttps://b.example/2,{ID}\n",
    "several.tsv": f"Story URL\tTweet IDs\n{URL}\t['{ID}', '{OTHER}']\nhttps://b.example/2\t{ID}\n",
}


@pytest.mark.parametrize("name", TWEETFINDER)
def test_tweetfinder_gives_articles_with_their_tweets(archive: sqlite3.Connection, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TWEETFINDER[name])
    _, counts = imported(archive, tmp_path / name)
    assert [row[:4] for row in rows(archive, _EMBEDS)] == [
        ("https://b.example/2", f"twitter:{ID}", "dataset", 1),
        (URL, f"twitter:{ID}", "dataset", 1),
        (URL, f"twitter:{OTHER}", "dataset", 2),
    ]
    assert (counts.pages, counts.failures) == (2, 0)


def test_what_tweetfinder_took_for_a_tweet_is_a_failure_of_its_article(
    archive: sqlite3.Connection, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(f"url,tweet_id\n{URL},//twitter.com/ole_s\nnowhere,{ID}\n{URL}/2,{ID}\n")
    found, counts = imported(archive, tmp_path / "a.csv")
    assert [each.target.rpartition("#")[2] for each in found if isinstance(each, Failed)] == ["2", "3"]
    assert (counts.pages, counts.embeds) == (2, 1)
