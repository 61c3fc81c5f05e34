"""Small archives, and what Datasette with our plugin answers about them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from datasette.app import Datasette
from datasette.plugins import pm
from selectolax.lexbor import LexborHTMLParser

import archiver.datasette_plugin as plugin
from archiver import store
from archiver.model import Capture
from tests.archives import add
from tests.pages import WHEN, capture

__all__ = ["ARTICLES", "Site", "archived", "both", "tree", "tweet"]

METADATA: dict[str, Any] = yaml.safe_load(store.metadata().read_text(encoding="utf-8"))


def tweet(text: str, post_id: int, handle: str = "ann_lee", name: str = "Ann", date: str = "") -> str:
    """A tweet as the platform's own code embeds it."""
    return f"""<blockquote class="twitter-tweet"><p lang="en">{text}</p>&mdash; {name} (@{handle})
<a href="https://twitter.com/{handle}/status/{post_id}">{date}</a></blockquote>"""


FIRST, SECOND, THIRD, FOURTH = 919659438700670976, 927949487731638276, 1256191637713846273, 1256191637713846999
ARTICLES = {
    "https://gazette.example.com/a": f"""<html lang="en"><title>Where it began</title>
<meta property="article:published_time" content="2017-12-01T00:00:00Z"><h2>How it began</h2>
<p>Of #Otters, which many name, she wrote at once.</p>{tweet("Say so if you saw one, too.", FIRST)}
<p>Others followed her, in many towns.</p>{tweet("The #Rivers and #Lakes count.", SECOND, "bob_ray", "Bob")}
<p>So it went on for some years.</p>""",
    "https://news.example.org/b": f"""<html lang="en"><title>What came of it</title>
<meta property="article:published_time" content="2020-05-02T00:00:00Z"><p>A word first, and no more.</p>
{tweet("Say so, if you saw two.", FIRST)}<p>Then another, years later, on the same.</p>
{tweet("Again #rivers, and #Otters!", THIRD)}<p>That was all.</p>
<p>Cy <a href="https://twitter.com/cy_dew/status/{FOURTH}">answered #Unseen</a> at length, and was not shown.</p>""",
    "https://news.example.org/c": """<html lang="en"><title>From memory</title><p>She had written this before.</p>
<blockquote class="twitter-tweet"><p>Nobody kept the address of this.</p>&mdash; Dee (@dee_fox) May 3, 2019</blockquote>
<p>And nobody asked her.</p>""",
}


@dataclass(frozen=True, slots=True)
class Site:
    """An archive as Datasette shows it with our plugin and metadata."""

    file: Path

    def get(self, *paths: str, **settings: object) -> list[httpx.Response]:
        """What is answered to each path."""
        return asyncio.run(_get([self.file], paths, settings))

    def page(self, path: str) -> LexborHTMLParser:
        """A page that is there, as a tree."""
        (answer,) = self.get(path)
        assert answer.status_code == httpx.codes.OK, answer.text
        return tree(answer)

    def words(self, path: str) -> str:
        """The words that a page shows in its main part, blanks made one."""
        main = self.page(path).css_first("main")
        assert main is not None
        return " ".join(main.text(separator=" ").split())

    def sql(self, sql: str, *params: object) -> list[tuple[Any, ...]]:
        """The rows of a query, past Datasette."""
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute(sql, params).fetchall()

    def write(self, sql: str, *params: object) -> None:
        """Changes the archive, past the product."""
        with closing(sqlite3.connect(self.file)) as db, db:
            db.execute(sql, params)


def archived(file: Path, articles: dict[str, str] | Iterable[Capture] = ARTICLES) -> Site:
    """A new archive of these articles, by address."""
    if isinstance(articles, dict):
        articles = [capture(html, url=url) for url, html in articles.items()]
    received = list(articles)
    with closing(add(file, received, keep=False)) as archive:
        store.finish_run(archive, 1, "done", store.Counts(pages=len(received)), WHEN)
    return Site(file)


def both(files: list[Path], *paths: str) -> list[httpx.Response]:
    """What is answered where several archives are served together."""
    return asyncio.run(_get(files, paths, {}))


def tree(answer: httpx.Response) -> LexborHTMLParser:
    """An answer's HTML."""
    return LexborHTMLParser(answer.text)


async def _get(files: list[Path], paths: Iterable[str], settings: dict[str, object]) -> list[httpx.Response]:
    if not pm.is_registered(plugin):  # it is, by its entry point, where the project is installed
        pm.register(plugin)
    datasette = Datasette([str(file) for file in files], metadata=METADATA, settings=settings)
    await datasette.invoke_startup()
    try:
        return [await datasette.client.get(path) for path in paths]
    finally:
        datasette.executor.shutdown()
        for database in datasette.databases.values():
            database.close()
