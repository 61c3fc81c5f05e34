"""Networks: hashtags, outlets, accounts, and what ties them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
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
    edges = sorted(kind.edges(archive, about, minimum), key=lambda e: (-e.n_posts, e.source, e.target))
    tied = {end for edge in edges for end in (edge.source, edge.target)}
    every = kind.nodes(archive, about, 1 if keep_isolated else minimum)
    nodes = sorted((n for n in every if keep_isolated or n.id in tied), key=lambda node: (-node.n_posts, node.id))
    told = scope(archive, about, "posts")
    return Network(
        name,
        kind.title,
        kind.edge,
        kind.is_directed,
        tuple(nodes),
        tuple(edges),
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
    nodes = [node for node in network.nodes if node.id in kept]
    return nodes, [edge for edge in network.edges if edge.source in kept and edge.target in kept]


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
