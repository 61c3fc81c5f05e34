"""`archiver export graphml`: networks as GraphML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from archiver.analysis import networks
from archiver.cli import _common, _out
from archiver.cli._filters import chosen, filtering
from archiver.cli.export import _pseudonyms, _written
from archiver.exports import _pseudonymous, graphml

__all__ = ["command"]

_EPILOG = """\b
Examples:
  archiver export graphml --out hashtags.graphml --minimum 2
  archiver export graphml --out accounts.graphml --network accounts --platform twitter

igraph, Cytoscape, yEd, Gephi and networkx read it.
Nodes have n_posts and kind (hashtag, outlet, account), accounts their platform;
the weight of an edge is the number of posts that tie its ends.
"""


@click.command("graphml", epilog=_EPILOG)
@_common.existing
@_out.file
@_written.network_options
@_pseudonyms.pseudonymising
@filtering
def command(db: Path, out: Path, name: str, minimum: int, isolated: str, **options: Any) -> None:
    """Write a network of what a filter chooses as GraphML."""
    by = _pseudonyms.asked(options)
    about = chosen(options)
    with _common.read(db) as archive:
        whole = networks.of(archive, about, name, minimum, keep_isolated=isolated == "keep")
        network = _pseudonymous.network(whole, by)
        graphml.write(network, out)
    nodes, edges = _common.many(len(network.nodes), "node"), _common.many(len(network.edges), "edge")
    _common.put(f"{out}: {nodes}, {edges}")
