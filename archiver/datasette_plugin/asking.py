"""A question asked of what a request's filter chooses."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import BadRequest, Request

from archiver.datasette_plugin import filters, newest, questions
from archiver.datasette_plugin.questions import Question

__all__ = ["MOST", "About", "Answered", "about", "answer"]

MOST = 100  # rows of an answer
_LENGTHS = {"year": 4, "month": 7, "day": 10}
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_WORDS = re.compile(r'"([^"]+)"|([^\s"]+)')
_POSTS = ("hashtags", "authors", "platforms", "search")
_MANY = 50  # values of one filter


@dataclass(frozen=True, slots=True)
class About:
    """What a request asks about: values as the address has them, for the form, and as SQL takes them."""

    told: dict[str, Any]
    values: dict[str, Any]
    posts: tuple[str, ...]
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Columns and rows, and how much was chosen: posts, embeds, articles, articles with embeds, outlets."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    sizes: tuple[int, int, int, int, int]


def about(request: Request, question: Question) -> About:
    """The filter of a request. Raises BadRequest where a date or number is none."""
    lists = {name: _list(request, argument) for name, argument in _ARGUMENTS.items()}
    since, until = _day(request.args.get("from")), _day(request.args.get("to"))
    search, in_post_only = (request.args.get("search") or "").strip(), bool(request.args.get("in_post_only"))
    by, least = request.args.get("by") or question.over_time, request.args.get("minimum") or question.pairs
    told: dict[str, Any] = lists | {"from": since, "to": until, "search": search, "in_post_only": in_post_only}
    values: dict[str, Any] = {name: json.dumps(_FOLD[name](given)) for name, given in lists.items()}
    phrases = [f'"{(phrase or word).replace(chr(34), chr(34) * 2)}"' for phrase, word in _WORDS.findall(search)]
    values |= {"since": since, "until": until, "search": " ".join(phrases), "in_post_only": int(in_post_only)}
    values["limit"] = MOST
    if question.over_time:
        if by not in _LENGTHS:
            raise BadRequest(f"Periods are {', '.join(_LENGTHS)}")
        values["length"] = _LENGTHS[by]
        told["by"] = by
        values["limit"] = 10 if question.name == "hashtags_over_time" else -1
    if question.pairs:
        if not (str(least).isascii() and str(least).isdigit() and 0 < int(least) < 10**9):  # type: ignore[arg-type]
            raise BadRequest("The least number of posts is a number from 1 on")
        values["minimum"] = told["minimum"] = int(least)  # type: ignore[arg-type]
    if question.two_periods:
        values["limit"] = MOST // 2
        for name in ("then", "now"):
            told[name] = period = (request.args.get(name) or "").strip()
            if period:
                values[f"{name}_from"], values[f"{name}_to"] = _bounds(period)
    verb = "published" if question.articles else "posted"
    dated = [f"{verb}_since"] * bool(since) + [f"{verb}_until"] * bool(until) + ["langs"] * bool(lists["langs"])
    posts = [name for name in _POSTS if (phrases if name == "search" else lists[name])]
    pages = ["outlets"] * bool(lists["outlets"])
    both = (posts, [*pages, *dated]) if question.articles else ([*posts, *dated], pages)
    return About(told, values, *map(tuple, both))


def answer(connection: sqlite3.Connection, question: Question, asked: About, limit_ms: int) -> Answered | None:
    """The answer; None where it takes too long. What is chosen stands in temporary tables meanwhile."""
    connection.execute("pragma temp_store = memory")
    for name, function in _MATHS.items():  # not every SQLite has them
        connection.create_function(name, 1, function, deterministic=True)
    for table in questions.part("tables").split(";"):
        connection.execute(table)
    try:
        with sqlite_timelimit(connection, limit_ms):
            return _answered(connection, question, asked)
    except sqlite3.OperationalError as error:
        if not newest.interrupted(error):
            raise
        return None
    finally:
        for table in ("posts", "pages", "embeds"):
            connection.execute(f"drop table temp.chosen_{table}")
        connection.commit()


def _answered(connection: sqlite3.Connection, question: Question, asked: About) -> Answered:
    for table, conditions in (("posts", asked.posts), ("pages", asked.pages)):
        connection.execute(" and ".join(questions.part(name) for name in (table, *conditions)), asked.values)
    (is_hiding,) = connection.execute(f"select exists ({filters.HIDDEN})").fetchone()
    connection.execute(questions.part("embeds_of_posts" if asked.posts or is_hiding else "embeds_of_pages"))
    if asked.pages:
        connection.execute(questions.part("left_out"))
    sizes = connection.execute(questions.size()).fetchone()
    found = connection.execute(questions.sql(question.name)[1], asked.values)
    columns = tuple(name for name, *_ in found.description)
    return Answered(columns, [tuple(row) for row in found], tuple(sizes))


def _list(request: Request, argument: str) -> list[str]:
    values = [value.strip() for value in request.args.getlist(argument) if value.strip()]
    if len(values) > _MANY:
        raise BadRequest(f"At most {_MANY} values of {argument}")
    return values


def _day(told: str | None) -> str | None:
    told = (told or "").strip()
    if told and not _DATE.fullmatch(told):
        raise BadRequest(f"{told!r} is no date (2017, 2017-10 or 2017-10-15)")
    return told or None


def _bounds(period: str) -> tuple[str, str]:
    """The first day of a period (`2017`, `2017-10`, `2017-10-15` or `A..B`) and the day after its last."""
    first, mark, last = period.partition("..")
    try:
        begin, end = _days(first)[0], _days(last if mark else first)[1]
    except (ValueError, OverflowError):
        begin = end = date.min
    if begin >= end:
        raise BadRequest(f"{period!r} is no period (2017, 2017-10 or 2017-10..2018-03)")
    return begin.isoformat(), end.isoformat()


def _days(text: str) -> tuple[date, date]:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    begin = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    if found[3]:
        return begin, begin + timedelta(days=1)
    return begin, (begin + timedelta(days=31 if found[2] else 366)).replace(day=1, **({} if found[2] else {"month": 1}))


def _host(outlet: str) -> str:
    """The domain of an address, or of a host with the www that readers see."""
    return re.sub(r"^https?://|[/:?#].*$", "", outlet.lower()).removeprefix("www.")


def _account(author: str) -> tuple[str | None, str]:
    """The platform where one is named, and the key of the handle."""
    platform, mark, handle = author.partition(":")
    if not mark or platform == "did":  # a DID is an account's name on Bluesky
        return None, author.lstrip("@").casefold()
    return platform.lower(), handle.lstrip("@").casefold()


_ARGUMENTS = {"hashtags": "hashtag", "authors": "author", "outlets": "outlet", "platforms": "platform", "langs": "lang"}
_FOLD: dict[str, Callable[[Sequence[str]], list[Any]]] = {
    "hashtags": lambda given: [filters.folded(tag) for tag in given],
    "authors": lambda given: [_account(author) for author in given],
    "outlets": lambda given: [_host(outlet) for outlet in given],
    "platforms": lambda given: [platform.lower() for platform in given],
    "langs": lambda given: [lang.lower().replace("_", "-") for lang in given],
}
_MATHS: dict[str, Callable[[float | None], float | None]] = {
    "ln": lambda x: None if x is None or x <= 0 else math.log(x),
    "sqrt": lambda x: None if x is None or x < 0 else math.sqrt(x),
}
