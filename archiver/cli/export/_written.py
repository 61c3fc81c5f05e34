"""What exports share: options of networks, of bibliographies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from archiver.analysis.networks import NETWORKS

__all__ = ["network_options", "what"]

_F = TypeVar("_F", bound=Callable[..., None])


def network_options(command: _F) -> _F:
    """The options of a network: which, its least edges, its nodes without edges."""
    for option in reversed(_NETWORK):
        command = option(command)
    return command


def what(command: _F) -> _F:
    """The option of a bibliography: what is cited."""
    return click.option(
        "--what",
        type=click.Choice(["posts", "articles", "both"]),
        default="both",
        show_default=True,
        help="Posts, the articles that embed them, or both.",
    )(command)


_NETWORK = (
    click.option(
        "--network",
        "name",
        type=click.Choice(list(NETWORKS)),
        default="hashtags",
        show_default=True,
        help="Hashtags used together; outlets and the accounts they embed; outlets that embed the same posts.",
    ),
    click.option(
        "--minimum",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Edges of at least N posts.",
    ),
    click.option(
        "--isolated",
        type=click.Choice(["drop", "keep"]),
        default="drop",
        show_default=True,
        help="Nodes without an edge.",
    ),
)
