"""A network as GEXF 1.3, for Gephi."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from archiver import atomic
from archiver.analysis.networks import Network, Node
from archiver.exports import _letters

__all__ = ["write"]

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
  <meta lastmodifieddate="{day}">
    <creator>social-post archiver</creator>
    <description>{description}</description>
  </meta>
  <graph defaultedgetype="{direction}" idtype="string" mode="static">
    <attributes class="node">
      <attribute id="n_posts" title="n_posts" type="integer"/>
      <attribute id="kind" title="kind" type="string"/>
      <attribute id="platform" title="platform" type="string"/>
      <attribute id="name" title="name" type="string"/>
    </attributes>
"""


def write(network: Network, path: Path, at: datetime) -> None:
    """Writes a network, whole or not at all; an edge's weight is its posts. Raises ArchiveError.

    What XML cannot hold becomes a sign of replacement in labels, and is percent-encoded in ids.
    """
    with atomic.text(path) as file:
        file.writelines(_document(network, at))


def _document(network: Network, at: datetime) -> Iterator[str]:
    yield _HEAD.format(
        day=at.date().isoformat(),
        description=escape(_letters.xml(network.description)),
        direction="directed" if network.is_directed else "undirected",
    )
    yield f'    <nodes count="{len(network.nodes)}">\n'
    for node in network.nodes:
        yield f"      <node id={_id(node.id)} label={_value(node.label)}>\n        <attvalues>\n"
        yield "".join(f'          <attvalue for="{name}" value={_value(told)}/>\n' for name, told in _told(node))
        yield "        </attvalues>\n      </node>\n"
    yield f'    </nodes>\n    <edges count="{len(network.edges)}">\n'
    for number, edge in enumerate(network.edges):
        ends = f"source={_id(edge.source)} target={_id(edge.target)}"
        yield f'      <edge id="{number}" {ends} weight="{edge.n_posts}"/>\n'
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _told(node: Node) -> Iterator[tuple[str, str]]:
    yield "n_posts", str(node.n_posts)
    yield "kind", node.kind
    if node.platform is not None:
        yield "platform", node.platform
    if node.name is not None:
        yield "name", node.name


def _id(text: str) -> str:
    return quoteattr(_letters.xml_id(text))


def _value(text: str) -> str:
    return quoteattr(_letters.xml(text))
