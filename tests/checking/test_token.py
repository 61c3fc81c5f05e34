from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.checking import token

# The first three are of the libraries that use it; the others are what V8 (Node 20) makes of the formula.
VECTORS = {
    "1217450156523692038": "2y8qdapq4",
    "1629307668568633344": "3y6mctgwzxo",
    "20": "6dq1a2xwd93",
    "29700859247": "4cpz7ioa439",
    "291895636918272": "xgcqpuylt9",
    "21368500568277588": "1v4pxqn9f8a",
    "895494634720187923": "265a2237kr",
    "336879138292273062": "tec4sa9u2x",
    "1416634109187857277": "3fmhjjy3at9",
    "6832857977215304": "lgsbtrvano",
    "338887797624662775": "tknb1ta22l",
    "644287851621603258": "1k838m6aad5d",
}


@pytest.mark.parametrize("post_id", VECTORS)
def test_the_token_is_what_javascript_makes_of_the_id(post_id: str) -> None:
    assert token(post_id) == VECTORS[post_id]


@given(st.integers(1, 2**63 - 1))
def test_every_id_has_a_token_without_zeros_and_points(number: int) -> None:
    made = token(str(number))
    assert made
    assert set(made) <= set("123456789abcdefghijklmnopqrstuvwxyz")
