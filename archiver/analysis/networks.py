"""Networks: hashtags, outlets, accounts, and what ties them."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from archiver import entities
from archiver.analysis import _filters
from archiver.analysis._answers import scope, span
from archiver.store.questions import Filter, ask

__all__ = ["NETWORKS", "Edge", "Network", "Node", "of", "strongest"]


@dataclass(frozen=True, slots=True)
class Node:
    """A `hashtag`, `outlet` or `account`, and how many of the posts asked about have it.

    `id` is the same in every export; `platform` is an account's, `name` what pages call an outlet or account; None: not
    told, or not of this kind.
    """

    id: str
    label: str
    kind: str
    n_posts: int
    platform: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Two nodes by their ids, and how many posts tie them."""

    source: str
    target: str
    n_posts: int


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and edges, each once, with what a reader must know of them."""

    name: str
    title: str
    edge: str
    is_directed: bool
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    minimum: int
    filter: str
    denominator: str
    span: str

    @property
    def description(self) -> str:
        """All that must be known of a network, in a line."""
        least = f"; edges of fewer than {self.minimum} posts are left out" if self.minimum > 1 else ""
        return f"{self.title}: {self.edge}{least}. Filter: {self.filter}. Of: {self.denominator}. Archive: {self.span}"


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    edge: str
    nodes: Callable[[sqlite3.Connection, Filter, int], Iterable[Node]]
    edges: Callable[[sqlite3.Connection, Filter, int], Iterable[Edge]]
    is_directed: bool = False


def of(
    archive: sqlite3.Connection, about: Filter, name: str, minimum: int = 1, *, keep_isolated: bool = False
) -> Network:
    """The network of that name, one of NETWORKS; its edges are of `minimum` posts at least.

    Nodes come with most posts first, edges heaviest first. Nodes without an edge are left out unless asked for.
    """
    kind = NETWORKS[name]
    edges = _Edges(kind.edges(archive, about, minimum))
    every = kind.nodes(archive, about, 1 if keep_isolated else minimum)
    kept = (node for node in every if keep_isolated or node.id in edges.tied)
    nodes = sorted(kept, key=lambda node: (-node.n_posts, node.id))
    told = scope(archive, about, "posts")
    return Network(
        name,
        kind.title,
        kind.edge,
        kind.is_directed,
        nodes,
        edges,
        minimum,
        _filters.words(about, "posts"),
        f"{told.posts:,} embedded posts, {told.outlets:,} outlet{'' if told.outlets == 1 else 's'}",
        span(told),
    )


def strongest(network: Network, most: int) -> tuple[list[Node], list[Edge]]:
    """A part that can be drawn: the nodes of the heaviest edges, `most` at most, and all edges between these."""
    kept: set[str] = set()
    for edge in network.edges:
        joined = kept | {edge.source, edge.target}
        if len(joined) <= most:
            kept = joined
        if len(kept) == most:
            break
    nodes = [node for node in network.nodes if node.id in kept]
    return nodes, [edge for edge in network.edges if edge.source in kept and edge.target in kept]


class _Edges(Sequence[Edge]):
    """Edges as numbers, made when they are asked for: there may be a million. The heaviest come first, then by ids."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.tied: dict[str, int] = {}  # a number for each node that has an edge
        sources, targets, weights = array("q"), array("q"), array("q")
        for edge in edges:
            sources.append(self.tied.setdefault(edge.source, len(self.tied)))
            targets.append(self.tied.setdefault(edge.target, len(self.tied)))
            weights.append(edge.n_posts)
        self._ids = list(self.tied)
        places = array("q", bytes(8 * len(self._ids)))
        for place, name in enumerate(sorted(self._ids)):
            places[self.tied[name]] = place
        order = sorted(range(len(weights)), key=lambda i: places[sources[i]] << 32 | places[targets[i]])
        order.sort(key=weights.__getitem__, reverse=True)  # equal ones keep their order
        self._sources, self._targets, self._weights = (
            array("q", map(each.__getitem__, order)) for each in (sources, targets, weights)
        )

    def __len__(self) -> int:
        return len(self._weights)

    @overload
    def __getitem__(self, at: int) -> Edge: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Edge]: ...

    def __getitem__(self, at: int | slice) -> Edge | Sequence[Edge]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        return Edge(self._ids[self._sources[at]], self._ids[self._targets[at]], self._weights[at])

    def __iter__(self) -> Iterator[Edge]:
        for source, target, weight in zip(self._sources, self._targets, self._weights, strict=True):
            yield Edge(self._ids[source], self._ids[target], weight)


def _hashtags(archive: sqlite3.Connection, about: Filter, minimum: int) -> Iterable[Node]:
    for _, display, n in ask(archive, about, "posts", "hashtag_sizes", minimum=minimum):
        yield Node(_tag(display), f"#{display}", "hashtag", n)


def _together(archive: sqlite3.Connection, about: Filter, minimum: int) -> Iterable[Edge]:
    names = {
        number: _tag(display) for number, display, _ in ask(archive, about, "posts", "hashtag_sizes", minimum=minimum)
    }
    for one, other, n in ask(archive, about, "posts", "hashtag_pairs", minimum=minimum):
        yield _edge(names[one], names[other], n)


def _outlets(archive: sqlite3.Connection, about: Filter, _: int) -> Iterable[Node]:
    for domain, name, n, *_more in ask(archive, about, "posts", "outlets", limit=-1):
        yield Node(f"outlet:{domain}", domain, "outlet", n, None, name)


def _outlets_and_accounts(archive: sqlite3.Connection, about: Filter, minimum: int) -> Iterable[Node]:
    yield from _outlets(archive, about, minimum)
    for platform, handle, name, n, *_more in ask(archive, about, "posts", "authors", limit=-1):
        yield Node(_account(platform, handle), f"@{handle}", "account", n, platform, name)


def _embedding(archive: sqlite3.Connection, about: Filter, minimum: int) -> Iterable[Edge]:
    for domain, platform, handle, n, *_more in ask(archive, about, "posts", "who_embeds_whom", limit=-1):
        if n < minimum:
            return  # they come with most posts first
        yield Edge(f"outlet:{domain}", _account(platform, handle), n)


def _sharing(archive: sqlite3.Connection, about: Filter, minimum: int) -> Iterable[Edge]:
    for one, other, _, _, n in ask(archive, about, "posts", "outlet_pairs"):
        if n >= minimum:
            yield _edge(f"outlet:{one}", f"outlet:{other}", n)


def _edge(one: str, other: str, n: int) -> Edge:
    """An edge of no direction, always the same way round."""
    return Edge(one, other, n) if one < other else Edge(other, one, n)


def _tag(display: str) -> str:
    return f"hashtag:{entities.tag_key(display)}"


def _account(platform: str, handle: str) -> str:
    return f"account:{platform}:{handle}"


NETWORKS = {
    "hashtags": _Kind(
        "Hashtags used together",
        "an edge ties two hashtags, its weight is the posts that have both",
        _hashtags,
        _together,
    ),
    "accounts": _Kind(
        "Outlets and the accounts they embed",
        "an edge leads from an outlet to an account, its weight is the posts of the account that the outlet embeds",
        _outlets_and_accounts,
        _embedding,
        is_directed=True,
    ),
    "outlets": _Kind(
        "Outlets that embed the same posts",
        "an edge ties two outlets, its weight is the posts that both embed",
        _outlets,
        _sharing,
    ),
}
"""The networks that an archive has, by name."""
