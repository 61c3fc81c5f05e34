"""What a platform's file tells of its endpoints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from archiver import platforms
from archiver.answers import _json
from archiver.answers._json import Moment
from archiver.model import Post
from archiver.told import TIME_SOURCE, Relation, Told

__all__ = ["Asked", "Endpoint", "Told", "completed", "counted", "dated", "distinct", "related"]

_COMPLETE = {platform.name: platform.complete for platform in platforms.PLATFORMS}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its answer: the address asked (its host in small letters, out of any web archive) and the body."""

    url: str
    host: str
    path: str
    body: str

    def json(self) -> object:
        """The answer's value; None where it is no JSON."""
        return _json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A place to ask a platform: `read` tells of each post in an answer. `name` is the word kept with what it told.

    `hosts` are those that answer there (() any), `path` matches the address behind the host, with its query, from its
    beginning, and `fits`, where given, the whole address. `only_json` endpoints share their addresses with web pages:
    there only JSON is an answer.
    """

    name: str
    hosts: tuple[str, ...]
    path: re.Pattern[str]
    read: Callable[[Asked], Iterable[Told]]
    only_json: bool = False
    fits: Callable[[str], bool] | None = None


def dated(post: Post, told: Moment | None) -> Post:
    """The post with the time that an answer tells, where its id has no clock of the platform's own."""
    if told is None or post.time_source == "id_snowflake":
        return post
    return replace(post, posted_at=told.at, time_source=TIME_SOURCE, time_precision=told.precision)


def completed(post: Post) -> Post:
    """The post with what its own text tells, by its platform's rules, where the answer tells nothing of that."""
    complete = _COMPLETE.get(post.platform)
    return complete(post) if complete else post


def counted(value: object, names: Iterable[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
    """The counts that an object tells, `names` being pairs of its key and our word; the first of a word counts."""
    found: dict[str, int] = {}
    for key, ours in names:
        told = _json.number(value, key)
        if told is not None:
            found.setdefault(ours, told)
    return tuple(sorted(found.items()))


def related(own: Post, others: Iterable[tuple[str, Post | None]]) -> tuple[Relation, ...]:
    """The relations to other posts, each once; the fuller of two that tell the same one."""
    found: dict[tuple[str, str], Relation] = {}
    for kind, other in others:
        if other is not None and other.key is not None and other.key != own.key:
            known = found.get((kind, other.key))
            if known is None or (known.post.handle is None and other.handle is not None):
                found[kind, other.key] = Relation(kind, other)
    return tuple(found.values())


def distinct(told: Iterator[Told]) -> Iterator[Told]:
    """What is told, each once."""
    seen: set[Told] = set()
    for each in told:
        if each not in seen:
            seen.add(each)
            yield each
