from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import TargetError, UnreadableError
from archiver.model import Capture, Failed
from archiver.sources._settings import Settings
from archiver.sources.archives import wacz
from tests.sources.archives import http, page, pages, record, warc

SETTINGS = Settings()
DATA = warc(pages(3))


def packed(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def read(data: bytes, tmp_path: Path) -> list[Capture | Failed]:
    path = tmp_path / "a.wacz"
    path.write_bytes(data)
    return list(wacz.read(str(path), SETTINGS))


def wrong(data: bytes, tmp_path: Path) -> list[str]:
    return [each.error.wrong for each in read(data, tmp_path) if isinstance(each, Failed)]


def refused(data: bytes, tmp_path: Path) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read(data, tmp_path)
    return caught.value


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_pages_of_each_warc_are_cited_within_it(how: int, tmp_path: Path) -> None:
    members = {
        "datapackage.json": b"{}",
        "archive/data.warc.gz": DATA,
        "archive/more.warc": warc([record(http(page(9)), 9)], "warc"),
        "archive/last.warc.zst": warc([record(http(page(10)), 10)], "warc.zst"),
        "indexes/index.cdx": b"",
        "pages/pages.jsonl": b"{}",
    }
    found = [each for each in read(packed(members, how), tmp_path) if isinstance(each, Capture)]
    assert [each.body for each in found] == [page(number) for number in (0, 1, 2, 9, 10)]
    for each in found:
        assert each.warc_file is not None
        assert each.warc_offset is not None
        assert each.warc_length is not None
        path, _, member = each.warc_file.partition("!/")
        assert path == str(tmp_path / "a.wacz")
        assert each.target == f"{each.warc_file}#{each.warc_offset}"
        cited = members[member][each.warc_offset : each.warc_offset + each.warc_length]
        number = int((each.url or "").rpartition("/")[2])
        assert warc([record(http(each.body), number)], member.partition(".")[2]) == cited


def test_a_zip_behind_other_bytes_is_read_too(tmp_path: Path) -> None:
    assert len(read(b"#!/bin/sh\n" * 99 + packed({"archive/data.warc.gz": DATA}), tmp_path)) == 3


def test_a_revisit_finds_its_page_in_a_stored_member(tmp_path: Path) -> None:
    again = record(b"", 8, "revisit", "WARC-Refers-To: <urn:uuid:1>\r\n")
    found = read(packed({"archive/a.warc.gz": DATA + warc([again])}), tmp_path)
    assert [each.body for each in found if isinstance(each, Capture)] == [*(page(n) for n in range(3)), page(1)]


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_warc_stops_no_other(how: int, tmp_path: Path) -> None:
    damaged = bytearray(warc(pages(5)))
    damaged[len(damaged) // 2] ^= 0xFF
    members = {"archive/a.warc.gz": bytes(damaged), "archive/b.warc.gz": b"no archive", "archive/c.warc.gz": DATA}
    found = read(packed(members, how), tmp_path)
    assert len([each for each in found if isinstance(each, Capture)]) == 4 + 3
    targets = [each.target.partition("!/")[2] for each in found if isinstance(each, Failed)]
    assert targets[0].startswith("archive/a.warc.gz#")
    assert targets[1:] == ["archive/b.warc.gz"]


def test_a_zip_cut_off_or_of_something_else_is_named(tmp_path: Path) -> None:
    whole = packed({"archive/data.warc.gz": DATA})
    for data in (b"", b"PK\x03\x04", whole[:-30], whole[:99], bytes(5000)):
        assert refused(data, tmp_path).wrong.startswith("is no WACZ file, or a damaged one")
    assert refused(packed({}), tmp_path).wrong == "holds no WARC file"
    assert refused(packed({"archive/a.txt": b""}), tmp_path).wrong == "holds no WARC file"
    nested = refused(packed({"inner.wacz": whole}), tmp_path)
    assert (nested.wrong, nested.cure) == ("holds no WARC file", "it holds WACZ files: unpack it, and name these")
    assert refused(packed({"archive/a.warc.gz": warc(pages(0))}), tmp_path).wrong == "holds no page"
    with pytest.raises(TargetError, match="cannot be read: No such file"):
        list(wacz.read(str(tmp_path / "none.wacz"), SETTINGS))


@pytest.mark.parametrize("name", ["../a.warc.gz", "archive/../../a.warc.gz", "/etc/a.warc.gz", "C:/a.warc.gz"])
def test_a_name_that_leads_out_is_refused(name: str, tmp_path: Path) -> None:
    assert wrong(packed({name: DATA}), tmp_path) == ["has a name that leads out of the archive"]


def test_names_with_control_characters_are_no_warcs(tmp_path: Path) -> None:
    assert refused(packed({"archive/\x1b[31m.warc.gz": DATA}), tmp_path).wrong == "holds no WARC file"


def test_an_encrypted_member_and_an_odd_packing_are_told(tmp_path: Path) -> None:
    data = bytearray(packed({"archive/data.warc.gz": DATA}))
    listed = data.rindex(b"PK\x01\x02")
    data[listed + 8] |= 1
    assert wrong(bytes(data), tmp_path) == ["is encrypted"]
    odd = packed({"archive/data.warc.gz": DATA}, zipfile.ZIP_BZIP2)
    assert wrong(odd, tmp_path) == ["is packed in a way that is not known"]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    data = packed({"archive/bomb.warc": bytes(40 << 20)}, zipfile.ZIP_DEFLATED)
    assert wrong(data, tmp_path) == ["unpacks to more than 100 times its size"]


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    data = packed({"archive/data.warc.gz": DATA})
    start = data.rindex(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    entry = data[start:end]
    many = b"".join(entry.replace(b"data.", b"%04d." % n) for n in range(300))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 300, 300, len(many), start, 0)
    assert refused(data[:start] + many + tail, tmp_path).wrong == "has members that overlap"


def test_a_list_of_members_that_fills_the_memory_is_not_read(tmp_path: Path) -> None:
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 64 << 20, 0, 0)
    assert refused(packed({"archive/a.warc.gz": DATA}) + tail, tmp_path).wrong == "has too many members"
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 64 << 20, 0)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert refused(large + tail, tmp_path).wrong == "has too many members"


def test_a_member_that_is_not_where_the_list_says_is_told(tmp_path: Path) -> None:
    data = packed({"archive/data.warc.gz": DATA})
    assert wrong(b"XX" + data[2:], tmp_path) == ["is damaged: it does not stand where the list of members says"]


@settings(max_examples=150, deadline=None)
@given(
    how=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8),
    from_end=st.booleans(),
)
def test_no_damage_is_more_than_a_failure(
    how: int, changes: list[tuple[int, int]], from_end: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(packed({"archive/data.warc.gz": DATA, "archive/more.warc.gz": DATA}, how))
    for at, value in changes:
        at = at % 300 if from_end else at % len(data)
        data[-at - 1 if from_end else at] = value
    path = tmp_path_factory.getbasetemp() / "damaged.wacz"
    path.write_bytes(data)
    found = []
    with suppress(UnreadableError):
        found = list(wacz.read(str(path), SETTINGS))
    assert {each.target.partition("!/")[0].partition("#")[0] for each in found} <= {str(path)}
