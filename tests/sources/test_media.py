"""What kind of document some bytes are."""

from __future__ import annotations

import pytest

from archiver.sources import _media


@pytest.mark.parametrize("mark", [b"<!---->", b"<!-- x -->\n", b"<?xml?>", b" \n"])
def test_thousands_of_comments_before_a_page_take_no_time(mark: bytes) -> None:
    assert _media.kind("x", mark * 20_000 + b"x") == _media.TEXT
    assert _media.kind("x", mark * 20 + b"<p>x") in (_media.HTML, _media.TEXT)
