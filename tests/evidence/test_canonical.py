from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UnreadableError
from archiver.evidence import canonical
from archiver.evidence._scanner import Scanner

# The examples of RFC 8785: its sections 3.2.2, 3.2.3 and some numbers of appendix B.
MIXED = r"""{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}"""
MIXED_FORM = (
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    r'"string":"€$\u000f\nA'
    "'"
    r'B\"\\\\\"/"}'
)
SORTED = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
ORDER = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé😀\ufb33", max_size=3), inner, max_size=4),
    max_leaves=12,
)


def test_the_examples_of_the_rfc_come_out_as_it_says() -> None:
    assert canonical.encoded(json.loads(MIXED)).decode() == MIXED_FORM
    assert list(json.loads(canonical.encoded(SORTED))) == ORDER


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (1e23, "1e+23")],
)
def test_numbers_come_out_as_the_rfc_says(value: float, text: str) -> None:
    assert canonical.encoded(value) == text.encode()


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", {"a": ["\udfff"]}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(UnreadableError, match="no canonical form"):
        canonical.encoded(value)


@given(JSON)
def test_a_value_is_read_back_from_its_canonical_form_and_has_one(value: object) -> None:
    text = canonical.encoded(value)
    assert json.loads(text) == value
    assert canonical.encoded(json.loads(json.dumps(value, indent=3))) == text


@given(
    st.lists(st.dictionaries(st.text("abcé😀", max_size=3), JSON, max_size=3), min_size=1, max_size=5),
    st.integers(1, 9),
)
def test_values_are_read_one_at_a_time_however_the_pieces_fall(values: list[object], size: int) -> None:
    class Pieces(io.StringIO):
        def read(self, _: int | None = -1) -> str:
            return super().read(size)

    scanner = Scanner(Pieces(",".join(canonical.encoded(each).decode() for each in values) + "]"), "it")
    found = [scanner.value()[1]]
    while not scanner.has("]"):
        scanner.take(",")
        found.append(scanner.value()[1])
    scanner.take("]")
    scanner.end()
    assert found == values


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":1}', '{"b":1,"a":2}', '{"a": 1}', '{"a":"\\u0041"}', '{"a":1.0}', '{"a":"\\ud800"}']
)
def test_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match="canonical"):
        Scanner(io.StringIO(text), "it").value()


@pytest.mark.parametrize("text", ['{"a":' + "[" * 100_000, "", "{", '{"a', "[]", "7"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError, match=r"^it: is no whole manifest"):
        Scanner(io.StringIO(text), "it").value()
