"""Merkle trees as RFC 6962 builds them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

__all__ = ["Root", "leads_to", "leaf", "path"]

_LEAF, _NODE = b"\x00", b"\x01"  # so that no node can pass for a leaf
_EMPTY = hashlib.sha256(b"").digest()


class Root:
    """The root of a tree whose leaves come one after the other; of n leaves about log2(n) hashes are kept."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []  # the roots of the whole subtrees so far, the largest first

    def add(self, leaf: bytes) -> None:
        """Adds the hash of a further leaf."""
        self.size += 1
        number = self.size
        while number % 2 == 0:
            leaf = _node(self._whole.pop(), leaf)
            number //= 2
        self._whole.append(leaf)

    def digest(self) -> bytes:
        """The root of the leaves so far; of none the SHA-256 of nothing."""
        if not self._whole:
            return _EMPTY
        root, *rest = reversed(self._whole)
        for whole in rest:
            root = _node(whole, root)
        return root


def leaf(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256 of a zero byte and its data."""
    return hashlib.sha256(_LEAF + data).digest()


def path(leaves: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The hashes that prove a leaf to be one of so many, the nearest first (RFC 6962, 2.1.1)."""
    places = _siblings(index, size)
    roots = [Root() for _ in places]
    for number, each in enumerate(leaves):
        for (first, last), root in zip(places, roots, strict=True):
            if first <= number < last:
                root.add(each)
                break
    return [root.digest() for root in roots]


def leads_to(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf (RFC 9162, 2.1.3.2); None where it is no path of such a tree."""
    place, last = index, size - 1
    if not 0 <= index < size:
        return None
    for sibling in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            leaf = _node(sibling, leaf)
            while place and place % 2 == 0:
                place, last = place // 2, last // 2
        else:
            leaf = _node(leaf, sibling)
        place, last = place // 2, last // 2
    return leaf if last == 0 else None


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The first and the last (exclusive) leaf of each subtree beside the way from a leaf to the root."""
    first, last, found = 0, size, list[tuple[int, int]]()
    while last - first > 1:
        middle = first + (1 << (last - first - 1).bit_length() - 1)
        if index < middle:
            found.append((middle, last))
            last = middle
        else:
            found.append((first, middle))
            first = middle
    return found[::-1]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
