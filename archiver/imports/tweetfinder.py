"""Articles and their tweets as tweetfinder's users write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from archiver.imports import _articles, _streams, _values
from archiver.imports._base import Bad, Head, Kind, Source, as_bytes, cell
from archiver.imports._streams import Line
from archiver.model import Archived

__all__ = ["KIND"]

_ADDRESS = ("url", "article_url", "story_url", "page_url", "article", "story")
_TWEETS = ("tweets", "embedded_tweets", "tweets_embedded", "tweet_ids")
_TWEET = ("full_url", "tweet_url", "tweet_id", "tweet")
_TITLE = ("title", "article_title", "story_title")
_BETWEEN = re.compile(r"[\s,;|\[\]'\"]+")
_NAME = re.compile(r"[\W_]+")


def _fits(head: Head) -> bool:
    if any(_is_article(value) for value in head.values):
        return True
    names = _names(head.text.partition("\n")[0]) if not head.values else []
    return any(name in _ADDRESS for name in names) and any(name in (*_TWEETS, *_TWEET) for name in names)


def _is_article(value: object) -> bool:
    if not isinstance(value, dict) or _address(value) is None:
        return False
    return any(isinstance(value.get(name), list) for name in _TWEETS) or any(value.get(name) for name in _TWEET)


def _read(source: Source) -> Iterator[Archived | Bad]:
    if Head(source.path).values:
        yield from _objects(source)
    else:
        yield from _rows(source)


def _objects(source: Source) -> Iterator[Archived | Bad]:
    for record in _values.read(source.path, source.is_read):
        if isinstance(record, Bad):
            yield record
            continue
        for number, value in enumerate(found := _values.elements(record.value), 1):
            place = f"{record.place}.{number}" if len(found) > 1 else record.place
            if not isinstance(value, dict) or not _is_article(value):
                yield Bad(place, "holds no article's url with tweets")
                continue
            told = [each for name in _TWEETS for each in _list(value.get(name))] or [value]
            yield from _article(source, place, value, [_named(each) for each in told])


def _rows(source: Source) -> Iterator[Archived | Bad]:
    """The articles of a table; rows of one article that stand together are one record, named by the first."""
    lines = _streams.lines(source.path)
    header = next(lines, None)
    if not isinstance(header, Line):
        return
    text = header.body.decode("utf-8", "replace")
    names, delimiter = _names(text), _delimiter(text)
    for address, rows in groupby(_cells(lines, names, delimiter), lambda row: _address(row[1])):
        first, *rest = list(rows)
        place, told = first
        if address is None:
            for bad, cells in (first, *rest):
                yield Bad(bad, cells.get("", "names no article"))
        elif not source.is_read(place):
            embedded = [part for _, cells in (first, *rest) for part in _in_cells(cells)]
            yield from _article(source, place, told, embedded)


def _cells(lines: Iterator[Line | Bad], names: list[str], delimiter: str) -> Iterator[tuple[str, dict[str, str]]]:
    for line in lines:
        if isinstance(line, Bad):
            yield line.place, {"": line.wrong}
            continue
        try:
            row = next(csv.reader(io.StringIO(line.body.decode("utf-8", "replace")), delimiter=delimiter), [])
        except csv.Error as error:
            yield str(line.number), {"": f"is no row of a table: {error}"}
            continue
        yield str(line.number), dict(zip(names, row, strict=False))


def _article(source: Source, place: str, told: Mapping[str, object], embedded: list[str]) -> Iterator[Archived | Bad]:
    title = next((found for name in _TITLE if (found := cell(told.get(name)))), None)
    page = _articles.page(_address(told) or "", title=title)
    if page is None:
        yield Bad(place, f"tells no http or https address: {(_address(told) or '')[:100]}")
        return
    capture = source.capture(place, as_bytes({**told, "embedded": embedded}))
    yield from _articles.archived(source, capture, page, "", [each for each in embedded if each])


def _address(told: Mapping[str, object]) -> str | None:
    return next((found for name in _ADDRESS if (found := cell(told.get(name)))), None)


def _named(told: object) -> str:
    """How a tweet is named: by its address, where that is told and is one, else by its id."""
    if not isinstance(told, dict):
        return cell(told) or ""
    found = [each for name in _TWEET if (each := cell(told.get(name)))]
    return next((each for each in found if "/status" in each), next((e for e in found if e.isdigit()), " ".join(found)))


def _in_cells(cells: Mapping[str, str]) -> list[str]:
    lists = [part for name in _TWEETS for part in _BETWEEN.split(cells.get(name, "")) if part]
    return lists or [_named(cells)]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _names(header: str) -> list[str]:
    """The names of a table's columns; none where its first line is no row of a table."""
    try:
        cells = next(csv.reader([header.lstrip("\ufeff")], delimiter=_delimiter(header)), [])
    except csv.Error:
        return []
    return [_NAME.sub("_", each.strip().lower()).strip("_") for each in cells]


def _delimiter(header: str) -> str:
    return max(",\t;", key=header.count)


KIND = Kind("tweetfinder", "tweetfinder's results (JSON, or a table of article URLs and tweets)", _fits, _read)
