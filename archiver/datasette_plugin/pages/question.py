"""The list of questions, and the answer to each."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import asking, charts, questions, security
from archiver.datasette_plugin.asking import About, Answered
from archiver.datasette_plugin.charts import Chart
from archiver.datasette_plugin.pages import _archive, _links
from archiver.datasette_plugin.pages._archive import Archive, Row
from archiver.datasette_plugin.questions import Question

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["index", "view"]

_PUBLIC_MS = 2000
_TIMES = 4  # as long as a query of Datasette's: an answer may look at every post
_PERIODS = ("year", "month", "day")
_HEADINGS = {"pmi": "PMI", "g2": "G²", "log_odds": "log-odds", "n_hashtag": "the first", "n_other": "the other"}
_OPTIONS = {
    "hashtags": "--hashtag",
    "authors": "--author",
    "outlets": "--outlet",
    "platforms": "--platform",
    "langs": "--lang",
    "from": "--from",
    "to": "--to",
    "search": "--search",
    "by": "--by",
    "minimum": "--minimum",
    "then": "--then",
    "now": "--now",
}


async def index(request: Request, datasette: Datasette) -> Response:
    """`/-/questions`."""
    archive = await _archive.of(datasette, request)
    told = {
        "database": archive.name,
        "archive": archive,
        "groups": [
            (group.title, [_listed(archive, question) for question in group.questions]) for group in questions.GROUPS
        ],
    }
    return Response.html(await datasette.render_template("explorer/questions.html", told, request))


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/question/NAME`, with a filter as its arguments."""
    archive = await _archive.of(datasette, request)
    question = questions.QUESTIONS.get(request.url_vars["name"])
    if question is None:
        raise NotFound(f"No question {request.url_vars['name']}; /-/questions lists them")
    asked = asking.about(request, question)
    is_public = (datasette.plugin_config(security.CONFIG) or {}).get("public") is True
    limit_ms = _PUBLIC_MS if is_public else _TIMES * datasette.setting("sql_time_limit_ms")
    is_asked = not question.two_periods or ("then_from" in asked.values and "now_from" in asked.values)
    found: Answered | None = None
    if is_asked:
        database = datasette.get_database(archive.name)
        found = await database.execute_fn(lambda c: asking.answer(c, question, asked, limit_ms))
    words, sql = questions.sql(question.name)
    told = {
        "database": archive.name,
        "archive": archive,
        "question": question,
        "words": words,
        "about": asked.told,
        "filter": _filter(question, asked),
        "periods": _PERIODS,
        "found": found,
        "late": is_asked and found is None,
        "seconds": limit_ms / 1000,
        "most": asking.MOST,
        "chart": _chart(question, found) if found else None,
        "headings": [_heading(column) for column in found.columns] if found else [],
        "cells": [_cells(archive, dict(zip(found.columns, row, strict=True))) for row in found.rows] if found else [],
        "numbers": _numbers(found) if found else [],
        "command": _command(question, asked),
        "sql": sql.strip(),
        "here": archive.path("question", question.name),
        "index": archive.path("questions"),
    }
    return Response.html(await datasette.render_template("explorer/question.html", told, request))


def _listed(archive: Archive, question: Question) -> tuple[str, str, str]:
    return question.title, archive.path("question", question.name), questions.sql(question.name)[0]


def _chart(question: Question, found: Answered) -> Chart | None:
    """Bars over time: of all rows of a period together where the number can be added, of the first hashtag else."""
    if not question.over_time:
        return None
    counts, title, unit = _embeds(found), "Embeds, by when the articles were published", "embeds"
    if question.name == "hashtags_over_time":
        tag = max(found.rows, key=lambda row: row[1])[2] if found.rows else ""
        counts, title, unit = [(row[0], row[1]) for row in found.rows if row[2] == tag], f"Posts with #{tag}", "posts"
    return charts.over_time(counts, title, unit)


def _embeds(found: Answered) -> list[tuple[str, float]]:
    """Embeds by period, whatever else the rows tell apart."""
    if "n_embeds" not in found.columns:
        return []
    at, sums = found.columns.index("n_embeds"), dict[str, float]()
    for row in found.rows:
        if row[0] is not None:
            sums[row[0]] = sums.get(row[0], 0) + row[at]
    return list(sums.items())


def _heading(column: str) -> str:
    """A column's name for readers."""
    return _HEADINGS.get(column) or column.removeprefix("n_").replace("_", " ")


def _cells(archive: Archive, row: Row) -> list[tuple[str, str | None, str | None]]:
    """Values as readers see them, our page on each, and where it leads out of the archive."""
    return [(_shown(value), _page(archive, row, name), _links.outward(value)) for name, value in row.items()]


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _page(archive: Archive, row: Row, name: str) -> str | None:
    value = row[name]
    if not value or not isinstance(value, str):
        return None
    match name:
        case "hashtag":
            return archive.path("hashtag", value)
        case "outlet":
            return archive.path("outlet", value)
        case "other":
            return archive.path("hashtag" if "hashtag" in row else "outlet", value)
        case "handle" if row.get("platform"):
            return archive.path("author", row["platform"], value)
    return None


def _numbers(found: Answered) -> list[bool]:
    """Of each column whether it holds numbers."""
    columns = zip(*found.rows, strict=True) if found.rows else [()] * len(found.columns)
    return [all(value is None or isinstance(value, int | float) for value in column) for column in columns]


def _filter(question: Question, asked: About) -> str:
    """What is asked about, in words."""
    told = asked.told
    tags = [f"#{tag.lstrip('#＃')}" for tag in told["hashtags"]]
    where = " in their own text" if told["in_post_only"] else ""
    held = [
        f"with {' or '.join(tags)}{where}" if tags else "",
        f"by {' or '.join(told['authors'])}" if told["authors"] else "",
        f"on {' or '.join(told['platforms'])}" if told["platforms"] else "",
        f"with the words {told['search']}" if told["search"] else "",
    ]
    dated = [
        f"in the language {' or '.join(told['langs'])}" if told["langs"] else "",
        f"from {told['from']} on" if told["from"] else "",
        f"until {told['to']}" if told["to"] else "",
    ]
    outlets = " or ".join(told["outlets"])
    verb = "published" if question.articles else "posted"
    dated[1:] = [f"{verb} {words}" if words else "" for words in dated[1:]]
    if not question.articles:
        of_posts = ", ".join(filter(None, [*held, *dated, f"in articles of {outlets}" if outlets else ""]))
        tail = "; hashtags in posts’ own text only" if where and not tags else ""
        return (f"embedded posts {of_posts}" if of_posts else "all embedded posts") + tail
    of_articles = ", ".join(filter(None, [f"of {outlets}" if outlets else "", *dated]))
    of_embeds = ", ".join(filter(None, held))
    articles = f"articles {of_articles}" if of_articles else "all articles"
    return articles + (f"; of their embeds those {of_embeds}" if of_embeds else "")


def _command(question: Question, asked: About) -> str:
    """The command that gives the same answer."""
    parts = ["archiver", "analyze", *question.command.split()]
    for name, option in _OPTIONS.items():
        value = asked.told.get(name)
        for each in value if isinstance(value, list) else [value] if value else []:
            parts += [option, shlex.quote(str(each))]
    return " ".join([*parts, "--in-post-only"] if asked.told["in_post_only"] else parts)
