from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.datasette_plugin import forces, networks
from archiver.datasette_plugin.gexf import gexf
from archiver.datasette_plugin.networks import Edge, Node
from tests.explorer.sites import Site, archived, tweet
from tests.pages import capture

SPACE = {"g": "http://gexf.net/1.3"}


def nodes_of(edges: list[Edge]) -> list[Node]:
    names = dict.fromkeys(name for edge in edges for name in (edge.source, edge.target))
    return [Node(name, f"#{name}", "hashtag", 3, f"/-/hashtag/{name}") for name in names]


def many(n: int) -> list[Edge]:
    """A ring of n nodes, each joined to the next and to the first."""
    return [Edge(f"n{i}", f"n{(i + 1) % n}", 1 + i % 5) for i in range(n)] + [
        Edge("n0", f"n{i}", 2) for i in range(2, n, 3)
    ]


def test_a_network_is_drawn_alike_each_time() -> None:
    edges = many(30)
    one = networks.drawn(nodes_of(edges), edges)
    forces.places.cache_clear()
    assert networks.drawn(nodes_of(edges), edges) == one


def test_fifty_nodes_can_be_read() -> None:
    edges = many(50)
    drawing = networks.drawn(nodes_of(edges), edges)
    words = [(c.x + c.radius + 4, c.y - 7, c.x + c.radius + 4 + 7 * len(c.label), c.y + 7) for c in drawing.circles]
    pairs = [(a, b) for i, a in enumerate(words) for b in words[i + 1 :]]
    overlaps = [1 for a, b in pairs if min(a[2], b[2]) - max(a[0], b[0]) > 2 and min(a[3], b[3]) - max(a[1], b[1]) > 2]
    assert len(overlaps) <= 1
    left, top, wide, high = drawing.box
    for a in words:
        assert left <= a[0] <= a[2] <= left + wide
        assert top <= a[1] <= a[3] <= top + high
    assert wide < 1500


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 99)), max_size=20))
def test_any_network_gets_places_that_are_numbers(told: list[tuple[int, int, int]]) -> None:
    edges = [Edge(f"n{a}", f"n{b}", n) for a, b, n in told]
    drawing = networks.drawn(nodes_of(edges), edges)
    assert len(drawing.circles) == len(nodes_of(edges))
    assert all(abs(c.x) < 1e5 and abs(c.y) < 1e5 for c in drawing.circles)


def test_the_strongest_pairs_come_first_and_the_bounds_hold() -> None:
    edges = [Edge("a", "b", 9), Edge("c", "d", 1), Edge("a", "c", 5), Edge("e", "f", 4)]
    assert [e.number for e in networks.strongest(edges, 4, 1)] == [9, 5, 1]
    assert [e.number for e in networks.strongest(edges, 50, 4)] == [9, 5, 4]
    assert networks.strongest(edges, 50, 10) == []


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_names_are_well_formed_in_gexf(label: str, kind: str) -> None:
    nodes = [Node("a", label, kind, 1, "/"), Node("b", '"><script>\x00', "hashtag", 2, "/")]
    root = ET.fromstring(gexf(nodes, [Edge("a", "b", 3)], label, "2026-01-02"))  # noqa: S314
    assert len(root.findall(".//g:node", SPACE)) == 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    texts = ["Of #Otters and #Rivers", "Again #otters, #rivers", "Both #Rivers and #Lakes", "Only #Seas"]
    first = "".join(
        f"<p>Some words come first.</p>{tweet(text, 919659438700670976 + i, f'ann{i % 2}')}"
        for i, text in enumerate(texts)
    )
    other = f"<title>Other</title><p>Other words.</p>{tweet(texts[0], 919659438700670976, 'ann0')}"
    pages = {"https://gazette.example.com/a": f"<title>Pairs</title>{first}", "https://news.example.org/b": other}
    file = tmp_path_factory.mktemp("network") / "archive.db"
    return archived(file, [capture(html, url=url) for url, html in pages.items()])


def graph(site: Site, path: str) -> tuple[dict[str, str], set[tuple[str, str, int]]]:
    """Labels by id, and edges by labels with their weights."""
    (answer,) = site.get(path)
    assert answer.headers["content-disposition"].startswith("attachment")
    root = ET.fromstring(answer.content)  # noqa: S314
    labels = {n.attrib["id"]: n.attrib["label"] for n in root.findall(".//g:node", SPACE)}
    edges = {
        (*sorted((labels[e.attrib["source"]], labels[e.attrib["target"]])), int(e.attrib["weight"]))
        for e in root.findall(".//g:edge", SPACE)
    }
    return labels, edges  # type: ignore[return-value]


def test_hashtags_used_together_are_counted_by_posts(site: Site) -> None:
    labels, edges = graph(site, "/-/network/hashtags.gexf")
    assert {label.casefold() for label in labels.values()} == {"#otters", "#rivers", "#lakes"}
    assert {(a.casefold(), b.casefold(), n) for a, b, n in edges} == {
        ("#otters", "#rivers", 2),
        ("#lakes", "#rivers", 1),
    }


def test_the_network_of_one_tag_is_that_of_its_posts(site: Site) -> None:
    _, edges = graph(site, "/-/network/hashtags.gexf?with=lakes")
    assert {(a.casefold(), b.casefold(), n) for a, b, n in edges} == {("#lakes", "#rivers", 1)}


def test_outlets_and_accounts_are_joined_by_posts(site: Site) -> None:
    _, edges = graph(site, "/-/network/outlets.gexf")
    assert edges == {("@ann0", "example.com", 2), ("@ann1", "example.com", 2), ("@ann0", "example.org", 1)}


def test_the_threshold_leaves_weaker_pairs_out(site: Site) -> None:
    _, edges = graph(site, "/-/network/hashtags.gexf?least=2")
    assert [n for *_, n in edges] == [2]
    page = site.page("/-/network/hashtags?least=2")
    assert len(page.css(".drawing a.node")) == 2
    assert len(page.css(".drawing line")) == 1
    assert "No two share 9 posts" in site.get("/-/network/hashtags?least=9")[0].text


def test_the_drawing_has_a_link_for_each_node_and_a_table_of_pairs(site: Site) -> None:
    page = site.page("/-/network/outlets?nodes=80")
    links = {a.attributes["href"] for a in page.css(".drawing a.node")}
    assert links == {
        "/-/outlet/example.com",
        "/-/outlet/example.org",
        "/-/author/twitter/ann0",
        "/-/author/twitter/ann1",
    }
    assert len(page.css("details.numbers tbody tr")) == 3


@pytest.mark.parametrize("query", ["nodes=-1", "nodes=x", "nodes=99999999999", "least=0", "least=²", "nodes=1&least=1"])
def test_odd_bounds_are_brought_to_sense(site: Site, query: str) -> None:
    assert site.get(f"/-/network/hashtags?{query}")[0].status_code == 200


def test_an_empty_archive_has_networks_without_nodes(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = archived(tmp_path_factory.mktemp("empty") / "archive.db", {})
    assert "No post here has two hashtags" in empty.get("/-/network/hashtags")[0].text
    assert graph(empty, "/-/network/outlets.gexf") == ({}, set())
