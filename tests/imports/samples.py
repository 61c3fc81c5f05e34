"""Small datasets of our own making, of each kind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from archiver import imports, pipeline
from archiver.pipeline import Counts, Outcome, Run

__all__ = [
    "HTML",
    "ID",
    "OTHER",
    "flattened",
    "imported",
    "nela",
    "page_two",
    "rows",
    "tweet",
    "twitter_to_sqlite",
    "written",
]

ID, OTHER = "1050118621198921728", "1067094924124872705"
HTML = (
    '<blockquote class="twitter-tweet"><p lang="en">Hello #Tag</p>&mdash; Ann (@ann_example) '
    '<a href="https://twitter.com/ann_example/status/927949487731638276">November 7, 2017</a></blockquote>'
)


def tweet(number: str = ID, **more: Any) -> dict[str, Any]:
    """A tweet of version 1.1."""
    own: dict[str, Any] = {
        "created_at": "Wed Oct 10 20:19:24 +0000 2018",
        "id": int(number),
        "id_str": number,
        "full_text": "Herons &amp; #Grey ones https://t.co/a1",
        "user": {"id_str": "77", "screen_name": "nora_b", "name": "Nora Berg"},
        "entities": {
            "hashtags": [{"text": "Grey"}],
            "urls": [
                {"url": "https://t.co/a1", "expanded_url": "https://pond.example/a", "display_url": "pond.example/a"}
            ],
        },
        "favorite_count": 3,
        "lang": "en",
    }
    return own | more


def page_two() -> dict[str, Any]:
    """A page of version 2, as twarc2 writes it."""
    data = {
        "id": OTHER,
        "text": "Just #Two",
        "author_id": "5",
        "created_at": "2018-11-26T16:37:10.000Z",
        "public_metrics": {"like_count": 2},
        "referenced_tweets": [{"type": "quoted", "id": ID}],
    }
    users = [{"id": "5", "username": "ole_s", "name": "Ole Sand"}]
    return {"data": [data], "includes": {"users": users}, "__twarc": {"retrieved_at": "2021-03-01T10:00:00+00:00"}}


def flattened() -> dict[str, Any]:
    """The tweet of `page_two` with all in it, as `twarc2 flatten` writes it."""
    page = page_two()
    quoted = {
        "type": "quoted",
        "id": ID,
        "text": "Grey",
        "author_id": "77",
        "author": {"id": "77", "username": "nora_b"},
    }
    inner = {"author": page["includes"]["users"][0], "referenced_tweets": [quoted], "__twarc": page["__twarc"]}
    return page["data"][0] | inner


def nela(path: Path, *articles: tuple[object, ...], tweets: tuple[tuple[object, object], ...] = ()) -> None:
    """A NELA-GT database; an article is (id, title, url, published_utc)."""
    with closing(sqlite3.connect(path)) as c:
        c.execute(
            """create table newsdata (id text primary key, date text, source text, title text, content text,
            author text, published text, published_utc integer, collection_utc integer, url text)"""
        )
        c.execute("create table tweet (id text primary key, article_id text, embedded_tweet text)")
        for number, title, url, at in articles:
            values = (number, "2020-03-01", "pondnews", title, "They are #back", "Nora Berg", "x", at, 1583107200, url)
            c.execute("insert into newsdata values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        for place, (article, told) in enumerate(tweets):
            c.execute("insert into tweet values (?, ?, ?)", (f"{article}-{place}", article, told))
        c.commit()


def twitter_to_sqlite(path: Path) -> None:
    """A database of twitter-to-sqlite with a tweet that quotes another, and a picture."""
    with closing(sqlite3.connect(path)) as c:
        c.executescript(f"""
            create table users (id integer primary key, screen_name text, name text);
            create table tweets (id integer primary key, user integer, created_at text, full_text text,
                retweeted_status integer, quoted_status integer, favorite_count integer, lang text);
            create table media (id integer primary key, media_url_https text, type text);
            create table media_tweets (media_id integer, tweets_id integer, primary key (media_id, tweets_id));
            insert into users values (77, 'nora_b', 'Nora Berg'), (5, 'ole_s', 'Ole Sand');
            insert into tweets values ({ID}, 77, '2018-10-10T20:19:24+00:00', 'Grey', null, null, 1, 'en');
            insert into tweets values ({OTHER}, 5, '2018-11-26T16:37:10+00:00',
                'Two &amp; https://pond.example/a #Hi @nora_b', null, {ID}, 5, 'en');
            insert into media values (1, 'https://pbs.twimg.com/media/a.jpg', 'photo');
            insert into media_tweets values (1, {OTHER});
        """)


def imported(archive: sqlite3.Connection, *files: Path, **settings: Any) -> tuple[list[Outcome], Counts]:
    """Imports files; what became of them, and the counts."""
    run = Run(archive, ["import", *map(str, files)])
    found = list(pipeline.keep(imports.read(map(str, files), imports.Settings(**settings)), run))
    return found, run.counts


def rows(archive: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    return archive.execute(sql).fetchall()


def written(path: Path, *values: object) -> Path:
    """JSON lines."""
    path.write_text("".join(f"{json.dumps(each)}\n" for each in values), encoding="utf-8")
    return path
