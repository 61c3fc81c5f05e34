"""Networks: hashtags used together, outlets and the accounts they embed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from archiver.datasette_plugin import networks
from archiver.datasette_plugin.gexf import gexf
from archiver.datasette_plugin.networks import Edge, Node
from archiver.datasette_plugin.newest import NEWEST
from archiver.datasette_plugin.pages import _archive, _cards
from archiver.datasette_plugin.pages._archive import Archive, Row

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__ = ["view"]

_MOST_PAIRS = 20_000
_NODES, _MOST_NODES = 50, 80
_LIMIT_MS = 2000


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    unit: str
    other: str


_KINDS = {
    "hashtags": _Kind("Hashtags used together", "hashtags", "outlets"),
    "outlets": _Kind("Outlets and the accounts they embed", "outlets and accounts", "hashtags"),
}


async def view(request: Request, datasette: Datasette) -> Response:
    """`/-/network/hashtags` (`?with=TAG`) and `/-/network/outlets`; `?nodes=` and `?least=` bound what is drawn."""
    archive = await _archive.of(datasette, request)
    name = request.url_vars["kind"]
    kind = _KINDS.get(name)
    if kind is None:
        raise NotFound("There are two networks: hashtags and outlets")
    centre = await _centre(archive, request) if name == "hashtags" else None
    pairs, nodes_of = await (_hashtags(archive, centre) if name == "hashtags" else _outlets(archive))
    most = min(max(_number(request, "nodes", _NODES), 2), _MOST_NODES)
    least = max(_number(request, "least", 1), 1)
    if request.url_vars.get("ending"):
        return _download(name, kind, [edge for edge in pairs or () if edge.number >= least], nodes_of)
    edges = networks.strongest(pairs or (), most, least)
    nodes = [nodes_of[i] for i in dict.fromkeys(i for edge in edges for i in (edge.source, edge.target))]
    all_nodes = {i for edge in pairs or () for i in (edge.source, edge.target)}
    told = {
        "database": archive.name,
        "archive": archive,
        "name": name,
        "kind": kind,
        "centre": centre,
        "drawing": await asyncio.to_thread(networks.drawn, nodes, edges),
        "edges": [(nodes_of[edge.source], nodes_of[edge.target], edge.number) for edge in edges[:60]],
        "n_nodes": len(nodes),
        "n_edges": len(edges),
        "left_out": len(all_nodes) - len(nodes),
        "nodes": most,
        "most_nodes": _MOST_NODES,
        "least": least,
        "drawn_least": min((edge.number for edge in edges), default=0),
        "late": pairs is None,
        "newest": NEWEST,
        "is_cut": await _is_cut(archive) if centre is None else centre["n_posts"] > NEWEST,
        "here": archive.path("network", name),
        "other_href": archive.path("network", kind.other),
        "gexf_href": archive.path("network", name, ending=".gexf", args=_args(least, centre)),
    }
    return Response.html(await datasette.render_template("explorer/network.html", told, request))


async def _hashtags(archive: Archive, centre: Row | None) -> tuple[list[Edge] | None, dict[str, Node]]:
    """Pairs of tags by their posts: of the newest posts, or of those that have one tag."""
    chosen = _NEWEST_POSTS if centre is None else _POSTS_OF_TAG
    params = {"newest": NEWEST, "pairs": _MOST_PAIRS, "id": centre["id"] if centre else None}
    rows = await archive.rows(chosen + _TAG_PAIRS, _LIMIT_MS, **params)
    ids = {i for row in rows or () for i in (row["a"], row["b"])}
    named = await archive.rows(_TAGS, _LIMIT_MS, ids=str(sorted(ids))) or []
    nodes = {
        f"h{row['id']}": Node(
            f"h{row['id']}", f"#{row['display']}", "hashtag", row["n_posts"], archive.path("hashtag", row["display"])
        )
        for row in named
    }
    return _edges(rows, "h", "h", nodes), nodes


async def _outlets(archive: Archive) -> tuple[list[Edge] | None, dict[str, Node]]:
    """Pairs of outlet and account by the posts of the account that the outlet embeds, among the newest posts."""
    rows = await archive.rows(_NEWEST_POSTS + _OUTLET_PAIRS, _LIMIT_MS, newest=NEWEST, pairs=_MOST_PAIRS)
    outlets = await archive.rows(_OUTLETS, ids=str(sorted({row["a"] for row in rows or ()}))) or []
    authors = await archive.rows(_AUTHORS, ids=str(sorted({row["b"] for row in rows or ()}))) or []
    nodes = {
        f"o{row['id']}": Node(
            f"o{row['id']}", row["domain"], "outlet", row["n_posts"], archive.path("outlet", row["domain"])
        )
        for row in outlets
    } | {
        f"a{row['id']}": Node(
            f"a{row['id']}",
            f"@{row['handle']}",
            "account",
            row["n_posts"],
            archive.path("author", row["platform"], row["handle"]),
        )
        for row in authors
    }
    return _edges(rows, "o", "a", nodes), nodes


def _edges(rows: list[Row] | None, one: str, other: str, nodes: dict[str, Node]) -> list[Edge] | None:
    if rows is None:
        return None
    edges = [Edge(f"{one}{row['a']}", f"{other}{row['b']}", row["n"]) for row in rows]
    return [edge for edge in edges if edge.source in nodes and edge.target in nodes]


def _download(name: str, kind: _Kind, edges: list[Edge], nodes_of: dict[str, Node]) -> Response:
    nodes = [nodes_of[i] for i in dict.fromkeys(i for edge in edges for i in (edge.source, edge.target))]
    description = f"{kind.title}; the weight of an edge is the number of posts that both share."
    body = gexf(nodes, edges, description, datetime.now(UTC).date().isoformat())
    headers = {"Content-Disposition": f'attachment; filename="{name}.gexf"'}
    return Response(body, content_type="application/gexf+xml", headers=headers)


async def _centre(archive: Archive, request: Request) -> Row | None:
    told = request.args.get("with")
    if not told:
        return None
    row = await archive.row(_TAG, tag=_cards.tag_of(told), display=told.removeprefix("#"))
    if row is None:
        raise NotFound(f"No post here has the hashtag #{told.removeprefix('#')}")
    return row | {"href": archive.path("hashtag", row["display"])}


async def _is_cut(archive: Archive) -> bool:
    row = await archive.row("select sum(n_posts) as n from post_stats")
    return bool(row and (row["n"] or 0) > NEWEST)


def _args(least: int, centre: Row | None) -> dict[str, object]:
    return {"least": least} | ({"with": centre["display"]} if centre else {})


def _number(request: Request, name: str, default: int) -> int:
    told = request.args.get(name) or ""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else default


_NEWEST_POSTS = """with chosen as materialized (
        select id as post_id from posts where n_embeds > 0 order by id desc limit :newest
    ) """
_POSTS_OF_TAG = """with chosen as materialized (
        select post_id from post_hashtags where hashtag_id = :id and is_embedded order by post_id desc limit :newest
    ) """
_TAG_PAIRS = """select one.hashtag_id as a, other.hashtag_id as b, count(*) as n from chosen
    cross join post_hashtags as one on one.post_id = chosen.post_id
    cross join post_hashtags as other on other.post_id = one.post_id and other.hashtag_id > one.hashtag_id
    group by 1, 2 order by 3 desc, 1, 2 limit :pairs"""
_OUTLET_PAIRS = """select post_outlets.outlet_id as a, post_outlets.author_id as b, count(*) as n from chosen
    cross join post_outlets on post_outlets.post_id = chosen.post_id
    where post_outlets.author_id is not null group by 1, 2 order by 3 desc, 1, 2 limit :pairs"""
_TAG = "select id, display, n_posts from hashtags where tag = :tag or display = :display limit 1"
_TAGS = "select id, display, n_posts from hashtags where id in (select value from json_each(:ids))"
_OUTLETS = "select id, domain, n_posts from outlets where id in (select value from json_each(:ids))"
_AUTHORS = "select id, platform, handle, n_posts from authors where id in (select value from json_each(:ids))"
