from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.sources._bodies import Damaged, Decoder, TooLarge, UnknownCoding, dechunked, decoded, readable

LARGEST = 1 << 20
PAGE = b"<!doctype html><p>" + b" ".join(b"word %d" % n for n in range(20_000))


def _raw_deflate(body: bytes) -> bytes:
    pack = zlib.compressobj(wbits=-15)
    return pack.compress(body) + pack.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip ": gzip.compress,
    "deflate": zlib.compress,
    " deflate": _raw_deflate,
    "br": lambda body: brotli.compress(body, quality=5),
    "zstd": zstandard.compress,
    "identity": bytes,
    "": bytes,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body), quality=5),
    "zstd,deflate": lambda body: zlib.compress(zstandard.compress(body)),
}


FAST: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda body: gzip.compress(body, 1),
    "deflate": lambda body: zlib.compress(body, 1),
    "br": lambda body: brotli.compress(body, quality=1),
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", CODINGS)
def test_each_coding_is_undone_whole_and_byte_by_byte(coding: str) -> None:
    packed = CODINGS[coding](PAGE)
    assert decoded(packed, coding, LARGEST) == PAGE
    decoder = Decoder(coding, LARGEST)
    assert b"".join(decoder.feed(packed[at : at + 1]) for at in range(len(packed))) + decoder.finish() == PAGE


@given(body=st.binary(max_size=3000), coding=st.sampled_from(sorted(CODINGS)), size=st.integers(1, 700))
@example(body=b"a" * 3000, coding="br", size=1)
def test_what_was_packed_comes_back_however_it_is_cut(body: bytes, coding: str, size: int) -> None:
    packed = CODINGS[coding](body)
    decoder = Decoder(coding, len(body))
    assert b"".join(decoder.feed(packed[at : at + size]) for at in range(0, len(packed), size)) == body
    assert decoder.finish() == b""
    assert readable(packed, None, coding, max(len(body), len(packed))) == body or not body


@pytest.mark.parametrize("coding", [None, "", "identity", "gzip", "br", "zstd", "deflate"])
def test_an_empty_body_is_empty_in_every_coding(coding: str | None) -> None:
    assert decoded(b"", coding, LARGEST) == b""


@pytest.mark.parametrize("coding", CODINGS)
def test_the_limit_is_that_of_the_decoded_body(coding: str) -> None:
    packed = CODINGS[coding](PAGE)
    assert decoded(packed, coding, len(PAGE)) == PAGE
    with pytest.raises(TooLarge, match=r"is larger than \d+ bytes"):
        decoded(packed, coding, len(PAGE) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "zstd, zstd"])
def test_a_bomb_is_stopped_before_it_fills_the_memory(coding: str) -> None:
    pack = FAST[coding.partition(",")[0]]
    bomb = pack(pack(bytes(64 << 20))) if "," in coding else pack(bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge, match="is larger than 1 MB"):
            decoded(bomb, coding, LARGEST)
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


