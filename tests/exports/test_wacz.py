from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
import surt
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archiver.cli.export.wacz import command
from archiver.cli.extract import line
from archiver.errors import ArchiveError, TargetError, UnreadableError
from archiver.evidence import _cdxj, _files
from archiver.evidence import wacz as packages
from archiver.exports import wacz
from archiver.model import Archived, Capture, Exchange, Unchanged
from archiver.page import read_page
from archiver.store import exports, open_archive
from tests.archives import REQUEST, TWEET, add, live, local
from tests.pages import HERE, WHEN, capture

EMBED = TWEET.format(text="Rain @bob_k", id=919659438700670976)
STORY = f"<html lang=en><title>A “story” — ü</title><p>Before #tag</p>{EMBED}"
URL = "https://www.example.com/Story?b=2&a=1"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An archive of pages of all kinds, with a WARC beside it."""
    db = tmp_path / "news.db"
    story = live(URL, STORY, ways="gzip chunked")
    same = Exchange(URL, REQUEST, b"HTTP/1.1 304 Not Modified\r\n\r\n", WHEN + timedelta(days=1))
    moved = Exchange("http://example.com/", REQUEST, b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", WHEN)
    (tmp_path / "saved.html").write_text(STORY)
    received = [
        replace(story, exchanges=(moved, *story.exchanges)),
        live("https://example.com/other/", STORY.replace("Rain", "Sun"), at=5),
        Unchanged(URL, WHEN + timedelta(days=1), exchanges=(same,)),
        replace(capture(STORY), target="-", source="stdin"),
        *local(tmp_path / "saved.html"),
    ]
    add(db, received).close()
    return db


@pytest.fixture
def package(db: Path) -> Iterator[ZipFile]:
    with closing(open_archive(db)) as archive:
        wacz.write(archive, db, db.with_suffix(".wacz"), WHEN)
    with ZipFile(db.with_suffix(".wacz")) as zipped:
        yield zipped


def run(db: Path, *arguments: str) -> Result:
    return CliRunner().invoke(command, ["--db", str(db), *arguments])


def lines(package: ZipFile, name: str) -> list[dict[str, object]]:
    return [json.loads(each) for each in package.read(name).decode().splitlines()]


def index(package: ZipFile) -> list[str]:
    return gzip.decompress(package.read("indexes/index.cdx.gz")).decode().splitlines()


def test_the_package_is_valid(db: Path) -> None:
    told = run(db, "--out", str(db.with_suffix(".wacz")))
    assert told.output == f"{db.with_suffix('.wacz')}: 1 WARC file\n"
    validating = [sys.executable, "-m", "wacz", "validate", "-f", str(db.with_suffix(".wacz"))]
    assert "Validation succeeded" in subprocess.run(validating, capture_output=True, text=True, check=True).stdout


def test_all_that_it_holds_is_listed_with_its_digest(package: ZipFile) -> None:
    listed = json.loads(package.read("datapackage.json"))
    assert (listed["profile"], listed["wacz_version"], listed["title"]) == ("data-package", "1.1.1", "news")
    assert listed["created"] == "2026-01-02T03:04:05Z"
    names = [resource["path"] for resource in listed["resources"]]
    assert sorted([*names, "datapackage.json", "datapackage-digest.json"]) == sorted(package.namelist())
    for resource in listed["resources"]:
        data = package.read(resource["path"])
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    digest = json.loads(package.read("datapackage-digest.json"))
    assert digest["hash"] == f"sha256:{hashlib.sha256(package.read('datapackage.json')).hexdigest()}"


def test_warcs_are_stored_as_they_lie_beside_the_archive(package: ZipFile, db: Path) -> None:
    (name,) = (each for each in package.namelist() if each.startswith("archive/"))
    assert package.getinfo(name).compress_type == package.getinfo("indexes/index.cdx.gz").compress_type == ZIP_STORED
    assert package.read(name) == (db.parent / name.removeprefix("archive/")).read_bytes()


def test_pages_are_those_that_can_be_replayed(package: ZipFile) -> None:
    header, *pages = lines(package, "pages/pages.jsonl")
    assert (header["format"], header["id"]) == ("json-pages-1.0", "pages")
    told = {"ts": "2026-01-02T03:04:06.250Z", "title": "A “story” — ü", "size": len(STORY.encode())}
    assert pages[0] == {"id": "1", "url": URL} | told
    assert [page["url"] for page in pages] == [URL, "https://example.com/other/"]


def test_posts_are_what_extract_prints(package: ZipFile) -> None:
    posts = lines(package, "posts/posts.jsonl")
    pages = [live(URL, STORY), live("https://example.com/other/", STORY.replace("Rain", "Sun"), at=5)]
    archived = [Archived(page.target, page, read_page(page)) for page in pages]
    assert posts[:2] == [json.loads(json.dumps(line(each, each.page.embeds[0]))) for each in archived]
    assert len(posts) == 4


def test_fixtures_are_exported_as_extract_prints_them(tmp_path: Path) -> None:
    """Where one page alone tells of a post, nothing is known of it but what that page shows."""
    different = set[str]()
    for path in sorted((HERE / "embeds" / "twitter").glob("*.html"))[::4]:
        (received,) = local(path)
        assert isinstance(received, Capture)
        page = read_page(received)
        if len({e.post.key for e in page.embeds}) < len(page.embeds):
            continue
        with closing(add(tmp_path / f"{path.stem}.db", [received])) as archive:
            told = [json.loads(each) for each in exports.post_lines(archive)]
        printed = [json.loads(json.dumps(line(Archived(received.target, received, page), e))) for e in page.embeds]
        different |= {key for one, other in zip(told, printed, strict=True) for key in other if one[key] != other[key]}
    assert different == set()


def test_the_index_is_that_of_cdxj_indexer(package: ZipFile, db: Path) -> None:
    (path,) = db.parent.glob("*.warc.gz")
    indexing = [sys.executable, "-m", "cdxj_indexer.main", "--sort", str(path)]
    printed = subprocess.run(indexing, capture_output=True, text=True, check=True).stdout
    assert list(map(parsed, index(package))) == list(map(parsed, printed.splitlines()))
    assert len(index(package)) == 5


def parsed(line: str) -> tuple[str, str, dict[str, str]]:
    """A line of an index, less what only one of the two tells: a digest of what has none, the key of what is no URL."""
    key, at, told = line.split(" ", 2)
    fields = json.loads(told)
    if fields.get("mime") == "warc/revisit" or fields["url"].startswith("ni:"):
        fields.pop("digest", None)
        key = ""
    return key, at, fields


def test_the_index_leads_to_each_record(package: ZipFile) -> None:
    meta, *blocks = package.read("indexes/index.idx").decode().splitlines()
    assert meta == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    (block,) = blocks
    told = json.loads(block[block.index("{") :])
    data = package.read("indexes/index.cdx.gz")
    assert (told["offset"], told["length"]) == (0, len(data))
    assert block.startswith(index(package)[0].partition("{")[0])
    for each in index(package):
        fields = json.loads(each.split(" ", 2)[2])
        start = int(fields["offset"])
        record = gzip.decompress(package.read(f"archive/{fields['filename']}")[start : start + int(fields["length"])])
        assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record


def test_a_long_index_is_sorted_on_disk_and_cut_into_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cdxj, "_IN_MEMORY", 7)
    found = [f"com,example)/{n * 7919 % 100:03} 2026 {{}}\n" for n in range(100)]
    assert list(_cdxj.ordered([*found, *found[:9]])) == sorted(found)
    told: list[str] = []
    monkeypatch.setattr(packages, "_LINES", 30)
    blocks = list(packages._blocks(iter(sorted(found)), told))
    assert [gzip.decompress(block).count(b"\n") for block in blocks] == [30, 30, 30, 10]
    places = [json.loads(each[each.index("{") :]) for each in told[1:]]
    assert [place["offset"] for place in places] == [sum(map(len, blocks[:n])) for n in range(4)]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.Example.com/A/b?Z=1&a=2#f",
        "http://example.com:8080/x",
        "https://example.com:443/Path/?Q=%C3%A4+b",
        "http://user:p@www2.example.com/a?",
        "https://example.com/a%2Fb%20c/../d//e/./f/",
        "https://xn--bcher-kva.de/ä?b&a",
        "http://1.2.3.4/x?x=%41&y=a%2Fb%3F%23&z=%26",
        "https://example.com",
    ],
)
def test_addresses_are_looked_up_as_elsewhere(url: str) -> None:
    assert _cdxj.key(url) == surt.surt(url)


@given(st.text(max_size=60), st.sampled_from(["", "https://example.com/", "https://example.com/?", "ni:///"]))
def test_the_key_of_any_address_is_a_word(url: str, start: str) -> None:
    assert re.fullmatch(r"[!-~]*", _cdxj.key(start + url))


def test_what_lies_elsewhere_is_left_out_and_told(db: Path, tmp_path: Path) -> None:
    with closing(open_archive(db)) as archive:
        archive.execute("update captures set warc_file = '/elsewhere/a.warc.gz' where id = 2")
        archive.commit()
    told = run(db, "--out", str(tmp_path / "a.wacz"))
    assert "left out: /elsewhere/a.warc.gz (it does not lie beside" in told.stderr
    with ZipFile(tmp_path / "a.wacz") as package:
        assert [page["url"] for page in lines(package, "pages/pages.jsonl")[1:]] == [URL]


def test_an_archive_without_bytes_cannot_be_packed(tmp_path: Path) -> None:
    archive = add(tmp_path / "a.db", [live(URL, STORY)], keep=False)
    with closing(archive), pytest.raises(TargetError, match="has no WARC file beside it"):
        wacz.write(archive, tmp_path / "a.db", tmp_path / "a.wacz", WHEN)
    assert run(tmp_path / "a.db", "--out", "x.wacz").exit_code == 1
    told = run(tmp_path / "b.db", "--out", "x.wacz")
    assert (told.exit_code, "no such archive" in told.output) == (1, True)
    assert not (tmp_path / "b.db").exists()
    assert run(tmp_path / "a.db").exit_code == 2


def test_a_full_disk_leaves_the_former_package(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.wacz"
    target.write_bytes(b"the former one")

    def full(_: Iterable[str]) -> Iterator[bytes]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        yield b""

    monkeypatch.setattr(packages, "_encoded", full)
    before = sorted(tmp_path.iterdir())
    wrong = "a.wacz: cannot be written: No space left on device"
    with closing(open_archive(db)) as archive, pytest.raises(ArchiveError, match=wrong):
        wacz.write(archive, db, target, WHEN)
    assert target.read_bytes() == b"the former one"
    assert [p for p in sorted(tmp_path.iterdir()) if p.suffix not in (".db-shm", ".db-wal")] == before


def test_a_damaged_warc_is_not_packed(db: Path, tmp_path: Path) -> None:
    (path,) = db.parent.glob("*.warc.gz")
    data = path.read_bytes()
    with closing(open_archive(db)) as archive:
        places = archive.execute("select warc_offset, warc_length from captures where warc_file is not null").fetchall()
        for at in [1, *(offset + length // 2 for offset, length in places), len(data) - 6]:
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
            with pytest.raises(UnreadableError, match=rf"{path.name}: is damaged at byte \d+"):
                wacz.write(archive, db, tmp_path / "a.wacz", WHEN)
    assert not (tmp_path / "a.wacz").exists()


def test_an_uncompressed_warc_is_packed_too(db: Path, tmp_path: Path) -> None:
    (path,) = db.parent.glob("*.warc.gz")
    plain = path.with_name("plain.warc")
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()
    with closing(open_archive(db)) as archive:
        archive.execute("update captures set warc_file = 'plain.warc' where warc_file is not null")
        wacz.write(archive, db, tmp_path / "a.wacz", WHEN)
    with ZipFile(tmp_path / "a.wacz") as package:
        assert package.read("archive/plain.warc") == plain.read_bytes()
        for each in index(package):
            fields = json.loads(each.split(" ", 2)[2])
            start, length = int(fields["offset"]), int(fields["length"])
            record = plain.read_bytes()[start : start + length]
            assert record.startswith(b"WARC/1.1\r\nWARC-Type: re")
            assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record


def test_of_a_file_that_is_being_written_the_whole_records_are_taken(db: Path) -> None:
    (path,) = db.parent.glob("*.warc.gz")
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + gzip.compress(b"WARC/1.1\r\n")[:-4])
    path.with_name(f"{path.name}.open").touch()
    assert _files.whole_size(path) == size
    with closing(open_archive(db)) as archive:
        wacz.write(archive, db, db.with_suffix(".wacz"), WHEN)
    with ZipFile(db.with_suffix(".wacz")) as package:
        assert package.getinfo(f"archive/{path.name}").file_size == size
        assert re.search(r'"offset": "\d+"', index(package)[-1])
