"""A network as GraphML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from archiver import atomic
from archiver.analysis.networks import Network, Node
from archiver.exports import _letters

__all__ = ["write"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
  <key id="description" for="graph" attr.name="description" attr.type="string"/>
  <key id="label" for="node" attr.name="label" attr.type="string"/>
  <key id="kind" for="node" attr.name="kind" attr.type="string"/>
  <key id="n_posts" for="node" attr.name="n_posts" attr.type="int"/>
  <key id="platform" for="node" attr.name="platform" attr.type="string"/>
  <key id="name" for="node" attr.name="name" attr.type="string"/>
  <key id="weight" for="edge" attr.name="weight" attr.type="int"/>
  <graph id="{name}" edgedefault="{direction}">
    <data key="description">{description}</data>
"""


def write(network: Network, path: Path) -> None:
    """Writes a network, whole or not at all; an edge's weight is its posts. Raises ArchiveError.

    What XML cannot hold becomes a sign of replacement in labels, and is percent-encoded in ids.
    """
    with atomic.text(path) as file:
        file.writelines(_document(network))


def _document(network: Network) -> Iterator[str]:
    yield _HEAD.format(
        name=network.name,
        direction="directed" if network.is_directed else "undirected",
        description=escape(_letters.xml(network.description)),
    )
    for node in network.nodes:
        told = "".join(f'<data key="{name}">{escape(_letters.xml(value))}</data>' for name, value in _told(node))
        yield f"    <node id={_id(node.id)}>{told}</node>\n"
    for edge in network.edges:
        ends = f"source={_id(edge.source)} target={_id(edge.target)}"
        yield f'    <edge {ends}><data key="weight">{edge.n_posts}</data></edge>\n'
    yield "  </graph>\n</graphml>\n"


def _told(node: Node) -> Iterator[tuple[str, str]]:
    yield "label", node.label
    yield "kind", node.kind
    yield "n_posts", str(node.n_posts)
    if node.platform is not None:
        yield "platform", node.platform
    if node.name is not None:
        yield "name", node.name


def _id(text: str) -> str:
    return quoteattr(_letters.xml_id(text))
