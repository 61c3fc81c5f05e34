"""Common Crawl's index: its crawls, and what each has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.errors import FetchError
from archiver.sources.services import cdx
from archiver.sources.services._loop import Loop
from archiver.sources.services._pace import Answer, Client, Odd, Query, first_words
from archiver.sources.services.cdx import Record

__all__ = ["Crawl", "crawls", "is_name", "records", "refusal"]

_NAME = re.compile(r"[A-Z][\w-]{3,60}", re.ASCII)
_MOST_PAGES = 100_000
_SEARCH_PATIENCE = 4  # times as long as other answers, a search may take


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl, and the days between which it was made, as ISO 8601 tells them; "" where they are not known."""

    name: str
    begun: str
    ended: str

    def overlaps(self, start: str | None, end: str | None) -> bool:
        """Whether it was made, or may have been, between two bounds."""
        first, last = (re.sub(r"\D", "", at)[:14] for at in (self.begun, self.ended))
        is_after = end is not None and first and first[: len(end)] > end
        is_before = start is not None and last and last[: len(start)] < start
        return not (is_after or is_before)


def is_name(name: str) -> bool:
    """Whether a crawl may be called so."""
    return _NAME.fullmatch(name) is not None


async def crawls(client: Client, index_url: str) -> list[Crawl]:
    """The crawls that have an index, the newest first. Raises FetchError."""

    def told(answer: Answer) -> list[Crawl]:
        text = answer.text()
        if answer.status != 200:
            raise refusal("the list of crawls", answer, text)
        try:
            listed = json.loads(text)
            made = [Crawl(str(each["id"]), str(each.get("from") or ""), str(each.get("to") or "")) for each in listed]
        except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
            raise Odd(f"no list of crawls: {first_words(text)}") from error
        made = [each for each in made if is_name(each.name)]
        if not made:
            raise Odd("an empty list of crawls")
        return made

    return await client.ask(Query("the list of crawls", f"{index_url}/collinfo.json"), told)


def records(loop: Loop, client: Client, name: str, where: str, fixed: tuple[tuple[str, str], ...]) -> Iterator[Record]:
    """The records that the index at `where` has for a question, a page at a time. Raises FetchError."""
    count = loop.run(client.ask(_query(name, where, (*fixed, ("showNumPages", "true"))), _count_in(name)))
    for page in range(min(count, _MOST_PAGES)):
        yield from loop.run(client.ask(_query(name, where, (*fixed, ("page", str(page)))), _records_in(name)))


def refusal(name: str, answer: Answer, text: str) -> FetchError:
    """What a server says is wrong."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    said = (told.get("message") or told.get("error")) if isinstance(told, dict) else text
    cure = "it shuts out who asks too much: try again tomorrow" if answer.status == 403 else None
    wrong = f"answered {answer.status}: {first_words(str(said))}"
    return FetchError(name, wrong.rstrip(": "), cure, status=answer.status)


def _query(name: str, where: str, parameters: tuple[tuple[str, str], ...]) -> Query:
    return Query(name, where, (*parameters, ("output", "json")), patience=_SEARCH_PATIENCE)


def _count_in(name: str) -> Callable[[Answer], int]:
    """Reads how many pages an index has for a question: `{"pages": 3}`, or the bare number."""

    def told(answer: Answer) -> int:
        text = answer.text()
        if _is_empty(name, answer, text):
            return 0
        try:
            count = json.loads(text)
            return int(count["pages"] if isinstance(count, dict) else count)
        except (ValueError, RecursionError, TypeError, KeyError) as error:
            raise Odd(f"no number of pages: {first_words(text)}") from error

    return told


def _records_in(name: str) -> Callable[[Answer], list[Record]]:
    """Reads a page of an index: an object of JSON a line. A list that breaks off is asked for again."""

    def told(answer: Answer) -> list[Record]:
        text = answer.text()
        if _is_empty(name, answer, text):
            return []
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        for line in lines:
            if not (line.startswith("{") and line.endswith("}")):
                raise Odd(f"no list of captures: {first_words(line)}")
        return [record for line in lines if (record := cdx.line(line))]

    return told


def _is_empty(name: str, answer: Answer, text: str) -> bool:
    """Whether an index answers that it has nothing. Raises FetchError where it answers something else than a list."""
    if answer.status == 404 and "No Captures found" in text:
        return True
    if answer.status != 200:
        raise refusal(name, answer, text)
    return not text.strip()
