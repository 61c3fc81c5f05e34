"""What a platform tells of itself: its permalinks, shapes, signatures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from archiver.model import Post
from archiver.soup import Tag

__all__ = ["Clock", "Platform", "Shape", "Signature"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of embed: `read` gets each element that `selector` hits, and says which post it is, or None.

    `hints` are letters one of which the element's HTML must hold to be worth reading; () where any is.
    """

    name: str
    selector: str
    read: Callable[[Tag], Post | None]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """The line under a post in plain text: where it stands, and the post it signs.

    The post is yet without text, which is the paragraph above; `alone` says that this paragraph is not its own, or not
    surely, and that the post has what text it has.
    """

    start: int
    end: int
    post: Post
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock in a platform's ids: `moment` reads one.

    A post is as old as its id, or, where that `is_lower_bound`, maybe younger. The date that an embed prints is the day
    of its maker's time zone, but the UTC day in `utc_shapes`. `is_impossible` knows ids that were never given.
    """

    moment: Callable[[str], datetime | None]
    is_lower_bound: bool = False
    utc_shapes: tuple[str, ...] = ()
    is_impossible: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Platform:
    """One platform. `hints` are bytes without which a page cannot hold one of its posts: a word; `a&b`, two
    near each other; `a>b`, where the pattern b is matched right behind a; or `a~b`, where it is further on in the same
    address. A slash in a pattern stands for any number of them, also escaped as in JSON, HTML or addresses.

    `sites` are the words one of which the host of its addresses has between its dots, or, where a word says too little,
    pairs with the dot (`x.com`); () where that can be any host.
    `parse_frame` says which post the address of an iframe (or of a player) shows, as `parse_permalink` does for a
    post's own address. `ids` find the id in each of its addresses in a script, through all escapes; without them every
    script with a hint is parsed. `signatures` finds the lines that sign its posts in plain text, and `complete` adds to
    such a post what its text tells. `clock` is that of its ids.
    """

    name: str
    hints: tuple[bytes, ...]
    parse_permalink: Callable[[str], Post | None]
    sites: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    parse_frame: Callable[[str], Post | None] | None = None
    ids: tuple[re.Pattern[str], ...] = ()
    signatures: Callable[[str], Iterator[Signature]] | None = None
    complete: Callable[[Post], Post] | None = None
    clock: Clock | None = None


def hints(words: str) -> tuple[bytes, ...]:
    """Hints written one after the other, blanks between them."""
    return tuple(words.encode().split())