def test_a_body_as_large_as_pieces_are_is_not_cut() -> None:
    for size in ((1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20):
        for coding in ("gzip", "deflate", " deflate", "br", "zstd"):
            assert decoded(CODINGS[coding](bytes(size)), coding, 4 << 20) == bytes(size)


@pytest.mark.parametrize("coding", ["gzip", "deflate", " deflate", "br", "zstd"])
def test_a_body_cut_off_is_damaged_but_its_beginning_can_be_read(coding: str) -> None:
    packed = CODINGS[coding](PAGE)
    cut = packed[: len(packed) * 9 // 10]
    with pytest.raises(Damaged, match="ends before its end"):
        decoded(cut, coding, LARGEST)
    found = readable(cut, None, coding, LARGEST)
    assert PAGE.startswith(found)
    assert len(found) > len(PAGE) // 3 or coding == "zstd"  # which gives whole blocks only


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_body_that_is_not_what_it_says_stands_as_it_is(coding: str) -> None:
    page = b"<html>plain</html>"
    with pytest.raises(Damaged, match="is damaged"):
        decoded(page, coding, LARGEST)
    assert readable(page, None, coding, LARGEST) == page


def test_a_flipped_byte_leaves_what_came_before_it() -> None:
    packed = bytearray(gzip.compress(PAGE * 20))
    packed[len(packed) * 3 // 4] ^= 0xFF
    with pytest.raises(Damaged):
        decoded(bytes(packed), "gzip", 100 << 20)
    found = readable(bytes(packed), None, "gzip", 100 << 20)
    assert len(found) > len(PAGE) * 5
    assert (PAGE * 20).startswith(found[: len(PAGE) * 5])


@pytest.mark.parametrize("garbage", [b"\x00" * 512, b"garbage", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08 no gzip at all"])
def test_what_follows_a_whole_gzip_body_is_left_out(garbage: bytes) -> None:
    packed = gzip.compress(PAGE) + garbage
    assert decoded(packed, "gzip", LARGEST) == PAGE or garbage == b"\x1f\x8b\x08 no gzip at all"
    assert readable(packed, None, "gzip", LARGEST) == PAGE
    decoder = Decoder("gzip", LARGEST)
    assert b"".join(decoder.feed(packed[at : at + 1]) for at in range(len(packed))) == PAGE


def test_further_members_and_frames_belong_to_the_body() -> None:
    assert decoded(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", LARGEST) == b"one two"
    assert decoded(zstandard.compress(b"one ") + zstandard.compress(b"two"), "zstd", LARGEST) == b"one two"
    assert decoded(zstandard.compress(PAGE) + b"garbage", "zstd", LARGEST) == PAGE
    with pytest.raises(Damaged, match="ends before"):
        decoded(gzip.compress(b"one ") + gzip.compress(b"two")[:-9], "gzip", LARGEST)


def test_a_zstd_body_may_not_ask_for_more_memory_than_browsers_grant() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    packed = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    with pytest.raises(Damaged):
        decoded(packed.compress(b"a" * 1000) + packed.flush(), "zstd", LARGEST)


@pytest.mark.parametrize("coding", ["compress", "utf-8", "gzip, sdch", "x" * 1000])
def test_an_unknown_coding_is_named(coding: str) -> None:
    with pytest.raises(UnknownCoding, match=r"is encoded as .{1,40}, which is not known"):
        Decoder(coding, LARGEST)
    assert readable(b"<p>", None, coding, LARGEST) == b"<p>"


def test_codings_without_end_are_refused() -> None:
    assert decoded(gzip.compress(b"a"), "gzip, identity, identity, none, identity", LARGEST) == b"a"
    with pytest.raises(UnknownCoding, match="is encoded 5 times"):
        Decoder("gzip, gzip, gzip, gzip, gzip", LARGEST)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
        (b"5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: a\r\n\r\n", b"hello world"),
        (b"005 \nhello\nA\n0123456789\n0\n\n", b"hello0123456789"),
        (b"0\r\n\r\n", b""),
        (b"5\r\nhello\r\n", b"hello"),  # no last chunk
        (b"5\r\nhello\r\n9\r\n wor", b"hello wor"),  # cut off
        (b"5\r\nhello\r\nnonsense", b"hello"),
        (b"fffffffffffffff\r\nhello", b"hello"),
        (b"0000000000000000005\r\nhello\r\n0\r\n", b"hello"),
        (b"ffffffffffffffff\r\nhello", b"ffffffffffffffff\r\nhello"),  # no size that can be
        (b"<html>not chunked</html>", b"<html>not chunked</html>"),
        (b"fed\r\nup with headers that lie: " + b"." * 0xFED, b"fed\r\nup with headers that lie: " + b"." * 0xFED),
        (b"", b""),
        (b"-5\r\nhello", b"-5\r\nhello"),
    ],
)
def test_chunks_are_joined_as_far_as_they_can_be_followed(body: bytes, found: bytes) -> None:
    assert dechunked(body) == found


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=10))
def test_what_was_chunked_comes_back(chunks: list[bytes]) -> None:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    assert dechunked(framed) == b"".join(chunks)
    assert readable(framed, "Chunked", None, LARGEST) == b"".join(chunks)


@given(body=st.binary(max_size=300), coding=st.sampled_from([*sorted(CODINGS), "gzip, br, zstd, deflate"]))
def test_no_bytes_are_unreadable(body: bytes, coding: str) -> None:
    assert len(readable(body, "chunked", coding, 1 << 20)) <= 1 << 20
    assert len(dechunked(body)) <= len(body)


def test_transfer_codings_are_undone_before_the_content_is() -> None:
    packed = gzip.compress(brotli.compress(PAGE))
    framed = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    assert readable(framed, "gzip, chunked", "br", LARGEST) == PAGE
    assert readable(gzip.compress(PAGE), "chunked", "gzip", LARGEST) == PAGE  # chunks taken away, the header left
    with pytest.raises(TooLarge):
        readable(PAGE, "chunked", None, 1000)
