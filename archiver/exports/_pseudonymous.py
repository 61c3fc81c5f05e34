"""Posts, articles and networks with pseudonyms in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archiver.analysis.networks import Network, Node
from archiver.analysis.posts import Citing, Listed, Shown
from archiver.exports.pseudonyms import Pseudonyms

__all__ = ["articles", "network", "posts"]


def posts(found: Iterable[Listed], by: Pseudonyms | None) -> Iterator[Listed]:
    """Posts without what names private accounts; as they are where no pseudonyms are given."""
    return (_post(each, by) if by else each for each in found)


def articles(found: Iterable[Citing], by: Pseudonyms | None) -> Iterator[Citing]:
    """Articles without the private accounts that their titles name; journalists, who sign them, stay."""
    return (replace(each, url=by.url(each.url), title=_told(by, "", each.title)) if by else each for each in found)


def network(found: Network, by: Pseudonyms | None) -> Network:
    """A network whose private accounts have pseudonyms; two spellings of an account become one node."""
    if by is None:
        return found
    ids = {node.id: node for node in (_node(each, by) for each in found.nodes)}
    renamed = {each.id: _node(each, by).id for each in found.nodes}
    edges = (replace(each, source=renamed[each.source], target=renamed[each.target]) for each in found.edges)
    return replace(found, nodes=tuple(ids.values()), edges=tuple(edges))


def _node(node: Node, by: Pseudonyms) -> Node:
    if node.kind != "account" or node.platform is None:
        return node
    handle = node.label.removeprefix("@")
    if by.is_public(node.platform, handle):
        return node
    told = by.handle(node.platform, handle)
    return replace(node, id=f"account:{node.platform}:{told}", label=f"@{told}", name=None)


def _post(post: Listed, by: Pseudonyms) -> Listed:
    is_public = bool(post.handle) and by.is_public(post.platform, post.handle or "")
    names = () if is_public else by.names(post.handle, post.author_name)
    told = replace(
        post,
        text=_told(by, post.platform, post.text, names),
        shown=tuple(_shown(each, by, post.platform, names) for each in post.shown),
    )
    if is_public:
        return told
    return replace(
        told,
        key=by.post(post.platform, post.key),
        permalink=None,
        handle=by.handle(post.platform, post.handle) if post.handle else None,
        author_name=None if post.handle or not post.author_name else by.handle(post.platform, post.author_name),
    )


def _shown(shown: Shown, by: Pseudonyms, platform: str, names: tuple[str, ...]) -> Shown:
    return replace(
        shown,
        page_url=by.url(shown.page_url),
        title=_told(by, platform, shown.title, names),
        wording=_told(by, platform, shown.wording, names),
        context_before=_told(by, platform, shown.context_before, names),
        context_after=_told(by, platform, shown.context_after, names),
    )


def _told(by: Pseudonyms, platform: str, text: str | None, names: tuple[str, ...] = ()) -> str | None:
    return by.text(platform, text, names) if text else text
