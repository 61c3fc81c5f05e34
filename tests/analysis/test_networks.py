from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings

from archiver.analysis import Filter, networks
from archiver.analysis.networks import Edge, Network
from tests.analysis.small import Article, archive_of, articles, page, pages, post

ALL = Filter()


@pytest.fixture(scope="module")
def archive() -> Iterator[sqlite3.Connection]:
    """Two outlets, three accounts; #A and #B together twice, #A and #C once, #D alone."""
    first = post(1, "ann", "#A #B")
    told = [post(2, "bob", "#a #b"), post(3, "bob", "#A #C"), post(4, "cy", "#D")]
    with archive_of(
        [page("one.example/1", first, told[0], told[1]), page("two.example/2", first, told[2], site_name="Two")]
    ) as made:
        yield made


def edges(network: Network) -> list[tuple[str, str, int]]:
    return [(edge.source, edge.target, edge.n_posts) for edge in network.edges]


def test_hashtags_are_tied_by_the_posts_that_have_both(archive: sqlite3.Connection) -> None:
    network = networks.of(archive, ALL, "hashtags")
    assert edges(network) == [("hashtag:a", "hashtag:b", 2), ("hashtag:a", "hashtag:c", 1)]
    assert [(n.label, n.kind, n.n_posts) for n in network.nodes] == [
        ("#A", "hashtag", 3),
        ("#B", "hashtag", 2),
        ("#C", "hashtag", 1),
    ]
    assert not network.is_directed


def test_outlets_lead_to_the_accounts_they_embed(archive: sqlite3.Connection) -> None:
    network = networks.of(archive, ALL, "accounts")
    assert edges(network) == [
        ("outlet:one.example", "account:twitter:bob", 2),
        ("outlet:one.example", "account:twitter:ann", 1),
        ("outlet:two.example", "account:twitter:ann", 1),
        ("outlet:two.example", "account:twitter:cy", 1),
    ]
    assert network.is_directed
    kinds = {node.id: (node.kind, node.n_posts, node.platform, node.name) for node in network.nodes}
    assert kinds["outlet:two.example"] == ("outlet", 2, None, "Two")
    assert kinds["account:twitter:bob"] == ("account", 2, "twitter", "Bob")


def test_outlets_are_tied_by_the_posts_that_both_embed(archive: sqlite3.Connection) -> None:
    assert edges(networks.of(archive, ALL, "outlets")) == [("outlet:one.example", "outlet:two.example", 1)]


def test_weak_edges_and_the_nodes_that_lose_all_are_left_out(archive: sqlite3.Connection) -> None:
    network = networks.of(archive, ALL, "hashtags", 2)
    assert edges(network) == [("hashtag:a", "hashtag:b", 2)]
    assert [node.label for node in network.nodes] == ["#A", "#B"]
    assert "fewer than 2 posts are left out" in network.description


def test_nodes_without_an_edge_are_kept_where_asked_for(archive: sqlite3.Connection) -> None:
    network = networks.of(archive, ALL, "hashtags", 2, keep_isolated=True)
    assert edges(network) == [("hashtag:a", "hashtag:b", 2)]
    assert [node.label for node in network.nodes] == ["#A", "#B", "#C", "#D"]


def test_a_filter_chooses_the_posts(archive: sqlite3.Connection) -> None:
    network = networks.of(archive, Filter(authors=("bob",)), "hashtags")
    assert edges(network) == [("hashtag:a", "hashtag:b", 1), ("hashtag:a", "hashtag:c", 1)]
    assert "by bob" in network.description


def test_the_strongest_are_the_nodes_of_the_heaviest_edges() -> None:
    told = tuple(Edge(a, b, n) for a, b, n in [("x", "y", 5), ("v", "w", 4), ("y", "z", 3), ("x", "z", 1)])
    nodes = tuple(networks.Node(name, name, "hashtag", 1) for name in "vwxyz")
    network = Network("hashtags", "", "", False, nodes, told, 1, "", "", "")
    kept, between = networks.strongest(network, 3)
    assert [node.id for node in kept] == ["x", "y", "z"]
    assert [edge.n_posts for edge in between] == [5, 3, 1]


@given(articles())
@settings(max_examples=40, deadline=None)
def test_networks_are_what_counting_one_by_one_gives(told: Sequence[Article]) -> None:
    tags = {p.number: {t.lower() for t in p.tags} for a in told for p in a.posts}
    for article in told:
        for each in (*article.posts, *article.linked):
            if each.number in tags:  # some article embeds it; words around a mere link count too
                tags[each.number] |= {tag.lower() for tag in article.around}
    together = Counter(pair for each in tags.values() for pair in combinations(sorted(each), 2))
    shown = {(a.outlet, p.number) for a in told for p in a.posts if a.outlet}
    author = {p.number: (p.platform, p.author) for a in told for p in a.posts if p.author}
    embedding = Counter((outlet, author[n]) for outlet, n in shown if n in author)
    outlets = sorted({outlet for outlet, _ in shown})
    sharing = Counter((a, b) for a, b in combinations(outlets, 2) for n in author | tags if {(a, n), (b, n)} <= shown)
    with archive_of(pages(told)) as archive:
        found = {name: {(s, t): n for s, t, n in edges(networks.of(archive, ALL, name))} for name in networks.NETWORKS}
        loose = networks.of(archive, ALL, "hashtags", keep_isolated=True)
    assert found["hashtags"] == {(f"hashtag:{a}", f"hashtag:{b}"): n for (a, b), n in together.items()}
    assert found["accounts"] == {
        (f"outlet:{o}", f"account:{platform}:{handle}"): n for (o, (platform, handle)), n in embedding.items()
    }
    assert found["outlets"] == {(f"outlet:{a}", f"outlet:{b}"): n for (a, b), n in sharing.items()}
    assert {node.id for node in loose.nodes} == {f"hashtag:{tag}" for each in tags.values() for tag in each}
