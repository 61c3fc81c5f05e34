"""Bytes to text, tags to words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import soup


@pytest.mark.parametrize(
    ("body", "declared", "text", "encoding"),
    [
        ("é – ü".encode(), None, "é – ü", "utf-8"),
        ("é – ü".encode("cp1252"), None, "é – ü", "cp1252"),
        ("\ufeffé".encode(), "latin1", "é", "utf-8"),
        ("é".encode("utf-16"), None, "é", "utf-16-le"),
        ("ž".encode("iso-8859-2"), "iso-8859-2", "ž", "iso8859-2"),
        (
            b'<meta charset="windows-1251">' + "привет".encode("cp1251"),
            None,
            '<meta charset="windows-1251">привет',
            "cp1251",
        ),
        ("日本語のテキストがここにあります。".encode("euc-jp"), None, "日本語のテキストがここにあります。", "euc_jp"),
        ("é".encode(), "no-such-charset", "é", "utf-8"),
    ],
)
def test_an_encoding_is_found(body: bytes, declared: str | None, text: str, encoding: str) -> None:
    assert soup.decode(body, declared) == (text, encoding)


@given(st.binary(), st.none() | st.text())
def test_no_bytes_make_decoding_raise(body: bytes, declared: str | None) -> None:
    soup.decode(body, declared)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>two</b>\n   three<br>four</p>", "One two three\nfour"),
        ("<div><p>One</p><p>Two</p>three</div>", "One\n\nTwo\n\nthree"),
        ("<p>a<script>x</script><style>y</style><!-- z -->b</p>", "ab"),
        ('<p>a <img class="emoji" alt="🎉"><img alt="a photo"></p>', "a 🎉"),
        ('<a><span class="invisible">https://</span><span>example.com</span></a>', "example.com"),
        ("<p>&nbsp; a \u00a0 b </p>", "a b"),
    ],
)
def test_words_stand_as_a_reader_sees_them(html: str, text: str) -> None:
    assert soup.text(soup.parse(f"<main>{html}</main>").css("main")[0]) == text
