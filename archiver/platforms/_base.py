"""What a platform tells of itself: its permalinks, shapes, signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.model import Post
from archiver.soup import Tag

__all__ = ["Platform", "Shape", "Signature"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of embed: `read` gets each element that `selector` hits, and says which post it is, or None."""

    name: str
    selector: str
    read: Callable[[Tag], Post | None]


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
class Platform:
    """One platform. `hints` are bytes without which a page cannot hold one of its posts: the pre-filter.

    `parse_frame` says which post the address of an iframe (or of a player) shows, as `parse_permalink` does for a
    post's own address. `signatures` finds the lines that sign its posts in plain text, and `complete` adds to such a
    post what its text tells.
    """

    name: str
    hints: tuple[bytes, ...]
    parse_permalink: Callable[[str], Post | None]
    shapes: tuple[Shape, ...] = ()
    parse_frame: Callable[[str], Post | None] | None = None
    signatures: Callable[[str], Iterator[Signature]] | None = None
    complete: Callable[[Post], Post] | None = None
