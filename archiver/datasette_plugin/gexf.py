"""A network as GEXF 1.3, for Gephi."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from archiver.datasette_plugin.networks import Edge, Node

__all__ = ["gexf"]

_NAMESPACE = "http://gexf.net/1.3"
# What XML 1.0 cannot hold, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gexf(nodes: Iterable[Node], edges: Iterable[Edge], description: str, day: str) -> bytes:
    """An XML document; `day` is the day of its making, YYYY-MM-DD."""
    root = ET.Element("gexf", {"xmlns": _NAMESPACE, "version": "1.3"})
    meta = ET.SubElement(root, "meta", {"lastmodifieddate": day})
    ET.SubElement(meta, "creator").text = "social-post archiver"
    ET.SubElement(meta, "description").text = _clean(description)
    graph = ET.SubElement(root, "graph", {"defaultedgetype": "undirected", "mode": "static"})
    attributes = ET.SubElement(graph, "attributes", {"class": "node"})
    for number, (title, kind) in enumerate((("posts", "integer"), ("kind", "string"))):
        ET.SubElement(attributes, "attribute", {"id": str(number), "title": title, "type": kind})
    all_nodes = ET.SubElement(graph, "nodes")
    for node in nodes:
        element = ET.SubElement(all_nodes, "node", {"id": _clean(node.id), "label": _clean(node.label)})
        values = ET.SubElement(element, "attvalues")
        ET.SubElement(values, "attvalue", {"for": "0", "value": str(node.number)})
        ET.SubElement(values, "attvalue", {"for": "1", "value": _clean(node.kind)})
    all_edges = ET.SubElement(graph, "edges")
    for number, edge in enumerate(edges):
        ends = {"source": _clean(edge.source), "target": _clean(edge.target)}
        ET.SubElement(all_edges, "edge", {"id": str(number), **ends, "weight": str(edge.number)})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
