from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from archiver.evidence import merkle

# The trees of Certificate Transparency's own tests: these leaves, and the roots of the first 1, 2, ... 8 of them.
LEAVES = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = """6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328""".split()


def root(leaves: list[bytes]) -> bytes:
    tree = merkle.Root()
    for each in leaves:
        tree.add(merkle.leaf(each))
    return tree.digest()


def as_the_rfc_defines(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + as_the_rfc_defines(leaves[:k]) + as_the_rfc_defines(leaves[k:])).digest()


def test_roots_are_those_of_certificate_transparency() -> None:
    assert [root(LEAVES[:n]).hex() for n in range(1, 9)] == ROOTS
    assert root([]).hex() == hashlib.sha256(b"").hexdigest()


def test_a_path_is_that_of_certificate_transparency() -> None:
    path = merkle.path(map(merkle.leaf, LEAVES[:3]), 2, 3)
    assert [each.hex() for each in path] == [ROOTS[1]]


@given(st.lists(st.binary(max_size=3), min_size=1, max_size=70), st.data())
def test_every_leaf_has_a_path_to_the_root_and_to_no_other_place(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    hashes = [merkle.leaf(each) for each in leaves]
    wanted = root(leaves)
    assert wanted == as_the_rfc_defines(leaves)
    path = merkle.path(hashes, index, len(leaves))
    assert merkle.leads_to(hashes[index], index, len(leaves), path) == wanted
    assert merkle.leads_to(merkle.leaf(b"other"), index, len(leaves), path) != wanted
    assert merkle.leads_to(hashes[index], index, len(leaves), [*path, wanted]) != wanted
    assert merkle.leads_to(hashes[index], len(leaves), len(leaves), path) is None
    if path:
        assert merkle.leads_to(hashes[index], index, len(leaves), path[:-1]) is None


def test_a_node_cannot_pass_for_a_leaf() -> None:
    whole = root([b"a", b"b"])
    halves = merkle.leaf(b"a") + merkle.leaf(b"b")
    assert root([halves]) != whole
    assert root([b"\x01" + halves]) != whole
