"""Networks read back: by networkx, and by a check of what GEXF 1.3's schema asks for."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archiver import store
from archiver.analysis.networks import Edge, Network, Node
from archiver.cli import cli
from archiver.exports import gexf, graphml
from tests.analysis.small import add, page, post

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
SPACE = "{http://gexf.net/1.3}"
HOSTILE = ['"><script>&', "\x00 \x1b[31m", "\ufffe \ud800", "line\none\ttwo", "%00", "\u202eright", "]]>", "&#0;"]
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=12)


def network(labels: list[str], ties: list[tuple[int, int, int]], *, is_directed: bool = False) -> Network:
    nodes = tuple(
        Node(f"hashtag:{label}", label, "hashtag", n, None if n % 2 else label, label) for n, label in enumerate(labels)
    )
    told = {tuple(sorted((a % len(nodes), b % len(nodes)))): n for a, b, n in ties}
    edges = tuple(Edge(nodes[a].id, nodes[b].id, n) for (a, b), n in told.items() if a != b)
    return Network("hashtags", labels[0], labels[0], is_directed, nodes, edges, 1, labels[0], "", "")


NETWORKS = st.builds(
    network,
    st.lists(TEXTS, min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 10**9)), max_size=6),
    is_directed=st.booleans(),
)


def wrong(path: Path) -> list[str]:
    """What a document breaks of the rules of GEXF 1.3 (gexf.net/schema.html) for static graphs without nesting."""
    root = ET.parse(path).getroot()  # noqa: S314  our own file
    meta, graph = root
    attributes, nodes, edges = graph
    held = {
        "root": (root.tag, root.get("version")) == (f"{SPACE}gexf", "1.3"),
        "parts": _tags(root) == ["meta", "graph"],
        "date": re.fullmatch(r"\d{4}-\d\d-\d\d", meta.get("lastmodifieddate", "")),
        "meta": set(_tags(meta)) <= {"creator", "keywords", "description"},
        "direction": graph.get("defaultedgetype") in ("directed", "undirected", "mutual"),
        "mode": graph.get("mode") == "static" and graph.get("idtype") == "string",
        "order": _tags(graph) == ["attributes", "nodes", "edges"],
        "attributes": attributes.get("class") == "node" and _apart(attributes),
        "types": {each.get("type") for each in attributes} <= {"integer", "string"},
        "nodes": _apart(nodes) and all(node.get("label") is not None for node in nodes),
        "edges": _apart(edges),
        "counts": (nodes.get("count"), edges.get("count")) == (str(len(nodes)), str(len(edges))),
    }
    return [rule for rule, holds in held.items() if not holds] + list(_loose(attributes, nodes, edges))


def _loose(attributes: ET.Element, nodes: ET.Element, edges: ET.Element) -> Iterator[str]:
    """Values of no declared attribute or of another type, edges to nowhere or without weight."""
    types = {each.get("id"): each.get("type") for each in attributes}
    ids = {node.get("id") for node in nodes}
    for value in nodes.iter(f"{SPACE}attvalue"):
        pattern = {"integer": r"-?\d+", "string": r"(?s).*", None: r"(?!)"}[types.get(value.get("for"))]
        if not re.fullmatch(pattern, value.attrib["value"]):
            yield f"value {value.attrib}"
    for edge in edges:
        if not {edge.get("source"), edge.get("target")} <= ids:
            yield f"edge {edge.attrib}"
        if not float(edge.get("weight", "nan")) > 0:
            yield f"weight {edge.attrib}"


def _tags(element: ET.Element) -> list[str]:
    return [child.tag.removeprefix(SPACE) for child in element]


def _apart(elements: ET.Element) -> bool:
    ids = [each.get("id") for each in elements]
    return None not in ids and len(set(ids)) == len(ids)


@given(told=NETWORKS)
def test_any_network_is_valid_gexf_and_read_back_by_networkx(
    told: Network, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("networks") / "told.gexf"
    gexf.write(told, path, WHEN)
    assert wrong(path) == []
    read = nx.read_gexf(path, version="1.3")
    same(read, told, "label")
    assert read.is_directed() == told.is_directed


@given(told=NETWORKS)
def test_any_network_is_graphml_that_networkx_reads_back(
    told: Network, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("networks") / "told.graphml"
    graphml.write(told, path)
    read = nx.read_graphml(path)
    same(read, told, "label")
    assert read.is_directed() == told.is_directed


def same(read: nx.Graph, told: Network, label: str) -> None:
    """Asserts that networkx has read the nodes and edges told, as far as XML can hold their letters."""
    plain = set(string.printable) - set("%\x0b\x0c\r")
    assert (len(read.nodes), len(read.edges)) == (len(told.nodes), len(told.edges))
    for node in told.nodes:
        if set(node.id) <= plain:
            assert read.nodes[node.id][label] == node.label
            assert (read.nodes[node.id]["n_posts"], read.nodes[node.id]["kind"]) == (node.n_posts, "hashtag")
    for edge in told.edges:
        if set(edge.source + edge.target) <= plain:
            assert read.edges[edge.source, edge.target]["weight"] == edge.n_posts


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ('version="1.3"', "root"),
        ("<creator>", "meta"),
        ('id="n_posts"', "value"),
        ('source="hashtag:a"', "edge"),
        ('count="2"', "counts"),
        ('weight="3"', "weight"),
    ],
)
def test_the_check_finds_what_is_broken(tmp_path: Path, broken: str, told: str) -> None:
    path = tmp_path / "told.gexf"
    gexf.write(network(["a", "b"], [(0, 1, 3)]), path, WHEN)
    text = path.read_text()
    assert wrong(path) == []
    spoilt = broken.replace("creator", "author") if "<" in broken else re.sub(r'"[^"]+"', '"0"', broken)
    text = text.replace(broken, spoilt)
    path.write_text(text.replace("</creator>", "</author>") if "<" in broken else text)
    assert any(each.startswith(told) for each in wrong(path))


def test_the_command_writes_what_a_filter_chooses(tmp_path: Path) -> None:
    db = tmp_path / "archive.db"
    archive = store.open_archive(db)
    add(archive, page("a.example/1", post(1, "ann", "#A #B"), post(2, "bob", "#A #C"), post(3, "cy", "#D")))
    archive.close()
    out = tmp_path / "tags"
    done = CliRunner().invoke(cli, ["export", "gexf", "--db", str(db), "--out", str(out), "--author", "bob"])
    assert done.output == f"{out}: 2 nodes, 1 edge\n"
    assert sorted(nx.read_gexf(out, version="1.3").nodes) == ["hashtag:a", "hashtag:c"]
    every = ["export", "graphml", "--db", str(db), "--out", str(out), "--isolated", "keep", "--minimum", "2"]
    assert CliRunner().invoke(cli, every).output == f"{out}: 4 nodes, 0 edges\n"
    assert [name.name for name in tmp_path.iterdir() if name.name.endswith(".part")] == []


def test_a_file_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    db = tmp_path / "archive.db"
    store.open_archive(db).close()
    done = CliRunner().invoke(cli, ["export", "gexf", "--db", str(db), "--out", str(tmp_path / "no" / "folder.gexf")])
    assert done.exit_code == 1
    assert "cannot be written: No such file or directory" in done.output
